/**
 * Rounding of what is written to files: decided by ECMAScript's exact `toPrecision`, so equal in
 * every engine.
 */

export const SIGNIFICANT_DIGITS = 6;

/** To six significant digits; NaN and infinities become null, since JSON has neither. */
export function tidy(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  // Whole numbers are counts, and counts are exact.
  return Number.isInteger(value) ? value + 0 : Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

/** Simulated times and durations: to the microsecond. */
export function tidyMs(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}
