/**
 * Follows one request: each decision about it, with what the strategy saw (belief) beside what was so
 * (truth), and what became of it. Only while somebody is followed do the pools tell of their picks.
 */
import { unreachable } from "../../assert.ts";
import { OUTCOMES, type Outcome, type Part, PARTS } from "../../statistics/run-record.ts";
import { NONE } from "../../units.ts";
import { MachineState } from "../../world/machine.ts";
import { HopColumn, OutcomeCode, type Request, RequestState } from "../../world/requests.ts";
import type { TreeNode } from "../../world/topology.ts";
import type { Parts, Replica } from "../parts.ts";
import { dotIdOf, indexOfDot } from "./dots.ts";

/** A request by its dot, or the next for which a balancer (by node id) picks. */
export type FollowWhat = { readonly dot: number } | { readonly nextAt: number };

/** One target as a balancer's replica believed it to be, beside what it was. */
export interface TargetSeen {
  readonly node: number;
  /** Believed usable: else it could not be picked. */
  readonly usable: boolean;
  readonly chosen: boolean;
  readonly weight: number;
  readonly roundTripMs: number;
  /** What this replica sent and has not heard back. */
  readonly believedInFlight: number;
  /** Last report; null before the first, or where none travel. */
  readonly reportedUtilization: number | null;
  readonly reportAgeMs: number | null;
  readonly believedUp: boolean;
  /** The truth at that moment: it, or a machine beneath it, serves. */
  readonly up: boolean;
  /** At its machines: waiting, fetching or in service. */
  readonly inFlight: number;
  /** Busy cores / cores. */
  readonly busy: number;
}

export interface Decision {
  readonly atMs: number;
  /** Node id of the balancer, and which of its replicas. */
  readonly balancer: number;
  readonly replica: string;
  readonly strategy: string;
  /** Node id. */
  readonly chosen: number;
  /** Its user is kept there (persistence): the strategy was not asked. */
  readonly kept: boolean;
  /** The strategy's owner of the request's key, as node id; null where it places no keys. */
  readonly owner: number | null;
  /** The chosen one first, then in order of joining; at most `TARGETS_SEEN_MAX`. */
  readonly targets: readonly TargetSeen[];
  /** All that there were. */
  readonly targetCount: number;
}
export const TARGETS_SEEN_MAX = 64;

export interface FollowedEnd {
  readonly atMs: number;
  readonly outcome: Outcome;
  readonly latencyMs: number;
  /** Sum to the latency; only of a success. */
  readonly parts: readonly { readonly part: Part; readonly ms: number }[];
}

export interface FollowedRequest {
  readonly dot: number;
  /** By index. */
  readonly region: number;
  readonly class: number;
  /** null: nobody asks. */
  readonly user: number | null;
  readonly object: number | null;
  readonly bornMs: number;
  readonly demandMs: number;
  readonly decisions: readonly Decision[];
  /** What happened to it, in order, in words. */
  readonly story: readonly { readonly atMs: number; readonly what: string }[];
  /** null while it is under way. */
  readonly end: FollowedEnd | null;
}

export class Follower {
  /** Grows with every piece of news. */
  news = 0;
  private request: Request | null = null;
  private serial = 0;
  private readonly decisions: Decision[] = [];
  private readonly story: { atMs: number; what: string }[] = [];
  private state: RequestState = RequestState.Free;
  private end: FollowedEnd | null = null;
  private facts: Pick<
    FollowedRequest,
    "region" | "class" | "user" | "object" | "bornMs" | "dot"
  > & {
    demandMs: number;
  } = { dot: 0, region: 0, class: 0, user: null, object: null, bornMs: 0, demandMs: 0 };

  constructor(
    private readonly parts: Parts,
    private readonly what: FollowWhat,
  ) {
    for (const replica of parts.replicas) {
      replica.pool.tell((slot) => this.picked(replica, slot));
    }
    if ("dot" in what) {
      const request = parts.requests.all[indexOfDot(what.dot)];
      if (request === undefined || dotIdOf(request) !== what.dot) return;
      if (request.state !== RequestState.Free) this.begin(request);
    }
  }

  /** Nobody is told of picks any more. */
  stop(): void {
    for (const { pool } of this.parts.replicas) pool.tell(null);
  }

  /** It has ended, or it never was there: there is nothing more to come. */
  get isOver(): boolean {
    return this.end !== null || (this.request === null && "dot" in this.what);
  }

  /** null: still waiting for one, or it had gone already. */
  followed(): FollowedRequest | null {
    if (this.request === null) return null;
    return {
      ...this.facts,
      decisions: [...this.decisions],
      story: [...this.story],
      end: this.end,
    };
  }

  /** To be called after every event. */
  look(): void {
    const { request } = this;
    if (request === null || this.end !== null) return;
    const isOver = request.serial !== this.serial;
    if (isOver || request.abandoned) {
      this.finish(request, isOver);
      return;
    }
    this.noteKept(request);
    if (request.state === this.state) return;
    this.state = request.state;
    const words = this.words(request);
    if (words !== "") this.tell(words);
  }

  private begin(request: Request): void {
    this.request = request;
    this.serial = request.serial;
    const { user, object, group, source, bornMs, demandMs } = request;
    const asks = this.parts.ranges[group].count > 0;
    this.facts = {
      dot: dotIdOf(request),
      region: source!.region,
      class: group,
      user: user < 0 ? null : user,
      object: asks ? object : null,
      bornMs,
      demandMs,
    };
    const { clients } = this.parts.scenario;
    this.story.push({ atMs: bornMs, what: `is born in ${clients[source!.region].name}` });
    this.news++;
    this.state = RequestState.Outbound;
    this.look();
  }

  private tell(what: string): void {
    this.story.push({ atMs: this.parts.queue.nowMs, what });
    this.news++;
  }

  private words({ state, machine, outcome, depth, missed }: Request): string {
    const { nodes } = this.parts.topology;
    const at = machine === null ? "" : nodes[machine.node].path;
    switch (state) {
      case RequestState.Fetching:
        return `waits at ${at} for what it needs, without a core`;
      case RequestState.Queued:
        return `waits in the queue of ${at}, ${machine!.queued} there`;
      case RequestState.Running:
        if (machine!.memory === null) return `is served by ${at}`;
        return `is served by ${at}, ${missed ? "after a cache miss" : "from its cache"}`;
      case RequestState.Returning:
        if (outcome !== OutcomeCode.Completed) return `is refused (${OUTCOMES[outcome]})`;
        return depth === 0 ? "" : "travels back";
      case RequestState.Hung:
        return "is lost: nobody will answer";
      case RequestState.Outbound:
        return "travels on";
      case RequestState.AtBalancer:
        return "waits inside a balancer";
      case RequestState.Dialing:
        return "looks for an address or a connection";
      case RequestState.Free:
        return "";
      default:
        return unreachable(state);
    }
  }

  /** A pool has picked: for the one that is followed, or for the one that is waited for? */
  private picked(replica: Replica, slot: number): void {
    const { what, request } = this;
    if (request === null) {
      if ("dot" in what || what.nextAt !== replica.balancer.node.id) return;
      const found = this.parts.requests.all.find((each) => this.isAt(each, replica));
      if (found === undefined) return;
      this.begin(found);
    } else if (
      this.end !== null ||
      request.serial !== this.serial ||
      !this.isAt(request, replica)
    ) {
      return;
    }
    this.decide(replica, slot, false);
  }

  /** Whether it is this request that stands before that balancer's replica while it picks. */
  private isAt(request: Request, { balancer }: Replica): boolean {
    const { view } = this.parts;
    const { state, last, depth, key, source } = request;
    const isOut =
      state === RequestState.Outbound ||
      state === RequestState.AtBalancer ||
      state === RequestState.Dialing;
    if (!isOut || last !== balancer.last || depth !== balancer.node.tier) return false;
    return key === view.key && source!.place === view.origin;
  }

  /** Hops that no strategy was asked for. */
  private noteKept(request: Request): void {
    const { requests, replicas } = this.parts;
    for (let tier = 0; tier < request.depth; tier++) {
      const hop = 2 * (request.index * requests.tiers + tier);
      const replica = replicas[requests.hops[hop + HopColumn.Pool]];
      const { id } = replica.balancer.node;
      if (replica.balancer.persistence === null) continue;
      if (this.decisions.some(({ balancer }) => balancer === id)) continue;
      this.decide(replica, requests.hops[hop + HopColumn.Slot], true);
    }
  }

  private decide(replica: Replica, slot: number, kept: boolean): void {
    const { pool, balancer, label } = replica;
    const { view, queue, topology } = this.parts;
    const key = this.request!.key;
    const slots = [slot];
    for (const { node } of replica.targets) {
      const other = this.parts.slotOf[node.id];
      if (other !== slot && pool.belongs(other)) slots.push(other);
    }
    const usable = new Set(Array.from({ length: pool.size }, (_, i) => pool.usable[i]));
    const owner = pool.keyed ? pool.owner(key, this.request!.rawKey) : NONE;
    this.decisions.push({
      atMs: queue.nowMs,
      balancer: balancer.node.id,
      replica: label,
      strategy: balancer.strategy.kind,
      chosen: pool.node[slot],
      kept,
      owner: owner < 0 ? null : pool.node[owner],
      targets: slots.slice(0, TARGETS_SEEN_MAX).map((each): TargetSeen => {
        const reportedAtMs = pool.reportedAtMs[each];
        return {
          node: pool.node[each],
          usable: usable.has(each),
          chosen: each === slot,
          weight: pool.weight[each],
          roundTripMs: pool.roundTripMs(each, view.origin),
          believedInFlight: pool.inFlight[each],
          reportedUtilization: reportedAtMs < 0 ? null : pool.reportedUtilization[each],
          reportAgeMs: reportedAtMs < 0 ? null : queue.nowMs - reportedAtMs,
          believedUp: pool.believedUp(each),
          ...this.truthOf(topology.nodes[pool.node[each]]),
        };
      }),
      targetCount: slots.length,
    });
    const how = kept ? "keeps its user at" : "picks";
    this.tell(`${balancer.node.path} ${how} ${topology.nodes[pool.node[slot]].name}`);
  }

  private truthOf(node: TreeNode): Pick<TargetSeen, "up" | "inFlight" | "busy"> {
    const { topology, balancers } = this.parts;
    let inFlight = 0;
    let running = 0;
    let cores = 0;
    let serving = 0;
    for (const id of topology.machinesBeneath(node.id)) {
      const machine = topology.nodes[id].machine!;
      if (machine.state === MachineState.Removed) continue;
      inFlight += machine.inFlight;
      running += Math.min(machine.running, machine.coreCount);
      cores += machine.coreCount;
      if (machine.state === MachineState.Up) serving++;
    }
    const above = balancers[node.id]?.state ?? MachineState.Up;
    const up = serving > 0 && above === MachineState.Up;
    return { up, inFlight, busy: cores === 0 ? 0 : running / cores };
  }

  private finish(request: Request, isOver: boolean): void {
    const { nowMs } = this.parts.queue;
    const failed = request.abandoned ? OutcomeCode.TimedOut : request.outcome;
    const code = isOver && !request.abandoned ? request.outcome : failed;
    const latencyMs = nowMs - this.facts.bornMs;
    const completed = code === OutcomeCode.Completed;
    this.end = {
      atMs: nowMs,
      outcome: OUTCOMES[code],
      latencyMs,
      parts: completed ? this.partsOf(request, latencyMs) : [],
    };
    this.facts.demandMs = request.demandMs;
    this.tell(completed ? "is answered" : `ends without success: ${OUTCOMES[code]}`);
  }

  /** As the recorder splits it. Its object is not used again before another is born. */
  private partsOf(request: Request, latencyMs: number): { part: Part; ms: number }[] {
    const { passages, sessions } = this.parts;
    const { index, networkMs, paidMs, queuedMs, startedMs } = request;
    const ms: Partial<Record<Part, number>> = { network: networkMs };
    if (passages !== null) {
      ms.resolve = passages.resolveMs[index];
      ms.connect = passages.connectMs[index];
      ms.balancer = passages.balancerMs[index];
    }
    const { resolve = 0, connect = 0, balancer = 0 } = ms;
    ms.wait = request.machine === null ? 0 : startedMs - queuedMs;
    const thereMs = latencyMs - networkMs - resolve - connect - balancer - ms.wait;
    ms.miss = Math.min(paidMs, thereMs);
    let servedMs = thereMs - ms.miss;
    if (sessions !== null) {
      ms.reload = Math.min(request.reloadMs, servedMs);
      if (request.openMs > 0) {
        ms.reload += ((servedMs - ms.reload) * request.openMs) / request.demandMs;
      }
      servedMs -= ms.reload;
    }
    ms.service = servedMs;
    return PARTS.map((part) => ({ part, ms: ms[part] ?? 0 }));
  }
}
