/**
 * What stands between clients and the first balancer: the front door of the root, resolvers,
 * forward proxies, sizes and bandwidths.
 */
import type { Chosen } from "../definition.ts";
import { millis } from "../units.ts";
import type { ClientsRead } from "./read-clients.ts";
import type { Weighed } from "./read-proxies.ts";
import type { RecordRead } from "./read-record.ts";
import { readRecord } from "./read-record.ts";
import type { ClassesRead } from "./read-requests.ts";
import type { Reading } from "./reading.ts";
import type {
  BalancerSpec,
  ClientRegion,
  ProxiesSpec,
  RequestClass,
  ResolversSpec,
} from "./scenario.ts";
import { proxiesShape, resolversShape } from "./shapes-front.ts";
import type { clientShape } from "./shapes.ts";
import type { balancerShape } from "./shapes-tree.ts";
import type { Position } from "./problem.ts";
import type { TreeNode } from "./tree.ts";
import { mapNode } from "./tree.ts";

/** Nothing of what is not written. */
export function readFront(
  { values }: RecordRead<typeof clientShape>,
  name: string,
  reading: Reading,
): Pick<ClientRegion, "bandwidth" | "proxies" | "resolvers"> {
  const { bandwidth } = values;
  const proxies = readProxies(values.proxies, name, reading);
  const resolvers = readResolvers(values.resolvers, name, reading);
  return {
    ...(bandwidth !== null && { bandwidth }),
    ...(proxies !== null && { proxies }),
    ...(resolvers !== null && { resolvers }),
  };
}

/** `proxies: 20%` is short for its share. Null: nobody is behind any. */
function readProxies(node: TreeNode | null, name: string, reading: Reading): ProxiesSpec | null {
  if (node === null) return null;
  const share = { key: "share", keyAt: node.at, value: node };
  const whole = node.type === "text" ? mapNode([share], node.at) : node;
  const read = readRecord(proxiesShape, whole, { noun: `the proxies of ${name}` }, reading);
  return read === null || read.values.share === 0 ? null : read.values;
}

function readResolvers(
  node: TreeNode | null,
  name: string,
  reading: Reading,
): ResolversSpec | null {
  if (node === null) return null;
  const read = readRecord(resolversShape, node, { noun: `the resolvers of ${name}` }, reading);
  if (read === null) return null;
  const { "users-each": usersEach, lookup, stretched, by } = read.values;
  return { usersEach, lookupMs: millis(lookup), stretched, by };
}

const DEFAULT_RESOLVERS: ResolversSpec = {
  usersEach: resolversShape["users-each"].default,
  lookupMs: millis(resolversShape.lookup.default),
  stretched: resolversShape.stretched.default,
  by: resolversShape.by.default,
};

/** With names every region has resolvers; without, nobody would ask them. */
export function withResolvers(
  { regions, at }: ClientsRead,
  { frontDoor }: BalancerSpec,
  isDoorCompared: boolean,
  { problems }: Reading,
): readonly ClientRegion[] {
  if (frontDoor?.kind === "names") {
    return regions.map((region) => ({ resolvers: DEFAULT_RESOLVERS, ...region }));
  }
  // By anycast, or with a list of their own, clients ask nobody: then they wait for a comparison
  // with names.
  if (isDoorCompared) return regions.map(withoutResolvers);
  const would =
    frontDoor === undefined
      ? "write front-door: { names: 60s } on the root, or leave them out"
      : "by anycast the network decides: leave them out";
  for (const [i, { name, resolvers }] of regions.entries()) {
    if (resolvers === undefined) continue;
    const what = `the resolvers of ${name} are never asked`;
    problems.error(at[i], what, would);
  }
  return frontDoor === undefined ? regions : regions.map(withoutResolvers);
}

const withoutResolvers = ({ resolvers: _resolvers, ...region }: ClientRegion): ClientRegion =>
  region;

/** What only a balancer has that requests or connections pass through. */
const FORWARDING = ["layer", "work", "pool", "response-cache", "routes"] as const;

/** The root's front door; null: it has none, or none that can be. */
export function readFrontDoor(
  read: RecordRead<typeof balancerShape>,
  { name, isRoot, place }: { name: string; isRoot: boolean; place: number | null },
  { problems }: Reading,
): Chosen | null {
  const chosen = read.values["front-door"];
  if (chosen === null || chosen.kind === "") return null;
  const at = read.keyAt("front-door");
  if (!isRoot) {
    const would = "write front-door on the first balancer, or leave it out";
    problems.error(at, `clients do not look for ${name}, which stands behind another`, would);
  } else if (place !== null) {
    const what = `${name} has a place, so nobody has to look for its targets`;
    problems.error(at, what, "leave at out: the root then decides where each client is");
  } else if (FORWARDING.some((field) => read.has(field))) {
    const what = `${name} is where clients are and forwards nothing`;
    for (const field of FORWARDING) {
      if (!read.has(field)) continue;
      problems.error(read.keyAt(field), what, `write ${field} on the balancers beneath`);
    }
  } else if (read.values.persistence !== null) {
    const what = `${chosen.kind} cannot keep users: there is no request yet to read`;
    problems.error(read.keyAt("persistence"), what, "write persistence on the balancers beneath");
  } else if (chosen.kind === "anycast" && read.has("strategy") && !isNearest(read)) {
    const what = `by anycast the network picks the nearest, not ${read.values.strategy.kind}`;
    problems.error(read.at("strategy"), what, "leave strategy out, or write front-door: names");
  }
  return chosen;
}

const isNearest = ({ values }: RecordRead<typeof balancerShape>): boolean =>
  values.strategy.kind === "nearest";

/** By anycast the network picks, whatever the default is. */
export const strategyBehind = (door: Chosen | null, written: Chosen): Chosen =>
  door?.kind === "anycast" ? { kind: "nearest", settings: {} } : written;

/**
 * Where bytes take time, there must be some, and each region says what its link does to them.
 * @param between where links between places have a bandwidth
 */
export function checkSizes(
  { regions, links, at }: ClientsRead,
  { classes }: ClassesRead,
  between: Position | null,
  { problems }: Reading,
): void {
  const would = "write response-size: 20kB beside demand, or leave the bandwidth out";
  const check = (link: Position, whose: string, region: ClientRegion): void => {
    const requests = withoutSize(region, classes);
    if (requests === null) return;
    problems.error(link, `${whose} a bandwidth, but ${requests} have no size`, would);
  };
  for (const [i, region] of regions.entries()) {
    if (region.bandwidth !== undefined) check(links[i] ?? at[i], `${region.name} has`, region);
    else if (between !== null) check(between, "links have", region);
  }
  const limited = regions.find(({ bandwidth }) => bandwidth !== undefined);
  if (limited === undefined) return;
  for (const [i, { name }] of regions.entries()) {
    if (links[i] !== null) continue;
    const what = `bytes take time on the links of ${limited.name}, and ${name} has no bandwidth`;
    problems.error(at[i], what, "write bandwidth: 10MB/s, or none: bytes take no time there");
  }
}

/** Work by bytes is none where there are none; a trace has the bytes of its answers. */
export function checkWeighed(
  weighed: readonly Weighed[],
  { regions }: ClientsRead,
  { classes }: ClassesRead,
  { problems }: Reading,
): void {
  const [requests] = regions.flatMap((region) => withoutSize(region, classes) ?? []);
  if (requests === undefined) return;
  const would = "write response-size: 20kB beside demand, or leave per-kB out";
  for (const { at, path } of weighed) {
    problems.warn(at, `${path} works by bytes, but ${requests} have no size`, would);
  }
}

/** Whose requests have no bytes, in words; null: all have some. */
function withoutSize(region: ClientRegion, classes: readonly RequestClass[]): string | null {
  if (region.arrivals.kind === "trace") return null;
  const one = classes.find((each, i) => region.shares[i] > 0 && !hasSize(each));
  if (one === undefined) return null;
  return classes.length === 1 ? "requests" : `requests of the class ${one.name}`;
}

const hasSize = ({ size, requestSize, responseSize }: RequestClass): boolean =>
  size !== null || requestSize !== undefined || responseSize !== undefined;
