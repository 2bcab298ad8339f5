/**
 * What must add up at the end of a run: requests, sessions, connections; over all of it, the
 * warm-up too.
 */
import { OUTCOMES } from "./run-record.ts";
import type { RunRecord, SessionsRecord } from "./run-record.ts";

export interface ConservationSummary {
  readonly born: number;
  readonly completed: number;
  readonly rejected: number;
  readonly timedOut: number;
  readonly failed: number;
  readonly unroutable: number;
  readonly inFlight: number;
  /** Nothing was lost or made up. */
  readonly holds: boolean;
}

/** Since time 0, the warm-up too. */
export interface SessionsSummary {
  readonly opened: number;
  /** Live on their machines, or saved by one that has drained. */
  readonly held: number;
  readonly lost: number;
  /** No state was made up or forgotten. */
  readonly holds: boolean;
}

/** Connections of balancers to their targets since time 0, the warm-up too. */
export interface BackendsSummary {
  readonly opened: number;
  readonly closed: number;
  readonly broken: number;
  readonly open: number;
  readonly holds: boolean;
}

export function conservationOf(record: RunRecord): ConservationSummary {
  const total = record.outcomesTotal;
  const ended = total.reduce((sum, count) => sum + count, 0);
  return {
    born: record.bornTotal,
    completed: total[OUTCOMES.indexOf("completed")],
    rejected: total[OUTCOMES.indexOf("rejected")],
    timedOut: total[OUTCOMES.indexOf("timed-out")],
    failed: total[OUTCOMES.indexOf("failed")],
    unroutable: total[OUTCOMES.indexOf("unroutable")],
    inFlight: record.inFlightAtEnd,
    holds: record.bornTotal === ended + record.inFlightAtEnd,
  };
}

export function sessionsOf({ opened, lost, held: byMachine }: SessionsRecord): SessionsSummary {
  const held = byMachine.reduce((sum, count) => sum + count, 0);
  return { opened, held, lost, holds: opened === held + lost };
}

export function backendsOf({ proxies }: RunRecord): BackendsSummary | undefined {
  if (proxies === null || proxies.connections.opened === 0) return undefined;
  const { opened, closed, broken, open } = proxies.connections;
  return { opened, closed, broken, open, holds: opened === closed + broken + open };
}
