/**
 * What replicas of balancers have beside their pools, as their scenario says: those of layer 7
 * (reverse proxies), and those of layer 4 whose packets are work.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { mix32 } from "../hashing/mix32.ts";
import { createSampler } from "../random/registry.ts";
import type { RandomStream } from "../random/stream.ts";
import type { BalancerSpec, Inputs, ResponseCacheSpec, Scenario } from "../scenario/scenario.ts";
import { routeOf } from "../world/routes.ts";
import { Backends } from "../world/proxies/backends.ts";
import { PROXY_COUNTS_LENGTH } from "../world/proxies/counts.ts";
import { ResponseCache } from "../world/proxies/response-cache.ts";
import { Station } from "../world/proxies/station.ts";
import type { ObjectRange } from "./catalogue.ts";
import type { BalancerAtWork, Parts, ProxyAtWork } from "./parts.ts";

/** Whether a balancer has more to do with a request than to pick. */
export const isProxy = ({ layer4, work, pool, responseCache, routes }: BalancerSpec): boolean =>
  [layer4?.forwarding, work, pool, responseCache, routes].some((one) => one !== undefined);

/** Whether any balancer of the tree has. */
export const hasProxies = ({ root }: Pick<Scenario, "root">): boolean => {
  const visit = (spec: BalancerSpec): boolean =>
    isProxy(spec) || spec.targets.some((target) => target.kind === "balancer" && visit(target));
  return visit(root);
};

/** What there is to be cached. */
export interface Contents {
  readonly classNames: readonly string[];
  readonly objects: number;
  /** By object; null: each is 1 byte. */
  readonly bytes: Float32Array | null;
  /** Seeds of this run's hashes of keys and of names. */
  readonly keySalt: number;
  readonly nameSalt: number;
}

export const contentsOf = (
  { classes }: Scenario,
  ranges: readonly ObjectRange[],
  bytes: Float32Array | null,
  salts: Parts["salts"],
): Contents => ({
  classNames: classes.map(({ name }) => name),
  objects: ranges.reduce((sum, { count }) => sum + count, 0),
  bytes,
  keySalt: salts.key,
  nameSalt: salts.name,
});

/** Where random numbers come from, if any are drawn. */
export interface Drawing {
  readonly stream: (of: "work" | "backend-resumptions") => RandomStream;
  readonly numbers: Inputs["numbers"];
}

/** One replica's; null where it only picks. */
export function makeProxy(
  spec: BalancerSpec,
  contents: Contents,
  queue: EventQueue,
  drawing: Drawing,
): ProxyAtWork | null {
  if (!isProxy(spec)) return null;
  const { work, pool, responseCache } = spec;
  const forwarding = spec.layer4?.forwarding;
  const cores = (work ?? forwarding)?.cores;
  const counts = new Float64Array(PROXY_COUNTS_LENGTH);
  const { objects, bytes } = contents;
  return {
    counts,
    work: work ?? null,
    forwarding: forwarding ?? null,
    requestWork:
      work?.request == null
        ? null
        : createSampler(work.request, drawing.stream("work"), drawing.numbers),
    station: cores === undefined ? null : new Station(cores, counts, queue),
    cache:
      responseCache === undefined
        ? null
        : new ResponseCache(
            responseCache,
            objects,
            bytes,
            cacheability(responseCache, contents),
            counts,
          ),
    backends: pool === undefined ? null : new Backends(pool, counts, queue),
    resumptions: pool?.resume === undefined ? null : drawing.stream("backend-resumptions"),
    routes: null,
  };
}

/** By the class, and by the object's hash: the same objects at every balancer of a run. */
function cacheability(
  { cacheable, classes }: ResponseCacheSpec,
  { classNames, keySalt }: Contents,
): (group: number, object: number) => boolean {
  const isOf = classNames.map((name) => classes === undefined || classes.includes(name));
  if (cacheable >= 1) return (group) => isOf[group];
  const bound = cacheable * 2 ** 32;
  return (group, object) => isOf[group] && mix32(mix32(object) ^ keySalt) >>> 0 < bound;
}

/** By class, once the pools have their slots: where its requests go. */
export function layRoutes({ balancers, scenario, topology, slotOf }: Parts): void {
  for (const balancer of balancers) {
    const routes = balancer?.spec.routes;
    if (balancer === undefined || routes === undefined) continue;
    const slots = Int32Array.from(scenario.classes, (one) => {
      const { to } = routeOf(routes, one)!;
      return slotOf[topology.at(`${balancer.node.path}/${to}`).id];
    });
    forEachProxy(balancer, (proxy) => (proxy.routes = slots));
  }
}

export function forEachProxy(balancer: BalancerAtWork, act: (proxy: ProxyAtWork) => void): void {
  for (const { proxy } of balancer.pools) if (proxy !== null) act(proxy);
}
