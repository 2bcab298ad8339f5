/** What a structure costs on this machine: the one part of the laboratory that no seed repeats. */
import type { Members } from "../hashing/placement.ts";
import type { Change } from "./changes.ts";
import { GeneratedKeys } from "./keys.ts";
import type { Structure } from "./measurement.ts";

export interface Timing {
  /** Of one lookup by hash, through the common interface; the key's own hashing not counted. */
  readonly lookupNs: number;
  /** From nothing to the whole pool. */
  readonly buildNs: number;
  /** The first change, applied to the built structure; null where there is none. */
  readonly updateNs: number | null;
}

/** Wall-clock time in ms, handed in since nothing here may read a clock. */
export type Clock = () => number;

const KEYS = 8192;
const ROUNDS = 9;
/** A round lasts at least so long, so that a clock of some µs does not show. */
const ROUND_MS = 2;

/** The median of nine rounds each. Takes some tens of ms, or nine builds where they are slow. */
export function timeStructure(
  structure: Structure,
  before: Members,
  changes: readonly Change[],
  now: Clock,
): Timing {
  const built = structure.create();
  built.assign(before);
  const after = changes[0]?.courses[0]?.[0];
  const updates: number[] = [];
  const builds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = now();
    const placement = structure.create();
    placement.assign(before);
    builds.push((now() - startMs) * 1e6);
    if (after === undefined) continue;
    const changeMs = now();
    placement.assign(after);
    updates.push((now() - changeMs) * 1e6);
  }
  const { high, low } = hashes(structure);
  const look = (): number => {
    let sum = 0;
    for (let i = 0; i < KEYS; i++) sum += built.owner(high[i], low[i]);
    return sum;
  };
  const lookups = Array.from({ length: ROUNDS }, () => timed(look, now) / KEYS);
  return {
    lookupNs: median(lookups),
    buildNs: median(builds),
    updateNs: updates.length === 0 ? null : median(updates),
  };
}

function hashes({ hash }: Structure): { readonly high: Int32Array; readonly low: Int32Array } {
  const keys = new GeneratedKeys(0);
  const high = new Int32Array(KEYS);
  const low = new Int32Array(KEYS);
  for (let i = 0; i < KEYS; i++) {
    high[i] = hash.hash(keys.bytes, keys.write(i));
    low[i] = hash.low;
  }
  return { high, low };
}

/** Kept, so that no engine may leave out lookups whose result nobody reads. */
let unread = 0;

/** ns a call, repeated until the round is long enough. */
function timed(work: () => number, now: Clock): number {
  let calls = 0;
  const startMs = now();
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    unread = (unread + work()) | 0;
    calls++;
    elapsedMs = now() - startMs;
  }
  return (elapsedMs * 1e6) / calls;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
