/**
 * What is counted of one replica of a balancer that does more than pick, a reverse proxy as all in
 * this folder or one of layer 4 whose packets are work; all only grow.
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
  Packets,
  BackendFull,
  BackendResumed,
}

export const PROXY_COUNTS_LENGTH = ProxyCount.BackendResumed + 1;
