/**
 * Follows one request: each decision about it, with what the strategy saw (belief) beside what was
 * so (truth), and what became of it. Only while somebody is followed do the pools tell of their
 * picks.
 */
import { OUTCOMES, type Outcome, type Part, PARTS } from "../../statistics/run-record.ts";
import { NONE } from "../../units.ts";
import { ConnectionState } from "../../world/connections/connection-table.ts";
import { NO_FETCH } from "../../world/proxies/response-cache.ts";
import { Stage } from "../../world/proxies/stages.ts";
import { OutcomeCode, type Request, RequestState } from "../../world/requests.ts";
import type { Connections } from "../connections.ts";
import type { Parts, Replica } from "../parts.ts";
import { type DecidedBy, type Decision, decisionOf } from "./decisions.ts";
import { dotIdOf, indexOfDot, lastBalancer } from "./dots.ts";
import { HOW, wordsOf } from "./follower-words.ts";

/** A request by its dot, or the next for which a balancer (by node id) picks. */
export type FollowWhat = { readonly dot: number } | { readonly nextAt: number };

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
  private stage: Stage = Stage.None;
  /** What has been told of its connection, and of response caches. */
  private readonly openers = new Set<number>();
  private isOn = false;
  private hasWaited = false;
  private isHit = false;
  /** By index: of the requests that had come before they were waited for. */
  private readonly serials = new Map<number, number>();
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
    /** null: no clients have connections. */
    private readonly connections: Connections | null,
  ) {
    for (const replica of parts.replicas) {
      replica.pool.tell((slot) => this.picked(replica, slot));
    }
    if ("dot" in what) {
      const request = parts.requests.all[indexOfDot(what.dot)];
      if (request === undefined || dotIdOf(request) !== what.dot) return;
      if (request.state !== RequestState.Free) this.begin(request);
      return;
    }
    for (const each of parts.requests.all) {
      if (this.hasCome(each, what.nextAt)) this.serials.set(each.index, each.serial);
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
    if (request === null) return this.wait();
    if (this.end !== null) return;
    const isOver = request.serial !== this.serial;
    if (isOver || request.abandoned) {
      this.finish(request, isOver);
      return;
    }
    this.noteConnection(request);
    this.noteHops(request);
    const { state, index, outcome, machine } = request;
    const stage = state === RequestState.AtBalancer ? this.parts.stages!.stage[index] : Stage.None;
    if (state === this.state && stage === this.stage) return;
    this.state = state;
    this.stage = stage;
    this.hasWaited ||= stage === Stage.Fetch;
    const isAnswered = state === RequestState.Returning && outcome === OutcomeCode.Completed;
    if (isAnswered && machine === null) this.answeredOnItsWay(request);
    const words = wordsOf(this.parts, request);
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

  /** A pool has picked: for the one that is followed, or for the one that is waited for? */
  private picked(replica: Replica, slot: number): void {
    const { what, request, connections } = this;
    const opener = connections?.opener ?? null;
    const isIts = (each: Request): boolean =>
      opener === null ? this.isAt(each, replica) : each === opener;
    if (request === null) {
      if ("dot" in what || what.nextAt !== replica.balancer.node.id) return;
      const found = opener ?? this.parts.requests.all.find(isIts);
      if (found === undefined) return;
      this.begin(found);
    } else if (this.end !== null || request.serial !== this.serial || !isIts(request)) return;
    if (opener !== null) this.opens(connections!.dialer);
    this.decide(replica, slot, "strategy");
  }

  /** Whether it is this request that stands before that balancer's replica while it picks. */
  private isAt(request: Request, { balancer }: Replica): boolean {
    const { view } = this.parts;
    const { state, last, depth, key, source } = request;
    // Who halts at a balancer is not picked for: a core's line may be full of requests with the
    // same key.
    const isOut = state === RequestState.Outbound || state === RequestState.Dialing;
    if (!isOut || last !== balancer.last || depth !== balancer.node.tier) return false;
    return key === view.key && source!.place === view.origin;
  }

  /**
   * Whether it has come to the balancer that is waited at. Not every one that comes is picked for:
   * its connection may have been opened before, its user be kept, or the answer lie there.
   */
  private hasCome(request: Request, at: number): boolean {
    const { requests, balancers } = this.parts;
    const { state, depth, last } = request;
    if (state === RequestState.Free) return false;
    if (at === 0) return true;
    const { node, last: own } = balancers[at]!;
    if (last === own && depth === node.tier) return true;
    return depth > node.tier && requests.hopAt(request, node.tier).replica.balancer.node.id === at;
  }

  private wait(): void {
    const { what } = this;
    if ("dot" in what) return;
    const { all } = this.parts.requests;
    const isNew = (each: Request): boolean => this.serials.get(each.index) !== each.serial;
    const come = all.find((each) => isNew(each) && this.hasCome(each, what.nextAt));
    if (come !== undefined) this.begin(come);
  }

  /**
   * Once, however many tiers pick for its connection.
   * @param dialer whose it is; null: its client's
   */
  private opens(dialer: Replica | null): void {
    const opener = dialer?.id ?? NONE;
    if (this.openers.has(opener)) return;
    this.openers.add(opener);
    const who = dialer === null ? "its client" : dialer.balancer.node.path;
    this.tell(`${who} opens a connection`);
  }

  /** It is on a connection now: on which, is told once. */
  private noteConnection({ index }: Request): void {
    const row = this.parts.passages?.connection[index] ?? NONE;
    if (this.connections === null || row === NONE || this.isOn) return;
    this.isOn = true;
    const { table } = this.connections;
    const isOpen = table.state[row] === ConnectionState.Open;
    if (table.carried[row] === 1) this.opens(null);
    else if (isOpen || table.state[row] === ConnectionState.Closing) {
      this.tell(`goes on a connection that is open, request ${table.carried[row]} on it`);
    }
    if (table.state[row] === ConnectionState.Attempt) {
      this.tell("no handshake is to be had: it goes as the first segment does");
    }
  }

  /** Hops that no strategy was asked for. */
  private noteHops(request: Request): void {
    for (let tier = 0; tier < request.depth; tier++) {
      const { replica, slot } = this.parts.requests.hopAt(request, tier);
      const { id } = replica.balancer.node;
      if (this.decisions.some(({ balancer }) => balancer === id)) continue;
      const by = this.deciderOf(request, replica, tier);
      if (by !== null) this.decide(replica, slot, by);
    }
  }

  /** null: its strategy did, and was not seen to. */
  private deciderOf({ index }: Request, replica: Replica, tier: number): DecidedBy | null {
    const { balancer, proxy } = replica;
    const row = this.parts.passages?.connection[index] ?? NONE;
    const { connections } = this;
    if (balancer.spec.layer === 4) return "connection";
    if (row !== NONE && connections !== null && tier < connections.table.known[row]) {
      return "connection";
    }
    if (balancer.isFound) return "address";
    if (proxy !== null && proxy.routes !== null) return "route";
    return balancer.persistence === null ? null : "user";
  }

  private decide(replica: Replica, slot: number, by: DecidedBy): void {
    const { topology, stages, passages, requests } = this.parts;
    const request = this.request!;
    const { node } = replica.balancer;
    const isOpener = this.connections?.opener === request;
    if (replica.proxy?.cache != null && by !== "connection" && !isOpener) {
      const isKnown = passages!.metCache[request.index] === 1;
      const fetch = stages!.fetch[request.index * requests.tiers + node.tier];
      if (isKnown && fetch !== NO_FETCH) this.tell(`looks into the cache of ${node.path}: a miss`);
    }
    this.decisions.push(decisionOf(this.parts, request, replica, slot, by));
    const { name } = topology.nodes[replica.pool.node[slot]];
    this.tell(`${node.path} ${HOW[by]} ${name}`);
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
    if (completed && request.machine === null) this.answeredOnItsWay(request);
    this.tell(completed ? "is answered" : `ends without success: ${OUTCOMES[code]}`);
  }

  /** By a response cache. Told once. */
  private answeredOnItsWay(request: Request): void {
    if (this.isHit) return;
    this.isHit = true;
    const at = lastBalancer(this.parts, request);
    const how = this.hasWaited ? "is answered by" : "looks into the cache of";
    const end = this.hasWaited ? "with what the other fetched" : "a hit";
    const sign = this.hasWaited ? "," : ":";
    this.tell(`${how} ${this.parts.topology.nodes[at]?.path ?? "its balancer"}${sign} ${end}`);
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
