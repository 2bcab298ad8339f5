/** `requests`: one class, or several that inherit what stands beside them. */
import type { Chosen } from "../definition.ts";
import { nameProblem } from "./patterns.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readPick } from "./read-pick.ts";
import { readPairs } from "./read-routes.ts";
import { readRecord } from "./read-record.ts";
import { readNumber } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import { MERGE_RULES, popularities } from "./registries.ts";
import type { ObjectsSpec, RequestClass } from "./scenario.ts";
import type { ShapeValues } from "./shape.ts";
import type { toldByShape } from "./shapes-proxies.ts";
import { hotShape, sessionShape } from "./shapes-requests.ts";
import { classShape, objectsShape, requestsShape } from "./shapes.ts";
import { didYouMean } from "./suggest.ts";
import type { TreeNode } from "./tree.ts";
import { isEmpty, mapNode, mergeTrees, textNode, typeInWords, withoutEntries } from "./tree.ts";
import { millis } from "../units.ts";

/** The name of a class that has none. */
const ONLY_CLASS = "all";
const DEFAULT_OBJECTS = 100_000;
const SHARE_TOLERANCE = 1e-6;

export interface ClassesRead {
  readonly classes: readonly RequestClass[];
  /** Where each says how many objects there are; in their order. */
  readonly objectsAt: readonly Position[];
}
export const NO_CLASSES: ClassesRead = { classes: [], objectsAt: [] };

export function readClasses(node: TreeNode, reading: Reading): ClassesRead {
  const list = node.type === "map" ? node.entries.get("classes")?.value : undefined;
  if (node.type !== "map" || list === undefined || isEmpty(list)) {
    const plain = node.type === "map" ? withoutEntries(node, ["classes"]) : node;
    const only = readClass(ONLY_CLASS, plain, reading, "requests");
    if (only === null) return NO_CLASSES;
    return { classes: [{ ...only.made, share: 1 }], objectsAt: [only.objectsAt] };
  }
  const { problems } = reading;
  if (list.type !== "map") {
    const would = "write browse: { share: 80%, demand: … }";
    problems.error(list.at, `classes is ${typeInWords(list)}`, would);
    return NO_CLASSES;
  }
  if (list.entries.size === 0)
    problems.error(list.at, "classes is empty", "leave it out or add one");
  const shared = withoutEntries(node, ["classes"]);
  // Read for its own mistakes alone; each class then reads what it inherits.
  readRecord(requestsShape, shared, { noun: "requests", elsewhere: SHARE_ELSEWHERE }, reading);
  const classes: ClassRead[] = [];
  for (const { key, keyAt, value } of list.entries.values()) {
    const wrong = nameProblem(key, "a class");
    if (wrong !== null) problems.error(keyAt, wrong.what, wrong.would);
    const whole = isEmpty(value) ? shared : mergeTrees(shared, value, MERGE_RULES);
    const read = readClass(key, whole, reading, `the class ${key}`);
    if (read !== null) classes.push(read);
  }
  checkSessions(classes, reading);
  const shares = sharesOf(classes, list.at, reading);
  return {
    classes: classes.map(({ made }, i) => ({ ...made, share: shares[i] })),
    objectsAt: classes.map(({ objectsAt }) => objectsAt),
  };
}

interface ClassRead {
  readonly made: RequestClass;
  readonly share: number | null;
  readonly objectsAt: Position;
  readonly sessionAt: Position;
}

const SHARE_ELSEWHERE = new Map([["share", "a share belongs to one of the classes"]]);

function sharesOf(
  classes: readonly { readonly share: number | null; readonly made: RequestClass }[],
  at: Position,
  { problems }: Reading,
): number[] {
  const given = classes.filter(({ share }) => share !== null);
  if (given.length === 0) return classes.map(() => 1 / classes.length);
  const missing = classes.filter(({ share }) => share === null).map(({ made }) => made.name);
  const sum = given.reduce((total, { share }) => total + (share ?? 0), 0);
  if (missing.length > 0) {
    problems.error(
      at,
      `no share is given for ${missing.join(", ")}`,
      "give all classes a share or none",
    );
  } else if (Math.abs(sum - 1) > SHARE_TOLERANCE) {
    problems.error(
      at,
      `the shares of the classes add up to ${percent(sum)}`,
      "they must add up to 100%",
    );
  }
  return normalised(
    classes.map(({ share }) => share ?? 0),
    sum,
  );
}

/** Rounding alone is left as it was written: 0.7 stays 0.7. */
function normalised(shares: number[], sum: number): number[] {
  return Math.abs(sum - 1) < 1e-9 || sum === 0 ? shares : shares.map((share) => share / sum);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

function readClass(name: string, node: TreeNode, reading: Reading, noun: string): ClassRead | null {
  const read = readRecord(classShape, node, { noun }, reading);
  if (read === null) return null;
  const { values } = read;
  if (name === ONLY_CLASS && read.has("share")) {
    reading.problems.error(
      read.keyAt("share"),
      "a share needs classes",
      "leave it out or add classes:",
    );
  }
  const made: RequestClass = {
    name,
    share: 0,
    objects: readObjects(values.objects, reading),
    affinity: values.affinity,
    demand: values.demand,
    onMiss: values["on-miss"],
    missHolds: values["miss-holds"],
    size: values.size,
    timeoutMs: values.timeout === null ? null : millis(values.timeout),
    afterTimeout: values["after-timeout"],
    ...readToldBy(values, reading),
    ...readSession(values.session, reading),
    ...(values["request-size"] !== null && { requestSize: values["request-size"] }),
    ...(values["response-size"] !== null && { responseSize: values["response-size"] }),
  };
  const objectsAt = countAt(values.objects) ?? node.at;
  return { made, share: values.share, objectsAt, sessionAt: read.at("session") };
}

/** What routes can tell it by, as far as it is given. */
function readToldBy(
  values: ShapeValues<typeof toldByShape>,
  reading: Reading,
): Pick<RequestClass, keyof typeof toldByShape> {
  const headers = readPairs("headers", values.headers, reading);
  const cookies = readPairs("cookies", values.cookies, reading);
  return {
    ...(values.host !== null && { host: values.host }),
    ...(values.path !== null && { path: values.path }),
    ...(headers !== null && { headers }),
    ...(cookies !== null && { cookies }),
  };
}

/** `session: 64KiB` is short for its state. Nothing where there is none. */
function readSession(node: TreeNode | null, reading: Reading): Pick<RequestClass, "session"> {
  if (node === null) return {};
  const state = { key: "state", keyAt: node.at, value: node };
  const whole = node.type === "text" ? mapNode([state], node.at) : node;
  const read = readRecord(sessionShape, whole, { noun: "session" }, reading);
  if (read === null) return {};
  const { state: size, save, open, bandwidth } = read.values;
  return { session: { state: size, saveMs: millis(save), openMs: millis(open), bandwidth } };
}

/** A user has one session, whichever class asks for it. */
function checkSessions(classes: readonly ClassRead[], { problems }: Reading): void {
  const [first, ...others] = classes.filter(({ made }) => made.session !== undefined);
  for (const { made, sessionAt } of others) {
    if (JSON.stringify(made.session) === JSON.stringify(first.made.session)) continue;
    const what = `the sessions of ${first.made.name} and ${made.name} differ`;
    const would = "a user has one session: write it once, beside classes, and session: none";
    problems.error(sessionAt, what, `${would} in those that need none`);
  }
}

/** Where a working set or a count is written. */
function countAt(objects: TreeNode | null): Position | null {
  if (objects?.type !== "map") return null;
  const entry = objects.entries.get("per-user") ?? objects.entries.get("count");
  return entry?.value.at ?? objects.at;
}

function readObjects(node: TreeNode | null, reading: Reading): ObjectsSpec {
  const none = { count: DEFAULT_OBJECTS, perUser: null, hot: null };
  const zipf = (): Chosen => {
    const at = node?.at ?? { file: "", line: 0, column: 0 };
    const words = { name: "popularity", from: "popularities", unit: "number" } as const;
    return readPick(words, textNode("zipf", at), reading) ?? { kind: "zipf", settings: {} };
  };
  if (node === null) return { ...none, popularity: zipf() };
  const read = readRecord(objectsShape, node, { noun: "objects" }, reading);
  if (read === null) return { ...none, popularity: zipf() };
  const { problems } = reading;
  const { values } = read;
  const perUser = values["per-user"];
  if (perUser !== null && values.count !== null) {
    problems.error(read.keyAt("count"), "objects has both count and per-user", "write one of them");
  }
  const hot = values.hot === null ? null : readHot(values.hot, reading);
  const count = perUser === null ? (values.count ?? DEFAULT_OBJECTS) : 0;
  if (hot !== null && perUser !== null) {
    problems.error(
      read.keyAt("hot"),
      "working sets of users have no hot set",
      "leave hot or per-user out",
    );
  } else if (hot !== null && hot.objects > count) {
    const would = "hot cannot have more";
    problems.error(read.at("hot"), `${hot.objects} objects are hot of ${count}`, would);
  }
  const uniform = { kind: "uniform", settings: {} };
  const popularity =
    readPopularity(node, reading) ?? (hot === null && perUser === null ? zipf() : uniform);
  return { count, popularity, perUser, hot };
}

function readHot(node: TreeNode, reading: Reading): ObjectsSpec["hot"] {
  return readRecord(hotShape, node, { noun: "hot" }, reading)?.values ?? null;
}

/** `popularity: { zipf: 1 }`, or short `zipf: 1` among the fields of objects. */
function readPopularity(node: TreeNode, reading: Reading): Chosen | null {
  if (node.type !== "map") return null;
  const names = ["popularity", ...popularities.map(({ name }) => name)];
  const written = [...node.entries.values()].filter(({ key }) => names.includes(key));
  if (written.length === 0) return null;
  const [first, second] = written;
  if (second !== undefined) {
    const what = `objects has both ${first.key} and ${second.key}`;
    reading.problems.error(second.keyAt, what, "write one of them");
    return null;
  }
  const words = { name: "popularity", from: "popularities", unit: "number" } as const;
  if (first.key === "popularity") return readPick(words, first.value, reading);
  const short = { type: "map", entries: new Map([[first.key, first]]), at: first.keyAt } as const;
  return readPick(words, short, reading);
}

/** A client region's own shares of the classes, in their order; theirs where it gives none. */
export function readShares(
  node: TreeNode | null,
  classes: readonly RequestClass[],
  noun: string,
  { problems }: Reading,
): number[] {
  const usual = classes.map(({ share }) => share);
  if (node === null) return usual;
  if (node.type !== "map") {
    problems.error(node.at, `classes is ${typeInWords(node)}`, "write { browse: 80%, buy: 20% }");
    return usual;
  }
  const names = classes.map(({ name }) => name);
  const shares = classes.map(() => 0);
  let sum = 0;
  for (const { key, keyAt, value } of node.entries.values()) {
    const index = names.indexOf(key);
    if (index < 0)
      problems.error(keyAt, `no class is called ${quote(key)}`, didYouMean(key, names));
    const share = readNumber(`share of ${key}`, { min: 0, max: 1 }, "share", value, problems) ?? 0;
    if (index >= 0) shares[index] = share;
    sum += share;
  }
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) {
    problems.error(
      node.at,
      `the shares of ${noun} add up to ${percent(sum)}`,
      "they must add up to 100%",
    );
  }
  return normalised(shares, sum);
}
