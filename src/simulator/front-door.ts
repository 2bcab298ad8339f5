/**
 * How requests find one of the root's targets where clients look for them: by names that resolvers
 * keep, or by the network's own routes. What is found is the request's address, a slot of the
 * root's pools, and the root then sends it there, whatever has become of that target meanwhile.
 */
import { Answers } from "../balancing/front-doors/names.ts";
import { frontDoors } from "../balancing/front-doors/registry.ts";
import { entryOf } from "../definition.ts";
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import { combine32 } from "../hashing/mix32.ts";
import type { ResolversSpec, Scenario } from "../scenario/scenario.ts";
import { DOOR_COUNTS } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import { type Request, RequestState } from "../world/requests.ts";
import { keyOf } from "../world/source.ts";
import type { BalancerAtWork, Parts } from "./parts.ts";
import { replicaOf, setAt } from "./replica-sets.ts";

/** Codes of statistics' DOOR_COUNTS, in the same order (a test holds them together). */
export const enum DoorCount {
  /** A resolver asked the root. */
  Lookups,
  /** Somebody went where an answer, or the network, said. */
  Uses,
  /** And the root would not send anybody there any more. */
  Stale,
}

export interface FrontDoor {
  /**
   * Looks for the request's address, which then stands in `Passages.address` (NONE: nothing is
   * usable). False: that takes time, and the door's owner is told when it has been found.
   */
  find(request: Request): boolean;
  /** The request, or the connection that is opened for it, goes to its address now. */
  used(request: Request): void;
  /** Until when somebody may be sent to this slot that is usable no more, ms; NONE: nobody is. */
  heldUntilMs(slot: number): number;
  /** By region × DOOR_COUNTS + count, since time 0. */
  readonly counts: Float64Array;
}

/** What a door owes and shares. */
class Door {
  readonly counts: Float64Array;
  protected readonly root: BalancerAtWork;

  constructor(protected readonly parts: Parts) {
    this.counts = new Float64Array(parts.scenario.clients.length * DOOR_COUNTS.length);
    this.root = parts.balancers[0]!;
  }

  protected count(region: number, what: DoorCount): void {
    this.counts[region * DOOR_COUNTS.length + what]++;
  }

  /** The request, or the connection that is opened for it, goes to its address now. */
  used({ index, source }: Request): void {
    const slot = this.parts.passages!.address[index];
    if (slot === NONE) return;
    const { region, place } = source!;
    this.count(region, DoorCount.Uses);
    const { pool } = this.poolsAt(place);
    if (!pool.takes(slot)) this.count(region, DoorCount.Stale);
  }

  protected point({ index }: Request, slot: number): void {
    this.parts.passages!.address[index] = slot;
  }

  /** The first replica at a place with clients. */
  protected poolsAt(place: number): BalancerAtWork["pools"][number] {
    const { pools, placeIndex, places } = this.root;
    return pools[(placeIndex[place] * pools.length) / places.length];
  }
}

/**
 * A stamp of so much less than a region's number stands for the end of a lookup, not for a serial.
 */
const FIRST_LOOKUP = 2 ** 30;

/** Of one region. */
interface Resolvers extends ResolversSpec {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  /** The first so many stretch. */
  readonly stretching: number;
}

export class NamesDoor extends Door implements FrontDoor {
  private readonly answers: Answers;
  /** By region. */
  private readonly resolvers: readonly Resolvers[];
  /** By resolver: when the answer to its latest question is there, ms. */
  private readonly answeredMs: Float64Array;
  /** Lookups under way, and requests that wait for them. */
  private readonly waiting: AlarmClock;

  constructor(
    parts: Parts,
    private readonly ttlMs: number,
    /** The request has its address. */
    private readonly found: (request: Request) => void,
  ) {
    super(parts);
    this.waiting = new AlarmClock(parts.queue, EventKind.Resolved);
    let first = 0;
    this.resolvers = parts.scenario.clients.map(({ resolvers }, region) => {
      const made = resolversOf(resolvers!, parts.usersIn[region], first);
      first += made.count;
      return made;
    });
    this.answers = new Answers(first);
    this.answeredMs = new Float64Array(first);
    this.age();
  }

  find(request: Request): boolean {
    const { queue, passages } = this.parts;
    const { nowMs } = queue;
    const { region } = request.source!;
    const resolver = this.resolverOf(request);
    const known = this.answers.known(resolver, nowMs);
    const { lookupMs } = this.resolvers[region];
    if (known !== NONE || lookupMs === 0) {
      this.point(request, known === NONE ? this.ask(resolver, region) : known);
      return true;
    }
    if (this.answeredMs[resolver] <= nowMs) {
      this.answeredMs[resolver] = nowMs + lookupMs;
      this.count(region, DoorCount.Lookups);
      // Before whoever waits for it: at equal times in the order in which they were set.
      this.waiting.set(nowMs + lookupMs, resolver, region - FIRST_LOOKUP);
    }
    request.state = RequestState.Dialing;
    passages!.sinceMs[request.index] = nowMs;
    this.waiting.set(this.answeredMs[resolver], request.index, request.serial);
    return false;
  }

  /** The next lookup is over, or the next request that waits for it has its answer. */
  resolved(): void {
    const { queue, requests, passages } = this.parts;
    const serial = this.waiting.stamp;
    const index = this.waiting.take();
    if (serial < 0) {
      this.answerTo(index, serial + FIRST_LOOKUP);
      return;
    }
    const request = requests.all[index];
    // Its client has given up.
    if (request.serial !== serial) return;
    const resolver = this.resolverOf(request);
    const known = this.answers.known(resolver, queue.nowMs);
    passages!.resolveMs[index] += queue.nowMs - passages!.sinceMs[index];
    request.state = RequestState.Outbound;
    this.point(request, known === NONE ? this.answerTo(resolver, request.source!.region) : known);
    this.found(request);
  }

  heldUntilMs(slot: number): number {
    return this.answers.heldUntilMs(slot, this.parts.queue.nowMs);
  }

  private resolverOf({ user, source }: Request): number {
    const { first, count, stretched, stretching } = this.resolvers[source!.region];
    const at = (combine32(this.parts.salts.name, user) >>> 0) / 2 ** 32;
    if (at < stretched) return first + Math.floor((at / stretched) * stretching);
    const rest = (at - stretched) / (1 - stretched);
    return first + stretching + Math.floor(rest * (count - stretching));
  }

  private ask(resolver: number, region: number): number {
    this.count(region, DoorCount.Lookups);
    return this.answerTo(resolver, region);
  }

  /** What the root answers now; the resolver keeps it. NONE is not kept. */
  private answerTo(resolver: number, region: number): number {
    const slot = this.pick(resolver, region);
    if (slot !== NONE) {
      this.answers.keep(resolver, slot, this.parts.queue.nowMs + this.lifeMs(resolver, region));
    }
    return slot;
  }

  private pick(resolver: number, region: number): number {
    const { view, salts, scenario } = this.parts;
    const { place } = scenario.clients[region];
    view.rawKey = resolver;
    view.key = keyOf(resolver, salts.key);
    view.origin = place;
    const { root } = this;
    const replica =
      root.sets === null ? replicaOf(root, place) : setAt(root, place).draw(root.replicaStream);
    return replica === null ? NONE : replica.pool.pick(view);
  }

  private lifeMs(resolver: number, region: number): number {
    const { first, stretching, by } = this.resolvers[region];
    return resolver - first < stretching ? this.ttlMs * by : this.ttlMs;
  }

  /** At time 0 answers are as old as in the midst of steady use. */
  private age(): void {
    const { random, scenario } = this.parts;
    for (const [region, { first, count }] of this.resolvers.entries()) {
      const left = random.named(`names/${scenario.clients[region].name}`);
      for (let resolver = first; resolver < first + count; resolver++) {
        const slot = this.pick(resolver, region);
        const untilMs = left.double() * this.lifeMs(resolver, region);
        if (slot !== NONE) this.answers.keep(resolver, slot, untilMs);
      }
    }
  }
}

/** Whoever stretches and whoever does not has a resolver at least. */
function resolversOf(spec: ResolversSpec, users: number, first: number): Resolvers {
  const { stretched } = spec;
  const isMixed = stretched > 0 && stretched < 1;
  const count = Math.max(isMixed ? 2 : 1, Math.ceil(users / spec.usersEach));
  const stretching = isMixed
    ? Math.min(count - 1, Math.max(1, Math.round(stretched * count)))
    : stretched * count;
  return { ...spec, first, count, stretching };
}

export class AnycastDoor extends Door implements FrontDoor {
  /** By place: where the network brings its clients. */
  private readonly inForce: Int32Array;
  /** By place: where it will once it has converged, and when, ms. */
  private readonly ahead: Int32Array;
  private readonly aheadMs: Float64Array;
  private readonly changes: AlarmClock;

  constructor(
    parts: Parts,
    private readonly convergeMs: number,
    /** Clients at this place are brought elsewhere from now on. */
    private readonly rerouted: (place: number, slot: number) => void,
  ) {
    super(parts);
    const places = parts.scenario.places.length;
    this.changes = new AlarmClock(parts.queue, EventKind.Rerouted);
    this.inForce = new Int32Array(places).fill(NONE);
    this.ahead = new Int32Array(places).fill(NONE);
    this.aheadMs = new Float64Array(places);
    for (const place of this.root.places) {
      this.inForce[place] = this.ahead[place] = this.nearestTo(place);
      this.poolsAt(place).pool.onRefresh = () => this.look(place);
    }
  }

  find(request: Request): boolean {
    this.point(request, this.inForce[request.source!.place]);
    return true;
  }

  /** The network has followed a change. */
  converged(): void {
    const slot = this.changes.stamp;
    const place = this.changes.take();
    this.put(place, slot);
  }

  heldUntilMs(slot: number): number {
    const { nowMs } = this.parts.queue;
    let lastMs: number = NONE;
    for (const place of this.root.places) {
      if (this.inForce[place] !== slot) continue;
      if (this.ahead[place] === slot) return Infinity;
      lastMs = Math.max(lastMs, nowMs, this.aheadMs[place]);
    }
    return lastMs;
  }

  /** What is usable may have changed. */
  private look(place: number): void {
    const slot = this.nearestTo(place);
    if (slot === this.ahead[place]) return;
    this.ahead[place] = slot;
    if (this.convergeMs === 0) {
      this.put(place, slot);
      return;
    }
    this.aheadMs[place] = this.parts.queue.nowMs + this.convergeMs;
    this.changes.set(this.aheadMs[place], place, slot);
  }

  private put(place: number, slot: number): void {
    if (this.inForce[place] === slot) return;
    this.inForce[place] = slot;
    this.rerouted(place, slot);
  }

  private nearestTo(place: number): number {
    const { view } = this.parts;
    view.origin = place;
    return this.poolsAt(place).pool.pick(view);
  }
}

/** Which doors there are tells which of the two is not null. */
export interface DoorAtWork {
  readonly names: NamesDoor | null;
  readonly anycast: AnycastDoor | null;
  readonly any: FrontDoor | null;
}

export const hasFrontDoor = ({ root }: Scenario): boolean => root.frontDoor !== undefined;

/**
 * @param found see `NamesDoor`
 * @param rerouted see `AnycastDoor`
 */
export function openDoor(
  parts: Parts,
  found: (request: Request) => void,
  rerouted: (place: number, slot: number) => void,
): DoorAtWork {
  const { frontDoor } = parts.scenario.root;
  if (frontDoor === undefined) return { names: null, anycast: null, any: null };
  const rules = entryOf(frontDoors, frontDoor.kind).rules(frontDoor.settings);
  if (rules.kind === "names") {
    const names = new NamesDoor(parts, rules.ttlMs, found);
    return { names, anycast: null, any: names };
  }
  const anycast = new AnycastDoor(parts, rules.convergeMs, rerouted);
  return { names: null, anycast, any: anycast };
}
