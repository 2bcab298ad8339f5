/**
 * The work of layer-4 balancers on the packets that they forward. A request visits a core of its
 * connection's replica twice: on its way in for its own packets, on its way back for its answer's,
 * one visit for all of them at once.
 *
 * | what passes                      | packets                                                   |
 * | -------------------------------- | --------------------------------------------------------- |
 * | a request; a completed answer    | its bytes / segment, rounded up, at least 1               |
 * | a refusal or failure             | 1                                                         |
 * | a connection that is opened      | 1 each way for each round trip, TCP's and TLS's: on top   |
 * |                                  | of the first request that comes on it, with the           |
 * |                                  | connection's own work                                     |
 * | an attempt (nobody shakes hands) | 1, and the connection's own work                          |
 *
 * With direct return at this tier, or at one beneath it, what answers does not pass. What nobody
 * waits for any more is not forwarded back. A replica that stops loses what waits or is worked on
 * there, even where its connections go on at another (nobody sends a segment again). Left out:
 * acknowledgements and the end of a connection, whose packets carry nothing; certificates of more
 * than a segment; that opening waits here (it is work only when the first request comes).
 */
import { longerInts } from "../arrays.ts";
import type { BalancerSpec, ForwardingSpec } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { MachineState } from "../world/machine.ts";
import {
  ConnectionState,
  type ConnectionTable,
  HopColumn,
} from "../world/connections/connection-table.ts";
import { roundTripsOf } from "../world/connections/handshake.ts";
import { ProxyCount } from "../world/proxies/counts.ts";
import { packetsOf } from "../world/proxies/packets.ts";
import { Stage } from "../world/proxies/stages.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { Halts } from "./halts.ts";
import type { Hop } from "./hop.ts";
import type { BalancerAtWork, Parts, ProxyAtWork, Replica } from "./parts.ts";
import type { PinnedWays } from "./pinned-ways.ts";

/** Whether packets are work at any balancer of the tree. */
export const forwards = ({ layer4, targets }: BalancerSpec): boolean =>
  layer4?.forwarding !== undefined ||
  targets.some((target) => target.kind === "balancer" && forwards(target));

export class Forwarding {
  /** By row × tiers + tier: 1 + serial of the connection whose first request has come there. */
  private met = new Int32Array(0);
  private readonly table: ConnectionTable;

  constructor(
    private readonly parts: Parts,
    private readonly halts: Halts,
    private readonly ways: PinnedWays,
  ) {
    this.table = ways.table;
  }

  /** What a request that has come to a balancer asks of a core, ms; its packets count. O(tiers). */
  inboundMs(
    { index, depth }: Request,
    balancer: BalancerAtWork,
    { forwarding, counts }: ProxyAtWork,
  ): number {
    const { requestBytes } = this.parts.passages!;
    this.ways.locate(index, balancer, depth);
    const { row, tier } = this.ways;
    const { packetMs, connectionMs, segmentBytes }: ForwardingSpec = forwarding!;
    const isAttempt = row === NONE || this.table.state[row] === ConnectionState.Attempt;
    let packets = isAttempt ? 1 : packetsOf(requestBytes[index], segmentBytes);
    let workMs = 0;
    if (row !== NONE && this.isFirst(row, tier)) {
      workMs = connectionMs;
      const trips = isAttempt ? 0 : this.roundTrips(row, index, balancer);
      packets += trips * (trips > 0 && this.passesBack(row, tier) ? 2 : 1);
    }
    counts[ProxyCount.Packets] += packets;
    return workMs + packets * packetMs;
  }

  /**
   * What answers a request has come back to the tier of this hop, which hears it: whether it halts
   * there for its packets. O(1).
   */
  holds(request: Request, { replica: { balancer, proxy } }: Hop): boolean {
    const { passages } = this.parts;
    if (balancer.returnsDirectly) {
      // Where nothing is any distance: it is with who opened the connection, past all between.
      this.parts.requests.returnTo(request, balancer.dialer + 1);
      return false;
    }
    if (proxy === null || proxy.forwarding === null) return false;
    if (request.abandoned || balancer.state !== MachineState.Up) return false;
    const { packetMs, segmentBytes } = proxy.forwarding;
    const { index, outcome } = request;
    const bytes = outcome === OutcomeCode.Completed ? passages!.responseBytes[index] : 0;
    const packets = packetsOf(bytes, segmentBytes);
    this.ways.locate(index, balancer, request.depth);
    const replica = this.replicaNow(this.ways.row, this.ways.tier);
    replica.proxy!.counts[ProxyCount.Packets] += packets;
    const workMs = packets * packetMs;
    if (workMs === 0) return false;
    this.halts.askForCore(request, Stage.Forward, replica, workMs);
    return true;
  }

  /** Its connection may have moved to another replica meanwhile. */
  private replicaNow(row: number, tier: number): Replica {
    const { hops } = this.table;
    return this.parts.replicas[hops[this.table.hop(row, tier) + HopColumn.Pool]];
  }

  /** Whether nobody has come to that tier on this connection: told once. Amortised O(1). */
  private isFirst(row: number, tier: number): boolean {
    const { tiers, serial, state } = this.table;
    if (this.met.length < state.length * tiers) {
      this.met = longerInts(this.met, state.length * tiers);
    }
    const at = row * tiers + tier;
    const now = serial[row] + 1;
    if (this.met[at] === now) return false;
    this.met[at] = now;
    return true;
  }

  /** What opening it took; TLS is still to be worked for by its end, behind all of layer 4. */
  private roundTrips(row: number, index: number, { dialer }: BalancerAtWork): number {
    const { requests, scenario } = this.parts;
    if (this.table.user[row] === NONE) {
      const { backends } = requests.hopAt(requests.all[index], dialer).replica.proxy!;
      return roundTripsOf(backends!.spec.tls, this.table.handshake[row]);
    }
    // Of a websocket's that ends above there is the upgrade alone.
    if (dialer !== NONE) return 1;
    const { tls, websocket } = scenario.clients[this.table.region[row]].connections!;
    return roundTripsOf(tls, this.table.handshake[row]) + (websocket ? 1 : 0);
  }

  private passesBack(row: number, tier: number): boolean {
    const { known } = this.table;
    for (let below = tier; below < known[row]; below++) {
      if (this.replicaNow(row, below).balancer.returnsDirectly) return false;
    }
    return true;
  }
}
