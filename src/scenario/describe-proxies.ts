/** What a balancer does beside picking, as sentences. */
import type {
  BackendsSpec,
  BalancerSpec,
  Layer4Spec,
  ResponseCacheSpec,
  RouteSpec,
  WorkSpec,
} from "./scenario.ts";
import { formatDuration } from "./units.ts";
import { countOf, formatChosen, formatNumber, formatShare } from "./words.ts";

/**
 * One line each for forwarding, work, response cache, routes and connections, as far as it has
 * them.
 */
export function describeProxy(spec: BalancerSpec): string[] {
  const { layer4, work, pool, responseCache, routes } = spec;
  return [
    ...(layer4 === undefined ? [] : describeForwarding(layer4)),
    ...(work === undefined ? [] : [describeWork(work)]),
    ...(responseCache === undefined ? [] : [describeCache(responseCache)]),
    ...(routes === undefined
      ? []
      : [`routes, the first that fits: ${routes.map(rule).join("; ")}`]),
    ...(pool === undefined ? [] : [describePool(pool)]),
  ];
}

function describeForwarding({ forwarding, directReturn }: Layer4Spec): string[] {
  if (forwarding === undefined) return [];
  const { cores, packetMs, connectionMs, segmentBytes } = forwarding;
  const most = `of ${formatNumber(segmentBytes)} bytes at most`;
  const past = directReturn ? ", answers' go past it" : "";
  const costs = [
    ...(packetMs > 0 ? [`${formatDuration(packetMs)} for a packet (${most}${past})`] : []),
    ...(connectionMs > 0 ? [`${formatDuration(connectionMs)} for a new connection`] : []),
  ];
  const whole = costs.length === 0 ? "nothing" : costs.join(", ");
  return [`each replica has ${countOf(cores, "core")} for forwarding: ${whole}`];
}

function describeWork({ cores, handshakeMs, resumedMs, request, perKbMs }: WorkSpec): string {
  const parts = [
    [perKbMs, "1,000 bytes of it and its answer"],
    [handshakeMs, "a TLS handshake"],
    [resumedMs, "a resumed one"],
  ] as const;
  const costs = [
    ...(request === null
      ? []
      : [`${formatChosen(request, "distributions", "duration")} for a request`]),
    ...parts.filter(([ms]) => ms > 0).map(([ms, what]) => `${formatDuration(ms)} for ${what}`),
  ];
  const whole = costs.length === 0 ? "nothing" : costs.join(", ");
  return `each replica has ${countOf(cores, "core")} for work of its own: ${whole}`;
}

function describeCache({ cache, cacheable, classes, coalesce }: ResponseCacheSpec): string {
  const whose = classes === undefined ? "" : ` of ${classes.join(", ")}`;
  const part = cacheable === 1 ? "all objects" : `${formatShare(cacheable)} of the objects`;
  const what = `${part}${whose}`;
  const others = coalesce
    ? "who asks for what is being fetched waits for that response"
    : "who asks for what is being fetched fetches it too";
  const policy = formatChosen(cache, "caches", "number");
  return `each replica caches responses, ${policy}, of ${what}; ${others}`;
}

function rule({ when, to }: RouteSpec): string {
  const pairs = (what: string, of: Readonly<Record<string, string>> | undefined): string[] =>
    Object.entries(of ?? {}).map(([name, value]) => `${what} ${name} = ${value}`);
  const conditions = [
    ...(when.class === undefined ? [] : [`class ${when.class}`]),
    ...(when.host === undefined ? [] : [`host ${when.host}`]),
    ...(when.path === undefined ? [] : [`path ${when.path}…`]),
    ...pairs("header", when.headers),
    ...pairs("cookie", when.cookies),
  ];
  return `${conditions.length === 0 ? "all else" : conditions.join(" and ")} to ${to}`;
}

function describePool(pool: BackendsSpec): string {
  const { connections, idleMs, requests, protocol, streams, pending, tls, resume } = pool;
  const resumed = resume === undefined ? "" : `, ${formatShare(resume)} of them resumed`;
  const secured = tls === "none" ? "" : `, TLS ${tls}${resumed}`;
  const carries =
    protocol === "http/2" ? `${protocol} with ${formatNumber(streams)} streams` : protocol;
  const how = `${carries}${secured}`;
  if (requests === 1) return `a new connection (${how}) to the target for each request`;
  const most =
    connections === null
      ? `any number of connections (${how})`
      : `${countOf(connections, "connection")} (${how})`;
  const idle = idleMs === null ? "" : `, closed after ${formatDuration(idleMs)} without a request`;
  const each = requests === null ? "" : `, each for ${countOf(requests, "request")} at most`;
  const waiting = pending === null ? "any number of requests" : countOf(pending, "request");
  const wait = connections === null ? "" : `; ${waiting} may wait for one of those to each target`;
  return `keeps ${most} from each replica to each target${idle}${each}${wait}`;
}
