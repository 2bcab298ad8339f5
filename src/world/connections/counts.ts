/** What is counted of clients' connections. */

/** Codes of statistics' CONNECTION_COUNTS, in the same order (a test holds them together). */
export const enum ConnectionCount {
  Opened,
  /** Of those: by a user whose last one broke. */
  Reconnects,
  Full,
  Resumed,
  Early,
  /** Round trips of all handshakes: TCP's, TLS's, and a WebSocket's upgrade. */
  RoundTrips,
  /** Requests that set out on an open connection. */
  Carried,
  /** Attempts to open one that did not get to a handshake. */
  Refused,
  /** Of those: by a full table of layer 4. */
  TableFull,
  // Closed in good order.
  ByRequests,
  ByIdling,
  ByAge,
  /** By a client that gave up waiting for an answer on it. */
  ByGivingUp,
  // Broken.
  ByCrash,
  BySilence,
  /** Removed while it was open: cut by the deadline of a drain, or at once. */
  ByRemoval,
  /** Its layer-4 replica stopped. */
  ByReplica,
  /** Routers sent it to another replica, which did not know it. */
  ByMove,
  /** Its entry in a table of layer 4 was forgotten, or pushed out. */
  ByTableIdling,
  ByEviction,
  /** Its way to the front door changed. */
  ByDoor,
}
export const CONNECTION_COUNTS_LENGTH = 21;

const FIRST_CLOSED = ConnectionCount.ByRequests;
const FIRST_BROKEN = ConnectionCount.ByCrash;

/** Counts by region: they only grow. */
export class ConnectionCounts {
  readonly values: Float64Array;

  constructor(regions: number) {
    this.values = new Float64Array(regions * CONNECTION_COUNTS_LENGTH);
  }

  add(region: number, count: ConnectionCount, by = 1): void {
    this.values[region * CONNECTION_COUNTS_LENGTH + count] += by;
  }

  /** Over all regions. */
  total(count: ConnectionCount): number {
    return this.sum(count, count + 1);
  }

  get closed(): number {
    return this.sum(FIRST_CLOSED, FIRST_BROKEN);
  }

  get broken(): number {
    return this.sum(FIRST_BROKEN, CONNECTION_COUNTS_LENGTH);
  }

  private sum(from: number, to: number): number {
    let sum = 0;
    for (let i = 0; i < this.values.length; i++) {
      const count = i % CONNECTION_COUNTS_LENGTH;
      if (count >= from && count < to) sum += this.values[i];
    }
    return sum;
  }
}
