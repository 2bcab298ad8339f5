/** What a run's record says, as short lines that a test can compare. */
import {
  MISSES,
  OUTCOMES,
  PARTS,
  PROXY_COUNTS,
  type ProxyCountName,
  type RunRecord,
} from "../../src/statistics/run-record.ts";

/**
 * `completed@15`: every outcome with the start of its slice (with windows of 1 ms, its time), in
 * order.
 */
export function outcomesOf(record: RunRecord, region?: number): string[] {
  const lines: string[] = [];
  for (const { startMs, cells } of record.slices) {
    for (const cell of cells) {
      if (region !== undefined && cell.region !== region) continue;
      for (const [i, outcome] of OUTCOMES.entries()) {
        for (let n = 0; n < cell.outcomes[i]; n++) lines.push(`${outcome}@${startMs}`);
      }
    }
  }
  return lines;
}

/** Outcomes by name, summed up over the run. */
export const countsOf = (record: RunRecord): Record<(typeof OUTCOMES)[number], number> => ({
  completed: record.outcomesTotal[0],
  rejected: record.outcomesTotal[1],
  "timed-out": record.outcomesTotal[2],
  failed: record.outcomesTotal[3],
  unroutable: record.outcomesTotal[4],
});

const pathOf = (record: RunRecord, node: number): string =>
  node < 0 ? "" : ` ${record.nodes[node].path}`;

/** `believed-down lb/2 by lb@40`. */
export const noticesOf = (record: RunRecord): string[] =>
  record.notices.map(
    ({ what, node, by, atMs }) =>
      `${what}${pathOf(record, node)}${by < 0 ? "" : ` by${pathOf(record, by)}`}@${atMs}`,
  );

type Column = "received" | "completed" | "rejected" | "lost" | "busyMs" | "inServiceMs" | "hits";

/** A counter of one machine between two times (edges of slices). */
export function counterOf(
  record: RunRecord,
  path: string,
  column: Column,
  [fromMs, toMs]: readonly [number, number] = [0, Infinity],
): number {
  const { machine } = record.nodes.find((node) => node.path === path)!;
  let sum = 0;
  for (const { startMs, endMs, machines } of record.slices) {
    if (startMs >= fromMs && endMs <= toMs) sum += machines[column][machine] ?? 0;
  }
  return sum;
}

/**
 * What each replica of each balancer counted between two times (edges of slices), in their order.
 */
export function proxyCountsOf(
  record: RunRecord,
  name: ProxyCountName,
  [fromMs, toMs]: readonly [number, number] = [0, Infinity],
): number[] {
  const sums: number[] = [];
  for (const { startMs, endMs, proxies } of record.slices) {
    if (startMs < fromMs || endMs > toMs) continue;
    for (let at = PROXY_COUNTS.indexOf(name), i = 0; at < proxies.length; i++) {
      sums[i] = (sums[i] ?? 0) + proxies[at];
      at += PROXY_COUNTS.length;
    }
  }
  return sums;
}
/** The same of all of them. */
export const proxyCountOf = (
  record: RunRecord,
  name: ProxyCountName,
  between?: readonly [number, number],
): number => proxyCountsOf(record, name, between).reduce((sum, n) => sum + n, 0);

/** Misses by class over all machines, only those that occurred. */
export function missesOf(
  record: RunRecord,
  [fromMs, toMs]: readonly [number, number] = [0, Infinity],
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { startMs, endMs, machines } of record.slices) {
    if (startMs < fromMs || endMs > toMs) continue;
    machines.misses.forEach((count, i) => {
      const name = MISSES[i % MISSES.length];
      if (count > 0) found[name] = (found[name] ?? 0) + count;
    });
  }
  return found;
}

/**
 * Sums of latency parts in ms over all completed requests, only those that are not 0, and the
 * whole.
 */
export function latencyOf(record: RunRecord): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    if (value !== 0) sums[name] = (sums[name] ?? 0) + value;
  };
  for (const { cells } of record.slices) {
    for (const { parts, latency } of cells) {
      for (const [i, part] of PARTS.entries()) add(part, parts[i]);
      add("whole", latency.sum);
    }
  }
  return sums;
}

/** Requests born between two times (edges of slices). */
export function bornOf(
  record: RunRecord,
  [fromMs, toMs]: readonly [number, number] = [0, Infinity],
): number {
  let sum = 0;
  for (const { startMs, endMs, born } of record.slices) {
    if (startMs >= fromMs && endMs <= toMs) for (const n of born) sum += n;
  }
  return sum;
}

/** What must be left over when everything that ended is taken from everything that was born: 0. */
export function leftOver(record: RunRecord): number {
  const ended = record.outcomesTotal.reduce((sum, n) => sum + n, 0);
  const inSlices = outcomesOf(record).length;
  return Math.abs(record.bornTotal - ended - record.inFlightAtEnd) + Math.abs(ended - inSlices);
}

/** Numbers of the machines that received requests, in order of the slices. */
export function visited({ slices }: RunRecord): number[] {
  const found: number[] = [];
  for (const { machines } of slices) {
    machines.received.forEach((count, i) => {
      for (let n = count; n > 0; n--) found.push(i + 1);
    });
  }
  return found;
}
