/** How much work a balancer's own cores are offered: requests, bytes, packets, new connections. */
import { Handshake, handshakeDemandMs, roundTripsOf } from "../world/connections/handshake.ts";
import { packetsOf } from "../world/proxies/packets.ts";
import { demandMean, sum } from "./flows.ts";
import type { Carrier, Files, Flow } from "./flows.ts";
import type { BalancerSpec, RequestClass } from "./scenario.ts";

export interface OwnLoad {
  /** Of requests, bytes, packets, and new connections as far as they are counted; can exceed 1. */
  readonly load: number;
  /**
   * New connections that are work too, and of which nobody knows beforehand how many there will be:
   * none; those that are opened since others end early, before they carried as many requests as
   * they may; these and those that may carry any number, beside others; or all.
   */
  readonly uncounted: "none" | "early" | "some" | "all";
  /** A response cache above takes off what nobody knows beforehand. */
  readonly isBound: boolean;
}

/**
 * NaN where the rate or a mean is not known; undefined where it has no work of its own.
 * @param isBound a response cache above takes off requests, so there is no least of connections
 */
export function ownLoad(
  balancer: BalancerSpec,
  flows: readonly Flow[],
  numbers: Files,
  isBound: boolean,
): OwnLoad | undefined {
  const steady = steadyWork(balancer, flows, numbers);
  if (steady === undefined) return undefined;
  const { coreMs, cores } = steady;
  const dialed = flows.flatMap(({ by, ratePerMs }) => {
    const each = by === null ? 0 : connectionWork(balancer, by);
    return by === null || each === 0 ? [] : [{ each, ratePerMs, requests: by.requests }];
  });
  if (coreMs === 0 && dialed.length === 0) return undefined;
  const counted = dialed.map(({ each, ratePerMs, requests }) =>
    isBound || requests === null ? 0 : (each * ratePerMs) / requests,
  );
  const load = (coreMs + sum(counted)) / (cores * balancer.replicas);
  return { load, uncounted: uncountedOf(dialed, isBound), isBound };
}

function uncountedOf(
  dialed: readonly Pick<Carrier, "requests">[],
  isBound: boolean,
): OwnLoad["uncounted"] {
  if (dialed.length === 0) return "none";
  if (isBound || dialed.every(({ requests }) => requests === null)) return "all";
  if (dialed.some(({ requests }) => requests === null)) return "some";
  return dialed.every(({ requests }) => requests === 1) ? "none" : "early";
}

/** Core time per ms of requests, bytes and packets, and the cores of each replica. */
function steadyWork(
  balancer: BalancerSpec,
  flows: readonly Flow[],
  numbers: Files,
): { readonly coreMs: number; readonly cores: number } | undefined {
  const { work, layer4 } = balancer;
  if (layer4?.forwarding !== undefined) {
    const { cores, packetMs, segmentBytes } = layer4.forwarding;
    if (packetMs === 0) return { coreMs: 0, cores };
    const isAnswered = !answersPass(balancer);
    const packets = flows.map(({ ratePerMs, mix }) => {
      const each = mix.map(
        ({ one, share }) => share * packetsMean(one, segmentBytes, isAnswered, numbers),
      );
      return ratePerMs * sum(each);
    });
    return { coreMs: sum(packets) * packetMs, cores };
  }
  if (work === undefined) return undefined;
  const ratePerMs = sum(flows.map((flow) => flow.ratePerMs));
  const bytesPerMs = sum(flows.map((flow) => flow.bytesPerMs));
  const request = work.request === null ? 0 : ratePerMs * demandMean(work.request, numbers);
  const byteWork = work.perKbMs === 0 ? 0 : (work.perKbMs * bytesPerMs) / 1_000;
  return { coreMs: request + byteWork, cores: work.cores };
}

/** Mean core time that a new connection asks for: its handshake, or its own packets. */
function connectionWork(balancer: BalancerSpec, { tls, resume, ...by }: Carrier): number {
  const again = by.earlyData === true ? Handshake.Early : Handshake.Resumed;
  const mean = (of: (handshake: Handshake) => number): number =>
    tls === "none" ? of(Handshake.None) : (1 - resume) * of(Handshake.Full) + resume * of(again);
  const { work, layer4 } = balancer;
  if (layer4?.forwarding !== undefined) {
    const { connectionMs, packetMs } = layer4.forwarding;
    const upgrade = by.websocket === true ? 1 : 0;
    // Of a websocket's that ends above there is the upgrade alone.
    const opening = by.endsAbove === true ? 0 : mean((one) => roundTripsOf(tls, one));
    const packets = answersPass(balancer) ? 1 : 2;
    return connectionMs + packets * packetMs * (opening + upgrade);
  }
  return work === undefined ? 0 : mean((one) => handshakeDemandMs(one, work));
}

/** Whether answers go past it: it returns directly, or every target of it does. */
function answersPass({ layer4, targets }: BalancerSpec): boolean {
  if (layer4 === undefined) return false;
  if (layer4.directReturn) return true;
  return targets.every((target) => target.kind === "balancer" && answersPass(target));
}

/** Of a request and, where that comes back here, its answer; sizes that vary round up by half. */
function packetsMean(
  { requestSize, responseSize, size }: RequestClass,
  segmentBytes: number,
  isAnswered: boolean,
  numbers: Files,
): number {
  const sizes = [requestSize, ...(isAnswered ? [responseSize ?? size] : [])];
  const each = sizes.map((one) => {
    if (one === undefined || one === null) return packetsOf(0, segmentBytes);
    const bytes = demandMean(one, numbers);
    if (one.kind === "constant") return packetsOf(bytes, segmentBytes);
    return Math.max(1, bytes / segmentBytes + 0.5);
  });
  return sum(each);
}
