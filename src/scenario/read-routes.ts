/** Rules of a balancer of layer 7, and whether the classes of requests have what they ask for. */
import { routeOf } from "../world/routes.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import type { Asked } from "./read-proxies.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import type { BalancerSpec, MachinesSpec, RequestClass, RouteSpec } from "./scenario.ts";
import { routeShape } from "./shapes-proxies.ts";
import { didYouMean } from "./suggest.ts";
import type { TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";

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
export function readRoutes(
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
