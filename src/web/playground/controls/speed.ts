/** Speeds of playing: simulated s per s. */

export const SPEED_MIN = 0.001;
export const SPEED_MAX = 100;

/** Positions of the slider: from the least speed to the greatest in equal ratios. */
export const NOTCHES = 100;
const RATIO = SPEED_MAX / SPEED_MIN;

export const speedAt = (notch: number): number => SPEED_MIN * RATIO ** (notch / NOTCHES);
export const notchOf = (speed: number): number =>
  Math.round((NOTCHES * Math.log(speed / SPEED_MIN)) / Math.log(RATIO));

/** `1/20 of real time`, `real time`, `5 × real time`. */
export function speedText(speed: number): string {
  if (Math.abs(speed - 1) < 0.03) return "real time";
  if (speed < 0.095) return `1/${(1 / speed).toFixed(0)} of real time`;
  return `${Number(speed.toPrecision(2))} × real time`;
}
