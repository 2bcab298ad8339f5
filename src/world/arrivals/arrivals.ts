/**
 * When the clients of one region ask, and where the process knows it, who asks and for what. A
 * process is asked for one arrival after the other; the time it gave last is the *pending* arrival.
 * Everything is drawn from streams named after the region, so that strategies never shift open-loop
 * traffic.
 */
import type { Definition, Fields, SettingsOf } from "../../definition.ts";
import type { RandomStream } from "../../random/stream.ts";
import type { Trace } from "../../scenario/scenario.ts";

/** A thousand million a second: above it, gaps fall below what a clock of hours can tell apart. */
export const MOST_RATE_PER_MS = 1_000_000;
/** The process does not know who or what: draw it. */
export const DRAWN = -1;

export interface ArrivalProcess {
  /**
   * Time in ms of the first arrival; `Infinity` where none will come (until `returned` or `scale`
   * says otherwise).
   */
  first(): number;
  /**
   * The pending arrival happens now, at `nowMs`; returns the time of the one after it, `Infinity`
   * where there is none. Read `user`, `object` and `bytes` before: from here on they describe the
   * next arrival.
   */
  next(nowMs: number): number;
  /**
   * From `nowMs` on the rate is `factor` (≥ 0; 1 = as configured) times the configured one; returns
   * the new time of the pending arrival. Draws nothing: what is left of the wait is kept and passes
   * faster or slower, so that traffic before and after stays paired with a run that was never
   * scaled.
   */
  scale(nowMs: number, factor: number): number;
  /**
   * The pending arrival's user, 0-based in the region's users (a trace: in all its users); `DRAWN`:
   * draw one.
   */
  readonly user: number;
  /** The pending arrival's object; `DRAWN`: draw one. */
  readonly object: number;
  /** The size of its object in bytes; `DRAWN`: draw one. */
  readonly bytes: number;
  /**
   * Only closed loops have it: the response to `user` came home (or the request failed) at `nowMs`,
   * and the user begins to think, for `leastMs` at least. Returns the new time of the pending
   * arrival, which may be earlier than before.
   */
  returned?(user: number, nowMs: number, leastMs?: number): number;
}

export interface ArrivalContext {
  /** Name of the client region. */
  readonly region: string;
  /** Its number of users. */
  readonly users: number;
  /** A stream of the region's own for each purpose, by name. */
  random(name: string): RandomStream;
  /** Recorded traces and number lists, by the name that the scenario gives them. */
  readonly traces: ReadonlyMap<string, Trace>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
}

export interface ArrivalDefinition<F extends Fields = Fields> extends Definition<F> {
  /** A problem that no field shows alone; null where there is none. */
  check?(settings: SettingsOf<F>): string | null;
  create(settings: SettingsOf<F>, context: ArrivalContext): ArrivalProcess;
  /**
   * Mean rate per ms over a run of `durationMs` (null: in the long run); NaN where it depends on
   * the responses (a closed loop) or stands in a file (a trace).
   */
  meanRate(settings: SettingsOf<F>, durationMs: number | null): number;
}

/** Keeps the field types of one definition for its functions, and forgets them for the registry. */
export function defineArrivals<const F extends Fields>(
  definition: ArrivalDefinition<F>,
): ArrivalDefinition;
export function defineArrivals(definition: ArrivalDefinition): ArrivalDefinition {
  return definition;
}
