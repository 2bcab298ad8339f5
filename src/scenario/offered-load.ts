/**
 * How much work clients offer to each balancer, before anything is simulated: DESIGN's arrival rate
 * × mean demand / capacity.
 */
import { entryOf } from "../definition.ts";
import { arrivals } from "../world/arrivals/registry.ts";
import { routeOf } from "../world/routes.ts";
import { bytesMean, demandMean, sum } from "./flows.ts";
import type { Carrier, Files, Flow } from "./flows.ts";
import { ownLoad } from "./own-load.ts";
import type { OwnLoad } from "./own-load.ts";
import type { BalancerSpec, ClientRegion, MachinesSpec, Scenario } from "./scenario.ts";

export interface OfferedLoad {
  readonly path: string;
  /** 0 at the root. */
  readonly tier: number;
  /** Requests per ms that it would get; NaN where the rate is not known beforehand. */
  readonly ratePerMs: number;
  /** Core time per ms that its machines can give: cores × speed. */
  readonly capacity: number;
  /** Can exceed 1. */
  readonly load: number;
  /** On the balancer's own cores; only where it has work to do on them. */
  readonly own?: OwnLoad;
  /**
   * Only where it is so: a response cache above, or its own, takes off what nobody knows
   * beforehand.
   */
  readonly isBound?: true;
}

/** Strategies that prefer the nearest target: each region's requests are counted there. */
const NEAREST = new Set(["nearest", "geo", "waterfall"]);
/**
 * One entry a balancer, parents first. A balancer's requests are split as its strategy would while
 * nothing is full: the nearest target's all, or by weight. Cache misses that hold a core come on
 * top and are not counted.
 */
export function offeredLoads(scenario: Scenario, numbers: Files = new Map()): OfferedLoad[] {
  const flows = scenario.clients.flatMap((client): Flow[] => {
    const ratePerMs = meanRate(client, scenario);
    const parts = scenario.classes.map(({ demand }, i) => {
      return client.shares[i] * demandMean(demand, numbers);
    });
    const bytes = scenario.classes.map((one, i) => client.shares[i] * bytesMean(one, numbers));
    const { place } = client;
    const by = client.connections ?? null;
    if (!hasRoutes(scenario.root)) {
      const workPerMs = ratePerMs * sum(parts);
      const bytesPerMs = ratePerMs * sum(bytes);
      const mix = scenario.classes.map((one, i) => ({ one, share: client.shares[i] }));
      return [{ place, ratePerMs, workPerMs, bytesPerMs, class: null, mix, by }];
    }
    return scenario.classes.map((one, i) => ({
      place,
      ratePerMs: ratePerMs * client.shares[i],
      workPerMs: ratePerMs * parts[i],
      bytesPerMs: ratePerMs * bytes[i],
      class: one,
      mix: [{ one, share: 1 }],
      by,
    }));
  });
  const loads: OfferedLoad[] = [];
  descend(scenario.root, 0, flows, { scenario, numbers, loads }, false);
  return loads;
}

const hasRoutes = ({ routes, targets }: BalancerSpec): boolean =>
  routes !== undefined || targets.some((target) => target.kind === "balancer" && hasRoutes(target));

export function meanRate(client: ClientRegion, scenario: Scenario): number {
  const { kind, settings } = client.arrivals;
  return entryOf(arrivals, kind).meanRate(settings, scenario.durationMs);
}

interface Walk {
  readonly scenario: Scenario;
  readonly numbers: Files;
  readonly loads: OfferedLoad[];
}

function descend(
  balancer: BalancerSpec,
  tier: number,
  flows: readonly Flow[],
  walk: Walk,
  isBelowCache: boolean,
): void {
  const isBound = isBelowCache || balancer.responseCache !== undefined;
  const capacity = capacityOf(balancer);
  const ratePerMs = sum(flows.map((flow) => flow.ratePerMs));
  const workPerMs = sum(flows.map((flow) => flow.workPerMs));
  const load = workPerMs / capacity;
  const { path } = balancer;
  const own = ownLoad(balancer, flows, walk.numbers, isBelowCache);
  walk.loads.push({
    path,
    tier,
    ratePerMs,
    capacity,
    load,
    ...(own !== undefined && { own }),
    ...(isBound && { isBound }),
  });
  const parts = balancer.targets.map(weightOf);
  const whole = sum(parts);
  for (const [i, target] of balancer.targets.entries()) {
    if (target.kind === "machines") continue;
    const parted = flows.map((flow) => {
      const share =
        routed(balancer, target, flow) ??
        (NEAREST.has(balancer.strategy.kind)
          ? nearestShare(balancer, i, flow.place, walk.scenario)
          : parts[i] / whole);
      return {
        ...flow,
        ratePerMs: flow.ratePerMs * share,
        workPerMs: flow.workPerMs * share,
        bytesPerMs: flow.bytesPerMs * share,
        by: carrierBeneath(balancer, flow.by),
      };
    });
    descend(target, tier + 1, parted, walk, isBound);
  }
}

/** Layer 7 ends connections, and sends on by its own, if it has any. WebSockets pass it for all that. */
function carrierBeneath(balancer: BalancerSpec, by: Carrier | null): Carrier | null {
  const { layer, pool } = balancer;
  if (layer === 4 || layer === "door") return by;
  const isPinned = by?.websocket === true;
  if (pool !== undefined && !isPinned) {
    const { requests, tls, resume = 0 } = pool;
    return { requests, tls, resume };
  }
  if (by === null) return null;
  return isPinned ? { ...by, tls: "none", endsAbove: true } : null;
}

/** 1 or 0 by the balancer's rules; null where it has none. */
function routed(
  { routes }: BalancerSpec,
  target: BalancerSpec,
  { class: one }: Flow,
): number | null {
  if (routes === undefined || one === null) return null;
  return routeOf(routes, one)?.to === target.name ? 1 : 0;
}

/** 1 for the nearest target, shared where several are equally near. */
function nearestShare(
  balancer: BalancerSpec,
  index: number,
  from: number,
  scenario: Scenario,
): number {
  const distances = balancer.targets.map((target) => {
    return target.weight === 0 ? Infinity : scenario.roundTripMs[from][target.place ?? from];
  });
  const least = Math.min(...distances);
  const nearest = balancer.targets.filter((_, i) => distances[i] === least);
  if (distances[index] !== least) return 0;
  return weightOf(balancer.targets[index]) / sum(nearest.map(weightOf));
}

function weightOf(target: BalancerSpec | MachinesSpec): number {
  return target.weight * (target.kind === "machines" ? target.count : 1);
}

function capacityOf(target: BalancerSpec | MachinesSpec): number {
  if (target.kind === "machines") return target.count * target.cores * target.speed;
  return sum(target.targets.map(capacityOf));
}
