/**
 * How much work clients offer to each balancer, before anything is simulated: DESIGN's arrival rate
 * × mean demand / capacity.
 */
import type { Chosen } from "../definition.ts";
import { entryOf } from "../definition.ts";
import { meanOf } from "../random/registry.ts";
import { arrivals } from "../world/arrivals/registry.ts";
import { packetsOf } from "../world/proxies/packets.ts";
import { routeOf } from "../world/routes.ts";
import type {
  BalancerSpec,
  ClientRegion,
  MachinesSpec,
  RequestClass,
  Scenario,
} from "./scenario.ts";

/** A region's requests, or one class of them where rules tell the classes apart. */
interface Flow {
  readonly place: number;
  readonly ratePerMs: number;
  readonly workPerMs: number;
  /** Of requests and their answers. */
  readonly bytesPerMs: number;
  /** By name; null: all. */
  readonly class: RequestClass | null;
  /** What it consists of; the shares sum to 1. */
  readonly mix: readonly { readonly one: RequestClass; readonly share: number }[];
}

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
  /** On the balancer's own cores; only where requests, bytes or packets are work for them. */
  readonly own?: OwnLoad;
  /**
   * Only where it is so: a response cache above, or its own, takes off what nobody knows
   * beforehand.
   */
  readonly isBound?: true;
}

export interface OwnLoad {
  /** Of requests, bytes and packets, without new connections; can exceed 1. */
  readonly load: number;
  /** New connections are work too, and nobody knows beforehand how many there will be. */
  readonly opens: boolean;
  /** A response cache above takes off what nobody knows beforehand. */
  readonly isBound: boolean;
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
  const flows = scenario.clients.flatMap((client): Flow[] => {
    const ratePerMs = meanRate(client, scenario);
    const parts = scenario.classes.map(({ demand }, i) => {
      return client.shares[i] * demandMean(demand, numbers);
    });
    const bytes = scenario.classes.map((one, i) => client.shares[i] * bytesMean(one, numbers));
    const { place } = client;
    if (!hasRoutes(scenario.root)) {
      const workPerMs = ratePerMs * sum(parts);
      const bytesPerMs = ratePerMs * sum(bytes);
      const mix = scenario.classes.map((one, i) => ({ one, share: client.shares[i] }));
      return [{ place, ratePerMs, workPerMs, bytesPerMs, class: null, mix }];
    }
    return scenario.classes.map((one, i) => ({
      place,
      ratePerMs: ratePerMs * client.shares[i],
      workPerMs: ratePerMs * parts[i],
      bytesPerMs: ratePerMs * bytes[i],
      class: one,
      mix: [{ one, share: 1 }],
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

/** NaN where it stands in a file that is not at hand. */
function demandMean(demand: Chosen, numbers: Files): number {
  const { file } = demand.settings;
  if (typeof file === "string" && !numbers.has(file)) return NaN;
  return meanOf(demand, numbers);
}

/** Of a request and its answer; 0 where neither has any (a trace's are not known beforehand). */
function bytesMean({ requestSize, responseSize, size }: RequestClass, numbers: Files): number {
  const answer = responseSize ?? size;
  return sum(
    [requestSize, answer].map((one) =>
      one === undefined || one === null ? 0 : demandMean(one, numbers),
    ),
  );
}

/**
 * NaN where the rate or a mean is not known; undefined where it has no work of its own but
 * new connections.
 */
function ownLoad(
  balancer: BalancerSpec,
  flows: readonly Flow[],
  numbers: Files,
): Omit<OwnLoad, "isBound"> | undefined {
  const { work, replicas, layer4 } = balancer;
  if (layer4?.forwarding !== undefined) {
    const { cores, packetMs, segmentBytes } = layer4.forwarding;
    if (packetMs === 0) return undefined;
    const isAnswered = !answersPass(balancer);
    const packets = flows.map(({ ratePerMs, mix }) => {
      const each = mix.map(
        ({ one, share }) => share * packetsMean(one, segmentBytes, isAnswered, numbers),
      );
      return ratePerMs * sum(each);
    });
    const load = (sum(packets) * packetMs) / (cores * replicas);
    return { load, opens: true };
  }
  if (work === undefined || (work.request === null && work.perKbMs === 0)) return undefined;
  const ratePerMs = sum(flows.map((flow) => flow.ratePerMs));
  const bytesPerMs = sum(flows.map((flow) => flow.bytesPerMs));
  const request = work.request === null ? 0 : ratePerMs * demandMean(work.request, numbers);
  const byteWork = work.perKbMs === 0 ? 0 : (work.perKbMs * bytesPerMs) / 1_000;
  const load = (request + byteWork) / (work.cores * replicas);
  return { load, opens: work.handshakeMs > 0 || work.resumedMs > 0 };
}

/** Whether answers go past it: it returns directly, or every target of it does. */
function answersPass({ layer4, targets }: BalancerSpec): boolean {
  if (layer4 === undefined) return false;
  if (layer4.directReturn) return true;
  return targets.every((target) => target.kind === "balancer" && answersPass(target));
}

/** Of a request and, where that comes back here, its answer; sizes that vary round up by half. */
function packetsMean(
  { requestSize, responseSize, size }: RequestClass,
  segmentBytes: number,
  isAnswered: boolean,
  numbers: Files,
): number {
  const sizes = [requestSize, ...(isAnswered ? [responseSize ?? size] : [])];
  const each = sizes.map((one) => {
    if (one === undefined || one === null) return packetsOf(0, segmentBytes);
    const bytes = demandMean(one, numbers);
    if (one.kind === "constant") return packetsOf(bytes, segmentBytes);
    return Math.max(1, bytes / segmentBytes + 0.5);
  });
  return sum(each);
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
  const own = ownLoad(balancer, flows, walk.numbers);
  walk.loads.push({
    path,
    tier,
    ratePerMs,
    capacity,
    load,
    ...(own !== undefined && { own: { ...own, isBound: isBelowCache } }),
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
      };
    });
    descend(target, tier + 1, parted, walk, isBound);
  }
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
