/** One unit inside for each quantity; a brand keeps a duration from being passed as a size. */

declare const unit: unique symbol;

/** Simulated time and durations: milliseconds. */
export type Millis = number & { readonly [unit]: "ms" };
/** Rates: per millisecond. */
export type PerMilli = number & { readonly [unit]: "1/ms" };
/** Sizes: bytes. */
export type Bytes = number & { readonly [unit]: "B" };

// A brand exists for the compiler alone: giving one is the one thing that only a cast can do.
/* oxlint-disable typescript/no-unsafe-type-assertion */
export const millis = (value: number): Millis => value as Millis;
export const bytes = (value: number): Bytes => value as Bytes;
/* oxlint-enable typescript/no-unsafe-type-assertion */

/**
 * The latest time and the longest duration that may be written: 50,000 days, 137 years. A double has
 * 53 bits of mantissa, so a clock at T ms moves by steps of at most T / 2^52; up to here, below 2^42
 * ms, they are 2^(41−52) ms = 0.49 us. That is half of the least duration that comes again and again
 * (a microsecond), so what comes next is always later: beyond, a clock would come to stand still.
 */
export const MOST_MS = 50_000 * 86_400_000;
/**
 * Never, as a time: later than every event. Loops spell it `Infinity`, which the compiler knows.
 */
export const NEVER = Infinity;
/**
 * No row, no slot, no machine: the end of every intrusive list. The only negative index, so `row <
 * 0` asks for it.
 */
export const NONE = -1;
