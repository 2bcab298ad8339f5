/** Requests in flight as dots: where each is, and what became of it so far. */
import { mix32 } from "../../hashing/mix32.ts";
import { NONE } from "../../units.ts";
import { NO_FETCH } from "../../world/proxies/response-cache.ts";
import { OutcomeCode, type Request, RequestState } from "../../world/requests.ts";
import type { Parts } from "../parts.ts";

/** Values of `Dots.state`, in this order. */
export const DOT_STATES = [
  "outbound",
  "fetching",
  "queued",
  "running",
  "returning",
  "lost",
] as const;
export type DotStateName = (typeof DOT_STATES)[number];
/** What became of it so far: `plain` where nothing can be said yet. */
export const DOT_MARKS = ["plain", "hit", "miss", "failed", "retry"] as const;
export type DotMarkName = (typeof DOT_MARKS)[number];

/** Columns of `count` rows. Which requests are shown hangs on their numbers alone. */
export interface Dots {
  /** Rows in use of the columns. */
  readonly count: number;
  /** Requests in flight in all. */
  readonly inFlight: number;
  /** The same over a request's life. */
  readonly id: Float64Array;
  /** Client region, by index. */
  readonly region: Uint16Array;
  /** Class, by index. */
  readonly class: Uint8Array;
  /**
   * Node ids; −1: the client. On its way: from and to where (nodes between whose hops cost no time
   * are passed over). At a node: both are it. Lost: where it was.
   */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Part of the way from `from` to `to`, 0..1; 0 at a node. */
  readonly part: Float32Array;
  /** Index into DOT_STATES. */
  readonly state: Uint8Array;
  /** Index into DOT_MARKS. */
  readonly mark: Uint8Array;
}

const CLIENT = -1;
/** More requests than this are never in flight at once. */
const MOST_INDICES = 2 ** 24;

export const dotIdOf = ({ serial, index }: Request): number => serial * MOST_INDICES + index;
export const indexOfDot = (id: number): number => id % MOST_INDICES;

/** O(requests that were ever in flight at once). */
export function dotsOf(parts: Parts, most: number): Dots {
  const { all, live } = parts.requests;
  const length = Math.min(most, live);
  const rows = {
    count: 0,
    inFlight: live,
    id: new Float64Array(length),
    region: new Uint16Array(length),
    class: new Uint8Array(length),
    from: new Int32Array(length),
    to: new Int32Array(length),
    part: new Float32Array(length),
    state: new Uint8Array(length),
    mark: new Uint8Array(length),
  };
  let mask = 0;
  while (live / (mask + 1) > most) mask = 2 * mask + 1;
  const leg: Leg = { state: "outbound", from: CLIENT, to: CLIENT, fromPlace: NONE, toPlace: NONE };
  for (let index = 0; index < all.length && rows.count < length; index++) {
    // By its number, before the request itself is touched: most of a crowd is passed over.
    if ((mix32(index) & mask) !== 0) continue;
    const request = all[index];
    if (request.state === RequestState.Free) continue;
    const row = rows.count++;
    find(parts, request, leg);
    rows.id[row] = dotIdOf(request);
    rows.region[row] = request.source!.region;
    rows.class[row] = request.group;
    rows.from[row] = leg.from;
    rows.to[row] = leg.to;
    rows.part[row] = partOf(parts, request, leg);
    rows.state[row] = DOT_STATES.indexOf(leg.state);
    rows.mark[row] = DOT_MARKS.indexOf(markOf(parts, request));
  }
  return rows;
}

interface Leg {
  state: DotStateName;
  from: number;
  to: number;
  /** Place ids where it travels between two; else NONE. */
  fromPlace: number;
  toPlace: number;
}

/** Where the request is, into `leg`. */
function find(parts: Parts, request: Request, leg: Leg): void {
  leg.fromPlace = leg.toPlace = NONE;
  switch (request.state) {
    case RequestState.Outbound:
      leg.state = "outbound";
      findHop(parts, request, leg);
      return;
    case RequestState.Returning: {
      leg.state = "returning";
      findHop(parts, request, leg);
      const { from, to, fromPlace, toPlace } = leg;
      leg.from = to;
      leg.to = from;
      leg.fromPlace = toPlace;
      leg.toPlace = fromPlace;
      return;
    }
    case RequestState.Fetching:
      return stay(leg, "fetching", request.machine!.node);
    case RequestState.Queued:
      return stay(leg, "queued", request.machine!.node);
    case RequestState.Running:
      return stay(leg, "running", request.machine!.node);
    case RequestState.AtBalancer:
      return stay(leg, "queued", haltsAt(parts, request));
    case RequestState.Hung:
      return stay(leg, "lost", request.machine?.node ?? lastBalancer(parts, request));
    case RequestState.Dialing:
    case RequestState.Free:
      return stay(leg, "outbound", CLIENT);
  }
}

function stay(leg: Leg, state: DotStateName, at: number): void {
  leg.state = state;
  leg.from = leg.to = at;
}

/** Node id; the client where it has not reached any. */
export function lastBalancer({ balancers }: Parts, { last }: Request): number {
  return balancers.find((balancer) => balancer?.last === last)?.node.id ?? CLIENT;
}

/** Node id of the balancer at which it is (RequestState.AtBalancer). */
export const haltsAt = ({ stages, replicas }: Parts, { index }: Request): number =>
  replicas[stages!.replica[index]].balancer.node.id;

/** The hop that its last pick sent it on, outward. */
function findHop({ requests, balancers }: Parts, request: Request, leg: Leg): void {
  const { depth } = request;
  const clientPlace = request.source!.place;
  if (depth === 0) {
    const root = balancers[0]!;
    leg.from = CLIENT;
    leg.to = root.node.id;
    leg.fromPlace = clientPlace;
    leg.toPlace = root.node.place;
    return;
  }
  const { replica, node } = requests.lastHop(request);
  const { balancer, place } = replica;
  leg.from = balancer.node.place < 0 ? CLIENT : balancer.node.id;
  leg.to = node.id;
  leg.fromPlace = place;
  leg.toPlace = node.place;
}

function partOf({ network, queue }: Parts, { dueMs }: Request, leg: Leg): number {
  const { from, to, fromPlace, toPlace } = leg;
  if (fromPlace < 0 || toPlace < 0) return 0;
  const door = from === CLIENT || to === CLIENT;
  const wayMs = door ? network.doorMs(fromPlace, toPlace) : network.innerMs(fromPlace, toPlace);
  if (!(wayMs > 0)) return 1;
  return Math.min(1, Math.max(0, 1 - (dueMs - queue.nowMs) / wayMs));
}

function markOf(parts: Parts, request: Request): DotMarkName {
  const { state, machine, outcome, abandoned, missed } = request;
  if (abandoned || outcome !== OutcomeCode.Completed || state === RequestState.Hung) {
    return "failed";
  }
  if (missed) return "miss";
  const served = state === RequestState.Running || state === RequestState.Returning;
  if (served && machine !== null && machine.memory !== null) return "hit";
  // Nobody but a response cache answers on the way.
  if (state === RequestState.Returning && machine === null) return "hit";
  return fetches(parts, request) ? "miss" : "plain";
}

/** Whether a response cache on its way had nothing for it, and waits for what it brings. */
function fetches({ stages, passages, requests: { tiers } }: Parts, { index }: Request): boolean {
  if (stages === null || passages!.metCache[index] === 0) return false;
  for (let tier = 0; tier < tiers; tier++) {
    if (stages.fetch[index * tiers + tier] !== NO_FETCH) return true;
  }
  return false;
}
