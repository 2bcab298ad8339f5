/**
 * Failover: fault → detection → propagation → recovery of error rate and p99 to what they were
 * before.
 */
import { BEFORE_WINDOWS, type WindowSeries, backIn, bandOf } from "./change-effects.ts";
import { metricNamed } from "./metrics/registry.ts";
import type { NodeRecord, NoticeRecord, RunRecord } from "./run-record.ts";
import { EVERYTHING } from "./selection.ts";

type What = NoticeRecord["what"];
const UNDONE_BY: ReadonlyMap<What, What> = new Map<What, What>([
  ["failed", "recovered"],
  ["slowed", "restored"],
  ["cut", "mended"],
]);

/** One fault: everything that failed in the same instant and in the same manner. */
export interface Fault {
  readonly atMs: number;
  readonly what: What;
  /** Node ids; empty for a link. */
  readonly nodes: readonly number[];
  readonly detail: string;
  /** When the truth was whole again; NaN if it was not. */
  readonly undoneMs: number;
}

export interface Failover {
  readonly fault: Fault;
  /** First and last time that some balancer came to believe it; NaN: nobody noticed. */
  readonly detectedMs: number;
  readonly propagatedMs: number;
  /**
   * When the figure was back in its band (see `backIn`); the fault's own time if it never left, NaN
   * if not seen back.
   */
  readonly errorRateBackMs: number;
  readonly p99BackMs: number;
}

/** In order of time. O(notices × faults in the worst case). */
export function faultsOf(notices: readonly NoticeRecord[], warmupMs: number): Fault[] {
  const faults: Fault[] = [];
  let group: { atMs: number; what: What; nodes: number[]; detail: string; undone: number } | null =
    null;
  const close = () => {
    if (group === null) return;
    const { atMs, what, nodes, detail, undone } = group;
    faults.push({ atMs, what, nodes, detail, undoneMs: undone });
  };
  for (let i = 0; i < notices.length; i++) {
    const { atMs, what, node, detail } = notices[i];
    const undoing = UNDONE_BY.get(what);
    if (undoing === undefined || atMs < warmupMs) continue;
    const undone = undoneAt(notices, i, undoing);
    if (group === null || group.atMs !== atMs || group.what !== what) {
      close();
      group = { atMs, what, nodes: [], detail, undone };
    }
    if (node >= 0) group.nodes.push(node);
    // Whole again when the last of them is; NaN stays NaN.
    group.undone = Math.max(group.undone, undone);
  }
  close();
  return faults;
}

function undoneAt(notices: readonly NoticeRecord[], from: number, undoing: What): number {
  for (let i = from + 1; i < notices.length; i++) {
    const { what, node, atMs, detail } = notices[i];
    if (what !== undoing || node !== notices[from].node) continue;
    if (node >= 0 || detail === notices[from].detail) return atMs;
  }
  return NaN;
}

/** O(faults × (notices + windows)). */
export function failovers(
  record: RunRecord,
  windowMs: number,
  warmupMs: number,
  series: WindowSeries,
): Failover[] {
  const faults = faultsOf(record.notices, warmupMs);
  return faults.map((fault, index) => {
    const untilMs = index + 1 < faults.length ? faults[index + 1].atMs : record.endMs;
    const sinceMs = index > 0 ? faults[index - 1].atMs : warmupMs;
    const back = (name: string): number => {
      const metric = metricNamed(name)!;
      return backIn(series.windows, series.of(metric, EVERYTHING), bandOf(metric), {
        baseline: [Math.max(sinceMs, fault.atMs - BEFORE_WINDOWS * windowMs), fault.atMs],
        startMs: fault.atMs,
        untilMs,
      });
    };
    return {
      fault,
      ...believedAt(record, fault),
      errorRateBackMs: back("error-rate"),
      p99BackMs: back("p99"),
    };
  });
}

function believedAt(
  record: RunRecord,
  fault: Fault,
): { readonly detectedMs: number; readonly propagatedMs: number } {
  let detectedMs = NaN;
  let propagatedMs = NaN;
  const seen = new Set<string>();
  for (const { atMs, what, node, by } of record.notices) {
    if (what !== "believed-down" || atMs < fault.atMs || atMs > fault.undoneMs) continue;
    if (fault.nodes.length > 0 && !fault.nodes.some((at) => related(record.nodes, at, node))) {
      continue;
    }
    // Only the first time counts that a balancer believes it of a node: what flaps later is another
    // story.
    const pair = `${by} ${node}`;
    if (seen.has(pair)) continue;
    seen.add(pair);
    if (Number.isNaN(detectedMs)) detectedMs = atMs;
    propagatedMs = atMs;
  }
  return { detectedMs, propagatedMs };
}

/** The same node, or one above the other. */
function related(nodes: readonly NodeRecord[], a: number, b: number): boolean {
  if (a < 0 || b < 0) return false;
  for (let id = a; id >= 0; id = nodes[id].parent) if (id === b) return true;
  for (let id = b; id >= 0; id = nodes[id].parent) if (id === a) return true;
  return false;
}
