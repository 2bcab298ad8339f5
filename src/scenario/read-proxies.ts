/** What a balancer of layer 7 does beside picking: its work, connections, response cache, routes. */
import { millis } from "../units.ts";
import type { Millis } from "../units.ts";
import { routeOf } from "../world/routes.ts";
import { orList, quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readPick } from "./read-pick.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import { registries } from "./registries.ts";
import type {
  BackendsSpec,
  BalancerSpec,
  MachinesSpec,
  RequestClass,
  ResponseCacheSpec,
  RouteSpec,
  WorkSpec,
} from "./scenario.ts";
import { poolShape, responseCacheShape, routeShape, workShape } from "./shapes-proxies.ts";
import type { balancerShape } from "./shapes-tree.ts";
import { didYouMean } from "./suggest.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { mapNode, textNode, typeInWords } from "./tree.ts";

type Read = RecordRead<typeof balancerShape>;

/** Why a layer-4 balancer cannot have it. */
const NOT_AT_LAYER_4 = {
  work: "TLS and requests pass it unread, and its work on packets is forwarding",
  pool: "the connection is the client's with the machine",
  "response-cache": "nothing that it forwards can be read",
  routes: "it sees addresses and ports alone",
} as const;

/** Where classes of requests are named: whether there are such is known later. */
export interface ClassNamed {
  readonly name: string;
  readonly at: Position;
}
/** A condition of a route, which a class should meet. */
export interface Condition {
  readonly at: Position;
  /** What no class has, for messages. */
  readonly what: string;
  readonly route: RouteSpec;
}
/** A balancer whose work is by bytes. */
export interface Weighed {
  readonly at: Position;
  readonly path: string;
}
/** What one tree asks of its classes. */
export interface Asked {
  readonly weighed: Weighed[];
  readonly named: ClassNamed[];
  readonly conditions: Condition[];
}

type Given = Pick<BalancerSpec, "work" | "pool" | "responseCache" | "routes">;

/** Of one balancer; only what it has. What its rules ask of classes is added to `asked`. */
export function readProxy(
  read: Read,
  { path, targets }: { path: string; targets: readonly (BalancerSpec | MachinesSpec)[] },
  asked: Asked,
  reading: Reading,
): Given {
  if (read.values.layer === 4) {
    let field: keyof typeof NOT_AT_LAYER_4;
    for (field in NOT_AT_LAYER_4) {
      // none is no contradiction: a comparison of layers may leave it standing.
      if (read.values[field] === null) continue;
      const what = `${path} has ${field} at layer 4: ${NOT_AT_LAYER_4[field]}`;
      reading.problems.error(read.keyAt(field), what, "leave it out or write layer: 7");
    }
    return {};
  }
  const { values } = read;
  const work = values.work === null ? null : readWork(values.work, path, asked.weighed, reading);
  const pool = values.pool === null ? null : readPool(values.pool, reading);
  const cache = values["response-cache"];
  const responseCache = cache === null ? null : readResponseCache(cache, asked.named, reading);
  const rules = values.routes;
  const routes = rules === null ? null : readRoutes(rules, path, targets, asked, reading);
  if (routes !== null && values.persistence !== null) {
    const what = `${path} has routes and persistence`;
    const would = "its rules alone decide: let the targets that they name keep users";
    reading.problems.error(read.keyAt("persistence"), what, would);
  }
  return {
    ...(work !== null && { work }),
    ...(pool !== null && { pool }),
    ...(responseCache !== null && { responseCache }),
    ...(routes !== null && { routes }),
  };
}

function readWork(
  node: TreeNode,
  path: string,
  weighed: Weighed[],
  reading: Reading,
): WorkSpec | null {
  const read = readRecord(workShape, node, { noun: "work", elsewhere: AT_LAYER_4 }, reading);
  if (read === null) return null;
  const { cores, handshake, resumed, request, "per-kB": perKb } = read.values;
  if (!WORK.some((field) => read.has(field))) {
    const would = "write for example request: 0.1ms, or leave work out";
    reading.problems.error(node.at, "work does not say what there is to do", would);
  }
  if (perKb > 0) weighed.push({ at: read.at("per-kB"), path });
  return {
    cores,
    handshakeMs: millis(handshake),
    resumedMs: millis(resumed),
    request,
    perKbMs: millis(perKb),
  };
}

/** Who ends connections reads bytes: the segments in which they come are layer 4's. */
const AT_LAYER_4 = new Map([
  ["packet", "packets are work at layer 4 alone, as forwarding: write per-kB"],
  ["segment", "packets are work at layer 4 alone, as forwarding: write per-kB"],
  ["connection", "write handshake, or at layer 4 forwarding: { connection: … }"],
]);

const WORK = ["handshake", "resumed", "request", "per-kB"] as const;

/** `pool: fresh` opens a connection for each request. */
function readPool(node: TreeNode, reading: Reading): BackendsSpec | null {
  const isFresh = node.type === "text" && node.text === "fresh";
  const one = { key: "requests", keyAt: node.at, value: textNode("1", node.at) };
  const whole = isFresh ? mapNode([one], node.at) : node;
  if (whole.type === "text") {
    if (node.type === "text" && node.text === "0") {
      const what = "pool is 0, and without a connection no request gets through";
      reading.problems.error(node.at, what, "write pool: fresh, for a connection a request");
      return null;
    }
    const would = "write fresh or a map such as { connections: 100, idle: 60s }";
    reading.problems.error(node.at, `pool is ${typeInWords(node)}`, would);
    return null;
  }
  const read = readRecord(poolShape, whole, { noun: "pool" }, reading);
  if (read === null) return null;
  const { connections, idle, requests, protocol, streams, pending, tls } = read.values;
  if (read.has("streams") && protocol !== "http/2") {
    const would = "write protocol: http/2, or leave streams out";
    reading.problems.error(read.keyAt("streams"), "HTTP/1.1 has no streams", would);
  }
  if (read.has("pending") && connections === null) {
    const would = "say how many connections there may be, or leave pending out";
    reading.problems.error(read.keyAt("pending"), "nobody waits for what has no limit", would);
  }
  return { connections, idleMs: millisOf(idle), requests, protocol, streams, pending, tls };
}

const millisOf = (value: number | null): Millis | null => (value === null ? null : millis(value));

function readResponseCache(
  node: TreeNode,
  named: ClassNamed[],
  reading: Reading,
): ResponseCacheSpec | null {
  const read = readRecord(responseCacheShape, node, { noun: "response-cache" }, reading);
  if (read === null || node.type !== "map") return null;
  const cache = readPolicy(node, reading);
  if (cache === null) return null;
  const { ttl, cacheable, coalesce } = read.values;
  if (ttl !== null && (cache.settings["ttl"] ?? null) !== null) {
    reading.problems.error(read.keyAt("ttl"), "response-cache has two TTLs", "write one of them");
  }
  const settings = ttl === null ? cache.settings : { ...cache.settings, ttl };
  const classes = readNames(read.values.classes, reading);
  if (read.has("classes") && classes.length === 0) {
    const what = "response-cache is for no class, so it never stores anything";
    reading.problems.error(read.at("classes"), what, "name classes, or leave classes out: all");
  }
  named.push(...classes);
  return {
    cache: { ...cache, settings },
    cacheable,
    ...(classes.length > 0 && { classes: classes.map(({ name }) => name) }),
    coalesce,
  };
}

/** One name or a list of them; none where nothing is written. */
function readNames(node: TreeNode | null, { problems }: Reading): ClassNamed[] {
  if (node === null) return [];
  return (node.type === "list" ? node.items : [node]).flatMap((item): ClassNamed[] => {
    if (item.type === "text") return [{ name: item.text, at: item.at }];
    problems.error(item.at, `a class is ${typeInWords(item)}`, "write classes: [images, pages]");
    return [];
  });
}

function readPolicy(node: MapNode, reading: Reading): ResponseCacheSpec["cache"] | null {
  const names = registries.caches.map(({ name }) => name);
  const written = [...node.entries.values()].filter(({ key }) => names.includes(key));
  if (written.length !== 1) {
    const what =
      written.length === 0
        ? "response-cache has no policy"
        : `response-cache has both ${written[0].key} and ${written[1].key}`;
    reading.problems.error(node.at, what, `write one of ${orList(names)}: lru: 10_000`);
    return null;
  }
  const [entry] = written;
  const words = { name: "response-cache", from: "caches", unit: "number" } as const;
  return readPick(words, mapNode([entry], entry.keyAt), reading);
}

function readRoutes(
  node: TreeNode,
  path: string,
  targets: readonly (BalancerSpec | MachinesSpec)[],
  { named, conditions }: Asked,
  reading: Reading,
): RouteSpec[] {
  const { problems } = reading;
  if (node.type !== "list") {
    const would = "write a list: [{ class: api, to: api }, { to: web }]";
    problems.error(node.at, `routes is ${typeInWords(node)}`, would);
    return [];
  }
  const names = targets.flatMap((target) => (target.kind === "balancer" ? [target.name] : []));
  const routes: RouteSpec[] = [];
  let isComplete = false;
  for (const item of node.items) {
    const read = readRecord(routeShape, item, { noun: `a route of ${path}` }, reading);
    if (read === null) continue;
    if (isComplete) {
      const what = `this route of ${path} is never reached`;
      problems.error(item.at, what, "one without conditions takes all: write it last");
    }
    const { to, class: one } = read.values;
    if (to !== "" && !names.includes(to)) {
      const near = names.length === 0 ? "routes lead to balancers" : didYouMean(to, names);
      problems.error(read.at("to"), `${path} has no target ${quote(to)}`, near);
    }
    if (one !== null) named.push({ name: one, at: read.at("class") });
    const before = problems.errors;
    const when = conditionsOf(read, reading);
    const isSound = problems.errors === before;
    isComplete ||= !CONDITIONS.some((field) => read.has(field));
    routes.push({ when, to });
    const { class: _class, ...rest } = when;
    for (const condition of isSound ? single(rest) : []) {
      const at = read.at(condition.field);
      conditions.push({ at, what: condition.what, route: { when: condition.when, to } });
    }
  }
  if (!isComplete) {
    const what = `the routes of ${path} have no default`;
    problems.error(node.at, what, "end with one without conditions: { to: web }");
  }
  return routes;
}

const CONDITIONS = ["class", "host", "path", "headers", "cookies"] as const;

function conditionsOf(read: RecordRead<typeof routeShape>, reading: Reading): RouteSpec["when"] {
  const { class: one, host, path } = read.values;
  const headers = readPairs("headers", read.values.headers, reading);
  const cookies = readPairs("cookies", read.values.cookies, reading);
  const { problems } = reading;
  if (path !== null && !path.startsWith("/")) {
    problems.error(read.at("path"), `the path ${quote(path)} begins with no /`, "write path: /api");
  }
  if (host !== null && host.replace(/^\*\./, "").includes("*")) {
    const what = `the host ${quote(host)} has a star elsewhere than before its first dot`;
    problems.error(read.at("host"), what, "write a whole name, or for example *.example.org");
  }
  return {
    ...(one !== null && { class: one }),
    ...(host !== null && { host }),
    ...(path !== null && { path }),
    ...(headers !== null && { headers }),
    ...(cookies !== null && { cookies }),
  };
}

interface SingleCondition {
  readonly field: "host" | "path" | "headers" | "cookies";
  readonly what: string;
  readonly when: RouteSpec["when"];
}

/** Each condition of a route by itself. */
function single({ host, path, headers, cookies }: RouteSpec["when"]): SingleCondition[] {
  const found: SingleCondition[] = [];
  if (host !== undefined) found.push({ field: "host", what: `the host ${host}`, when: { host } });
  if (path !== undefined) {
    found.push({ field: "path", what: `a path under ${path}`, when: { path } });
  }
  for (const [key, value] of Object.entries(headers ?? {})) {
    const what = `the header ${key}: ${value}`;
    found.push({ field: "headers", what, when: { headers: { [key]: value } } });
  }
  for (const [key, value] of Object.entries(cookies ?? {})) {
    const what = `the cookie ${key}: ${value}`;
    found.push({ field: "cookies", what, when: { cookies: { [key]: value } } });
  }
  return found;
}

/** A map of texts. */
export function readPairs(
  name: string,
  node: TreeNode | null,
  { problems }: Reading,
): Record<string, string> | null {
  if (node === null) return null;
  const would = `write ${name}: { x-beta: on }`;
  if (node.type !== "map") {
    problems.error(node.at, `${name} is ${typeInWords(node)}`, would);
    return null;
  }
  const pairs: Record<string, string> = {};
  for (const { key, value } of node.entries.values()) {
    if (value.type === "text") pairs[key] = value.text;
    else problems.error(value.at, `${quote(key)} is ${typeInWords(value)}`, would);
  }
  return pairs;
}

/** What no request meets leads nowhere. */
export function checkConditions(
  conditions: readonly Condition[],
  classes: readonly RequestClass[],
  { problems }: Reading,
): void {
  for (const { at, what, route } of conditions) {
    if (classes.some((one) => routeOf([route], one) !== undefined)) continue;
    problems.warn(at, `no class of requests has ${what}`, "write it on a class, or leave it out");
  }
}

/** Only classes that there are may be named. */
export function checkNamedClasses(
  named: readonly ClassNamed[],
  classes: readonly RequestClass[],
  { problems }: Reading,
): void {
  const names = classes.map(({ name }) => name);
  for (const { name, at } of named) {
    if (names.includes(name)) continue;
    problems.error(at, `no class is called ${quote(name)}`, didYouMean(name, names));
  }
}
