/**
 * What is counted of one replica of a layer-7 balancer, a reverse proxy as all in this folder; all
 * only grow.
 */

/** Codes of statistics' PROXY_COUNTS, in the same order (a test holds them together). */
export const enum ProxyCount {
  Arrived,
  Worked,
  WaitMs,
  BusyMs,
  CoreMs,
  Full,
  Resumed,
  First,
  Hits,
  Coalesced,
  Misses,
  Passed,
  Opened,
  Reused,
  Idled,
  Spent,
  Left,
  Broken,
  OpenMs,
  HeldMs,
  Dialed,
  Pended,
  PendedMs,
  Overflowed,
  BackendFull,
  BackendResumed,
}

export const PROXY_COUNTS_LENGTH = ProxyCount.BackendResumed + 1;
