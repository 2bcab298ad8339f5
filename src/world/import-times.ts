/**
 * Times of day as logs write them → ms since 1970 in UTC. No clock is read and no local time zone
 * is used.
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

export interface LogTime {
  /** Since 1970-01-01 UTC. */
  readonly ms: number;
  /** The text had no fraction of a second. */
  readonly wholeSecond: boolean;
}

/** `17/May/2015:10:05:03 +0000`, as NCSA and its heirs write it; null for anything else. */
export function parseLogTime(text: string): LogTime | null {
  const found = /^(\d\d)\/([A-Za-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d):?(\d\d)$/.exec(
    text,
  );
  if (found === null) return null;
  const [, day, name, year, hour, minute, second, zoneHours, zoneMinutes] = found;
  const month = MONTHS.indexOf(name.toLowerCase());
  const ms = instant([year, month + 1, day, hour, minute, second].map(Number));
  if (ms === null) return null;
  return { ms: ms - zoneMs(zoneHours, zoneMinutes), wholeSecond: true };
}

/** `2015-05-17T10:05:03.25Z` and its like; without a zone it is taken as UTC. */
export function parseIsoTime(text: string): LogTime | null {
  const found =
    /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:Z| ?([+-]\d\d):?(\d\d))?$/.exec(
      text,
    );
  if (found === null) return null;
  const fraction = found[7] === undefined ? 0 : Number(`0.${found[7]}`) * 1000;
  const ms = instant(found.slice(1, 7).map(Number));
  if (ms === null) return null;
  const zone = found[8] === undefined ? 0 : zoneMs(found[8], found[9]);
  return { ms: ms - zone + fraction, wholeSecond: found[7] === undefined };
}

/**
 * Seconds since 1970, or ms where the number is too large for that (from 10¹¹ on: the year 5138 in
 * seconds).
 */
export function parseEpoch(value: number): LogTime | null {
  if (!Number.isFinite(value) || value < 0) return null;
  if (value >= 1e11) return { ms: value, wholeSecond: false };
  return { ms: value * 1000, wholeSecond: Number.isInteger(value) };
}

/** Whatever a JSON log holds under its time. */
export function parseAnyTime(value: unknown): LogTime | null {
  if (typeof value === "number") return parseEpoch(value);
  if (typeof value !== "string") return null;
  if (/^\d+(\.\d+)?$/.test(value)) {
    const epoch = parseEpoch(Number(value));
    // "1431857103.000" has a fraction, though it is 0.
    return epoch && value.includes(".") ? { ...epoch, wholeSecond: false } : epoch;
  }
  return parseIsoTime(value) ?? parseLogTime(value);
}

const zoneMs = (hours: string, minutes: string): number =>
  (Number(hours) * 60 + (hours.startsWith("-") ? -1 : 1) * Number(minutes)) * 60_000;

function instant([year, month, day, hour, minute, second]: number[]): number | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  // Arithmetic on the calendar alone: no clock, no zone.
  const lastDay = Math.round(
    (Date.UTC(year, month, 1) - Date.UTC(year, month - 1, 1)) / 86_400_000,
  );
  if (day > lastDay) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
