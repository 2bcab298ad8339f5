/** A fault with when it was noticed and over, as plain JSON. */
import type { Failover } from "./failover.ts";
import { tidyMs } from "./rounding.ts";
import type { NodeRecord } from "./run-record.ts";

export interface FailoverSummary {
  readonly atMs: number | null;
  readonly what: string;
  readonly nodes: readonly string[];
  readonly detail: string;
  /** How long the fault itself lasted; null: to the end. */
  readonly lastedMs: number | null;
  /** Fault → first belief; first → last belief; fault → back to before. null: not seen. */
  readonly detectionMs: number | null;
  readonly propagationMs: number | null;
  readonly errorRateBackMs: number | null;
  readonly p99BackMs: number | null;
}

export function failoverSummary(nodes: readonly NodeRecord[], failover: Failover): FailoverSummary {
  const { fault, detectedMs, propagatedMs, errorRateBackMs, p99BackMs } = failover;
  return {
    atMs: tidyMs(fault.atMs),
    what: fault.what,
    nodes: fault.nodes.map((id) => nodes[id].path),
    detail: fault.detail,
    lastedMs: tidyMs(fault.undoneMs - fault.atMs),
    detectionMs: tidyMs(detectedMs - fault.atMs),
    propagationMs: tidyMs(propagatedMs - detectedMs),
    errorRateBackMs: tidyMs(errorRateBackMs - fault.atMs),
    p99BackMs: tidyMs(p99BackMs - fault.atMs),
  };
}
