/**
 * The narrow border between a pool and the rule that picks from it. A strategy sees its pool's view
 * and the request's view, both of beliefs alone; it compares, the pool counts.
 */
import type { Definition, Fields, SettingsOf } from "../definition.ts";
export type { MemberGroup } from "../hashing/placement-definition.ts";
import type { MemberGroup } from "../hashing/placement-definition.ts";
import type { RandomStream } from "../random/stream.ts";

interface ReadonlyNumbers {
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * One replica's belief about its targets. A *slot* is a target's index in the pool: it stays the
 * same as long as the target is a member and is never given to another target. Arrays are indexed
 * by slot unless said otherwise and may be replaced when the pool grows: read them through the view
 * at each `membershipChanged`, never keep them longer.
 */
export interface PoolView {
  /** Number of usable targets (believed up, not draining; all members in panic). */
  readonly size: number;
  /** The usable targets' slots at index 0 .. size − 1, in order of joining. */
  readonly usable: ReadonlyNumbers;
  /** Slots given out so far: the length that arrays by slot need. */
  readonly slots: number;
  /**
   * Configured weight, > 0 (0 takes a target out of `usable`); during a slow start the part of it
   * that has been reached.
   */
  readonly weight: ReadonlyNumbers;
  /**
   * A number that names the target for good: equal in every replica and on every platform (a hash
   * of its path and the run's salt).
   */
  readonly identity: ReadonlyNumbers;
  /**
   * Position among the members in order of joining, as an operator's list would number them
   * (0-based).
   */
  readonly ordinal: ReadonlyNumbers;
  /** The target's own name: `3`, `fra`; path from the root: `global/fra/3`. */
  name(slot: number): string;
  path(slot: number): string;
  /** Sent by this replica and not yet returned: exact, instant, partial. */
  readonly inFlight: ReadonlyNumbers;
  /**
   * Last report: utilization 0..1 (−1 before the first report) and requests in flight at the
   * target.
   */
  readonly reportedUtilization: ReadonlyNumbers;
  readonly reportedInFlight: ReadonlyNumbers;
  /** When the last report arrived, ms of simulated time; −1 before the first. */
  readonly reportedAtMs: ReadonlyNumbers;
  /** Share of the members below this target that it reports usable, 0..1 (1 for a machine). */
  readonly reportedHealthy: ReadonlyNumbers;
  /**
   * Requests per ms that the target can serve by its cores, speed and the mean demand, divided by
   * this pool's replicas.
   */
  readonly capacity: ReadonlyNumbers;
  /** Round trip in ms between the request's origin (a place id) and the target. */
  roundTripMs(slot: number, origin: number): number;
  /** Simulated time, ms. */
  readonly nowMs: number;
}

/** What may be known of a request. Integers only, so that nothing is boxed. */
export interface RequestView {
  /** 32-bit hash of the affinity value (object, user, address, session), as a signed integer. */
  readonly key: number;
  /**
   * The affinity value itself: the object's, user's or session's number, or the address as an
   * unsigned number.
   */
  readonly rawKey: number;
  /** Place id of the client. */
  readonly origin: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export interface Strategy {
  /**
   * A slot out of `view.usable`. Called only while `view.size > 0`.
   */
  pick(request: RequestView): number;
  /** The usable set, a weight or a capacity changed (also called once before the first pick). */
  membershipChanged(): void;
  /**
   * In flight changed at this slot (a request was sent or returned). Define it only where it is
   * needed.
   */
  inFlightChanged?(slot: number): void;
  /** A report of this slot arrived. Define it only where it is needed. */
  reported?(slot: number): void;
  /** A response (or a failure) came back after that many ms. */
  responded?(slot: number, latencyMs: number, succeeded: boolean): void;
  /**
   * For strategies that place keys: the owner of a key in the present view, without side effects.
   * Its presence makes a strategy *keyed*: disruption is measured through it, and misses are remap,
   * not scatter.
   */
  owner?(key: number, rawKey: number): number;
  /**
   * True of a keyed strategy that also picks others than the owner. A miss where another machine
   * had the key is then scatter: that its owner changed cannot be told from a pick that strayed.
   */
  readonly strays?: boolean;
  /**
   * True of a keyed strategy whose owners do not depend on weights: then all targets' fair shares
   * of the keys are equal.
   */
  readonly ignoresWeights?: boolean;
}

export type Need = "key" | "weights" | "in-flight" | "reports" | "capacity" | "round-trip";

export interface StrategyDefinition<F extends Fields = Fields> extends Definition<F> {
  /**
   * Which beliefs it reads beside membership; the builder provides only what is named. Weights are
   * always there: who does not name them picks the same whatever they are, so that no slow start can
   * be meant for it.
   */
  readonly needs: readonly Need[];
  /** What these settings need beyond `needs`. */
  alsoNeeds?(settings: SettingsOf<F>): readonly Need[];
  /**
   * What is wrong with these settings together, or for these targets where they are known, in words
   * for the user; null if nothing.
   */
  check?(settings: SettingsOf<F>, members?: readonly MemberGroup[]): string | null;
  create(view: PoolView, settings: SettingsOf<F>, random: RandomStream): Strategy;
}

/** Keeps the field types of one definition for its `create`, and forgets them for the registry. */
export function defineStrategy<const F extends Fields>(
  definition: StrategyDefinition<F>,
): StrategyDefinition;
export function defineStrategy(definition: StrategyDefinition): StrategyDefinition {
  return definition;
}
