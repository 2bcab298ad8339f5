/**
 * How much work clients offer to each balancer, before anything is simulated: DESIGN's arrival rate
 * × mean demand / capacity.
 */
import { entryOf } from "../definition.ts";
import { meanOf } from "../random/registry.ts";
import { arrivals } from "../world/arrivals/registry.ts";
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
}

/** Strategies that prefer the nearest target: each region's requests are counted there. */
const NEAREST = new Set(["nearest", "geo", "waterfall"]);
type Files = ReadonlyMap<string, Float64Array>;

/**
 * One entry a balancer, parents first. A balancer's requests are split as its strategy would while
 * nothing is full: the nearest target's all, or by weight. Cache misses that hold a core come on
 * top and are not counted.
 */
export function offeredLoads(scenario: Scenario, numbers: Files = new Map()): OfferedLoad[] {
  const flows = scenario.clients.map((client) => {
    const ratePerMs = meanRate(client, scenario);
    const parts = scenario.classes.map(({ demand }, i) => {
      return client.shares[i] * demandMean(demand, numbers);
    });
    const demandMs = sum(parts);
    return { place: client.place, ratePerMs, workPerMs: ratePerMs * demandMs };
  });
  const loads: OfferedLoad[] = [];
  descend(scenario.root, 0, flows, scenario, loads);
  return loads;
}

interface Flow {
  readonly place: number;
  readonly ratePerMs: number;
  readonly workPerMs: number;
}

export function meanRate(client: ClientRegion, scenario: Scenario): number {
  const { kind, settings } = client.arrivals;
  return entryOf(arrivals, kind).meanRate(settings, scenario.durationMs);
}

/** NaN where it stands in a file that is not at hand. */
function demandMean(demand: Scenario["classes"][number]["demand"], numbers: Files): number {
  const { file } = demand.settings;
  if (typeof file === "string" && !numbers.has(file)) return NaN;
  return meanOf(demand, numbers);
}

function descend(
  balancer: BalancerSpec,
  tier: number,
  flows: readonly Flow[],
  scenario: Scenario,
  loads: OfferedLoad[],
): void {
  const capacity = capacityOf(balancer);
  const ratePerMs = sum(flows.map((flow) => flow.ratePerMs));
  const workPerMs = sum(flows.map((flow) => flow.workPerMs));
  loads.push({ path: balancer.path, tier, ratePerMs, capacity, load: workPerMs / capacity });
  const parts = balancer.targets.map(weightOf);
  const whole = sum(parts);
  for (const [i, target] of balancer.targets.entries()) {
    if (target.kind === "machines") continue;
    const own = flows.map((flow) => {
      const share = NEAREST.has(balancer.strategy.kind)
        ? nearestShare(balancer, i, flow.place, scenario)
        : parts[i] / whole;
      return { ...flow, ratePerMs: flow.ratePerMs * share, workPerMs: flow.workPerMs * share };
    });
    descend(target, tier + 1, own, scenario, loads);
  }
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
