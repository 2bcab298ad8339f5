/**
 * What can happen. On equal times the smaller kind goes first: what people ordered before what
 * follows from it, then whatever frees something before whatever asks for it, so that a response
 * that arrives exactly at the deadline is in time, and a request that arrives as a core becomes
 * free finds it free.
 */
export const enum EventKind {
  /** The next of the scenario's events, or the undoing of one. */
  Agenda,
  /** A core finishes its request. */
  Completion,
  /** A machine that shares its processor finishes one of its requests. */
  SharedCompletion,
  /** A core of the origin finishes a fetch. */
  OriginServed,
  /** A fetch that followed a cache miss, without a core, is over. */
  Fetched,
  /** What was fetched from the origin is back, or was refused there. */
  OriginAnswered,
  /** A fetch reaches the origin. */
  OriginReached,
  /** A balancer has done its own work with a request, or has set up a connection for it. */
  AtBalancer,
  /**
   * The head of a network line arrives: a request on its way out, or a response on its way back.
   */
  Travel,
  /** What travels and takes its time for its bytes arrives likewise. */
  Transfer,
  /** A handshake is over: a client's connection is open. */
  Connected,
  /** A connection of a region has been idle for long enough, or one is old enough. */
  ConnectionIdle,
  ConnectionAged,
  /** An entry of a layer-4 table may have idled out. */
  TableIdle,
  /** A client gives up. */
  Timeout,
  /** A cancellation reaches a machine. */
  Cancel,
  /** Weights of targets that start slowly rise. */
  SlowStart,
  /** The network's routes follow a change. */
  Rerouted,
  /** A probe is due, reaches its target, or its result is known. */
  Probe,
  ProbeMessage,
  /** A target's report of its utilization is due, or arrives. */
  Report,
  ReportMessage,
  /** A client learns the address that it asked for. */
  Resolved,
  /** A request is born. */
  Arrival,
}
