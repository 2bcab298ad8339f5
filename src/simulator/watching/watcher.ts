/**
 * What somebody sees who looks on while a run goes on: nodes, requests in flight, figures of the
 * last windows, one request on its way. Watching changes nothing: a watched run is the same to the
 * bit.
 */
import type { Chosen } from "../../definition.ts";
import type { EventKind } from "../../engine/event-kind.ts";
import type { Connections } from "../connections.ts";
import type { BalancerSpec } from "../../scenario/scenario.ts";
import type { BalancerAtWork, Parts } from "../parts.ts";
import { type Dots, dotsOf } from "./dots.ts";
import { Follower, type FollowWhat } from "./follower.ts";
import { happened } from "./happened.ts";
import { LiveFigures } from "./live-figures.ts";
import { type NodeColumns, nodeColumns } from "./node-columns.ts";

/** A node as it stands; ids as in a run's record. */
export interface NodeFacts {
  readonly id: number;
  /** Node id; NONE at the root. */
  readonly parent: number;
  readonly name: string;
  readonly path: string;
  readonly kind: "balancer" | "machine";
  /** 0 at the root. */
  readonly tier: number;
  /** Place id; NONE for a root that stands wherever its clients are. */
  readonly place: number;
  /** 0 for a balancer, as is the speed. */
  readonly cores: number;
  readonly speed: number;
  readonly weight: number;
  /** Requests that may wait; null: any number, or a balancer. */
  readonly queueLimit: number | null;
  readonly cached: boolean;
  /** Of a balancer, as the scenario has it; null for a machine. */
  readonly spec: BalancerSpec | null;
  /** Of a balancer's own, all replicas; null: it has no work. */
  readonly ownCores: number | null;
  /** Whether it keeps connections to its targets; and whether it caches responses. */
  readonly pooled: boolean;
  readonly cachesResponses: boolean;
  /** Of a balancer, at this moment; null for a machine. */
  readonly strategy: Chosen | null;
  readonly replicas: number;
}

/** A link that is cut, or slower than configured; place ids. */
export interface LinkFacts {
  readonly between: readonly [number, number];
  readonly cut: boolean;
  /** Added to the round trip, ms. */
  readonly addedMs: number;
}

const CHANGING = new Set(["strategy", "weight", "joined", "left"]);

export class Watcher {
  private noticesSeen = 0;
  private changes = 0;

  constructor(
    private readonly parts: Parts,
    /** null: no clients have connections. */
    private readonly connections: Connections | null,
  ) {}

  /** Grows whenever `facts` would tell something else. */
  get version(): number {
    const { notices } = this.parts;
    for (; this.noticesSeen < notices.length; this.noticesSeen++) {
      if (CHANGING.has(notices[this.noticesSeen].what)) this.changes++;
    }
    return this.changes;
  }

  /** O(nodes). */
  facts(): NodeFacts[] {
    const { topology, balancers } = this.parts;
    return topology.nodes.map((node): NodeFacts => {
      const balancer = balancers[node.id];
      const { machine } = node;
      return {
        id: node.id,
        parent: node.parent,
        name: node.name,
        path: node.path,
        kind: node.kind,
        tier: node.tier,
        place: node.place,
        cores: machine?.model.coreCount ?? 0,
        speed: machine?.model.baseSpeed ?? 0,
        weight: node.weight,
        queueLimit: node.machines?.queueLimit ?? null,
        cached: machine !== null && machine.memory !== null,
        ...ownFacts(balancer),
        strategy: balancer?.strategy ?? null,
        replicas: balancer?.replicas ?? 1,
      };
    });
  }

  /** `figures`: what the windows' columns are taken from. O(nodes × replicas). */
  columns(figures: LiveFigures): NodeColumns {
    return nodeColumns(this.parts, figures);
  }

  /** At most `most` of the requests in flight. O(requests in flight). */
  dots(most: number): Dots {
    return dotsOf(this.parts, most);
  }

  figures(windowMs: number): LiveFigures {
    return new LiveFigures(this.parts, windowMs);
  }

  follow(what: FollowWhat): Follower {
    return new Follower(this.parts, what, this.connections);
  }

  links(): LinkFacts[] {
    return this.parts.network.disturbed();
  }

  /** Since the start, by OUTCOMES. */
  outcomes(): number[] {
    return [...this.parts.recorder.outcomesTotal];
  }

  /** An event of the engine in words. */
  happened(kind: EventKind, ref: number): string {
    return happened(this.parts, kind, ref);
  }
}

type OwnFacts = Pick<NodeFacts, "spec" | "ownCores" | "pooled" | "cachesResponses">;

function ownFacts(balancer: BalancerAtWork | null | undefined): OwnFacts {
  if (balancer == null)
    return { spec: null, ownCores: null, pooled: false, cachesResponses: false };
  const { spec, pools } = balancer;
  const { work, layer4, pool, responseCache } = spec;
  const cores = (work ?? layer4?.forwarding)?.cores;
  return {
    spec,
    ownCores: cores === undefined ? null : cores * pools.length,
    pooled: pool !== undefined,
    cachesResponses: responseCache !== undefined,
  };
}
