/**
 * Whether a scenario read back from a manifest has the shape that a run relies on. Nobody writes
 * manifests by hand; the check is against damage and edits, which must not hang or puzzle: it looks
 * at every field's type and at the numbers whose slips would make a run endless. What it lets
 * through and cannot be built is told by the build.
 */
import type { Field, Fields } from "../definition.ts";
import { registries } from "../scenario/registries.ts";
import type { RegistryName } from "../scenario/registries.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What is wrong with a value, with the path of the place; null: nothing. */
export type Check = (value: unknown, path: string) => string | null;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const must =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, path) =>
    value === undefined ? `${path} is missing` : holds(value) ? null : `${path} must be ${what}`;

export const text = must("a text", (value) => typeof value === "string");
export const flag = must("true or false", (value) => typeof value === "boolean");
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
export const number = must("a number", isNumber);
export const notNegative = must("a number of 0 or more", (v) => isNumber(v) && v >= 0);
const positive = must("a number above 0", (v) => isNumber(v) && v > 0);
const isWhole = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= least;
/** Seeds and counts. */
export const whole = must("a whole number from 0 on", (v) => isWhole(v, 0));
const count = must("a whole number from 1 on", (v) => isWhole(v, 1));

export const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? null : check(value, path);

/** May be left out. */
export const ifGiven =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? null : check(value, path);

export const oneOf = (...names: readonly string[]): Check =>
  must(`one of ${names.join(", ")}`, (value) => typeof value === "string" && names.includes(value));

export const list =
  (check: Check, least = 0): Check =>
  (value, path) => {
    if (!Array.isArray(value))
      return value === undefined ? `${path} is missing` : `${path} must be a list`;
    if (value.length < least) return `${path} must not be empty`;
    return firstProblem(value.map((item, index) => () => check(item, `${path}[${index}]`)));
  };

export const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (value === undefined) return `${path} is missing`;
    if (!isRecord(value)) return `${path} must be an object`;
    const fields = Object.entries(checks);
    return firstProblem(
      fields.map(
        ([name, check]) =>
          () =>
            check(value[name], `${path}.${name}`),
      ),
    );
  };

function firstProblem(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const problem = check();
    if (problem !== null) return problem;
  }
  return null;
}

/** A choice from a registry, with every setting of its entry. */
const chosen =
  (name: RegistryName): Check =>
  (value, path) => {
    const problem = record({ kind: text, settings: record({}) })(value, path);
    if (problem !== null) return problem;
    if (!isRecord(value)) return null;
    const { kind, settings } = value;
    const entry = registries[name].find((one) => one.name === kind);
    if (entry === undefined) return `${path}.kind ${JSON.stringify(kind)} is none of the ${name}`;
    return record(checksOf(entry.fields))(settings, `${path}.settings`);
  };

const checksOf = (fields: Fields): Readonly<Record<string, Check>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const check = settingOf(field);
      return [name, field.optional === true ? orNull(check) : check];
    }),
  );

function settingOf(field: Field): Check {
  switch (field.kind) {
    case "choice":
      return oneOf(...field.of);
    case "flag":
      return flag;
    case "numbers":
      return list(number);
    case "distribution":
      return chosen("distributions");
    case "placement":
      return chosen("placements");
    case "rows":
      return list((value, path) => record(checksOf(field.fields))(value, path));
    case "file":
    case "text":
      return text;
    default:
      // Bounds are written in the units of scenarios; the sign alone is the same in all units.
      if (field.above === 0) return positive;
      return (field.min ?? -1) >= 0 ? notNegative : number;
  }
}

const machines = {
  count,
  first: count,
  place: orNull(whole),
  weight: notNegative,
  cores: positive,
  speed: positive,
  queueLimit: orNull(whole),
  discipline: oneOf("fifo", "lifo", "processor-sharing"),
  cache: orNull(chosen("caches")),
  warm: flag,
};

const balancer = {
  name: text,
  path: text,
  place: orNull(whole),
  weight: notNegative,
  replicas: count,
  strategy: chosen("strategies"),
  health: orNull(
    record({
      intervalMs: positive,
      timeoutMs: positive,
      rise: count,
      fall: count,
      asks: oneOf("node", "queue"),
    }),
  ),
  reportIntervalMs: orNull(positive),
  panic: notNegative,
  persistence: ifGiven(chosen("persistences")),
  slowStart: ifGiven(record({ windowMs: positive, from: positive })),
  frontDoor: ifGiven(chosen("front-doors")),
  layer: ifGiven(must("door, 4 or 7", (v) => v === "door" || v === 4 || v === 7)),
  layer4: ifGiven(
    record({
      spread: chosen("placements"),
      nat: orNull(
        record({
          size: count,
          idleMs: orNull(positive),
          whenFull: oneOf("refuse", "evict"),
          shared: flag,
        }),
      ),
      directReturn: flag,
      forwarding: ifGiven(
        record({
          cores: count,
          packetMs: notNegative,
          connectionMs: notNegative,
          segmentBytes: positive,
        }),
      ),
    }),
  ),
  targets: list((value, path) => target(value, path), 1),
};

const target: Check = (value, path) =>
  isRecord(value) && value.kind === "machines"
    ? record(machines)(value, path)
    : record({ kind: oneOf("balancer", "machines"), ...balancer })(value, path);

const requestClass = record({
  name: text,
  share: notNegative,
  objects: record({
    count: whole,
    popularity: chosen("popularities"),
    perUser: orNull(count),
    hot: orNull(record({ objects: whole, share: notNegative })),
  }),
  affinity: oneOf("object", "user", "address", "session", "none"),
  demand: chosen("distributions"),
  onMiss: orNull(chosen("distributions")),
  missHolds: oneOf("core", "nothing"),
  size: orNull(chosen("distributions")),
  timeoutMs: orNull(positive),
  afterTimeout: oneOf("cancel", "run-on"),
  session: ifGiven(
    record({
      state: chosen("distributions"),
      saveMs: notNegative,
      openMs: notNegative,
      bandwidth: positive,
    }),
  ),
  requestSize: ifGiven(chosen("distributions")),
  responseSize: ifGiven(chosen("distributions")),
});

const client = record({
  name: text,
  place: whole,
  users: count,
  arrivals: chosen("arrivals"),
  shares: list(notNegative, 1),
  bandwidth: ifGiven(positive),
  proxies: ifGiven(record({ share: notNegative, addresses: count })),
  resolvers: ifGiven(
    record({ usersEach: count, lookupMs: notNegative, stretched: notNegative, by: positive }),
  ),
  connections: ifGiven(
    record({
      protocol: oneOf("http/1.1", "http/2"),
      requests: orNull(count),
      idleMs: orNull(positive),
      lifetime: orNull(chosen("distributions")),
      tls: oneOf("none", "1.2", "1.3"),
      resume: notNegative,
      earlyData: flag,
      websocket: flag,
    }),
  ),
});

const shape = record({
  format: must("1", (value) => value === 1),
  name: text,
  question: text,
  expectation: text,
  reason: text,
  seed: whole,
  durationMs: orNull(positive),
  requestLimit: orNull(whole),
  warmupMs: notNegative,
  windowMs: positive,
  starvation: record({
    share: notNegative,
    windowMs: positive,
    fairRequests: notNegative,
    waitMs: notNegative,
  }),
  places: list(record({ name: text, latitude: orNull(number), longitude: orNull(number) }), 1),
  roundTripMs: list(list(notNegative), 1),
  bandwidths: ifGiven(list(list(orNull(positive)), 1)),
  classes: list(requestClass, 1),
  clients: list(client, 1),
  root: record({ kind: oneOf("balancer"), ...balancer }),
  origin: orNull(record({ place: orNull(whole), cores: count, queueLimit: orNull(whole) })),
  events: list(record({ atMs: notNegative, where: text, kind: text })),
  expect: list(record({ metric: text, of: orNull(text), where: text })),
  compare: list(record({ path: text, values: list(text) })),
});

const hasShape = (value: unknown): value is Scenario => shape(value, "") === null;

/** As many as the reader lets a scenario have. */
const MOST_WINDOWS = 100_000;

export const scenario: Check = (value, path) => {
  const problem = shape(value, path);
  if (problem !== null) return problem;
  if (!hasShape(value)) return `${path} is no scenario`;
  const { durationMs, requestLimit, windowMs, places, roundTripMs } = value;
  if (durationMs === null && requestLimit === null) {
    return `${path} has no end, neither durationMs nor requestLimit`;
  }
  if (durationMs !== null && durationMs / windowMs > MOST_WINDOWS) {
    return `${path}.windowMs makes more than ${MOST_WINDOWS} windows`;
  }
  const isSquare = [roundTripMs, ...roundTripMs].every(({ length }) => length === places.length);
  return isSquare ? null : `${path}.roundTripMs must have a row and a column a place`;
};
