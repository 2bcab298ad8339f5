/**
 * Who owned the keys of a pool, at the start and after each of its changes: the pool of a
 * balancer's first replica played again from what the run noted, with the run's own pool,
 * strategies and salts. So the owners are those that the run's requests were sent to, and what
 * moves is what it measured.
 */
import { Pool } from "../balancing/pool.ts";
import { strategies } from "../balancing/registry.ts";
import { entryOf } from "../definition.ts";
import type { Chosen } from "../definition.ts";
import { RandomStreams } from "../random/streams.ts";
import type { BalancerSpec, Scenario } from "../scenario/scenario.ts";
import type {
  ChangeRecord,
  NodeRecord,
  NoticeRecord,
  RunRecord,
} from "../statistics/run-record.ts";
import { disruptionBetween, placementOf } from "./disruption.ts";
import type { Placement } from "./disruption.ts";
import { Identities, saltsOf } from "./identities.ts";
import type { Salts } from "./identities.ts";
import { keyOf } from "../world/source.ts";

/** How the owners are asked for: around the circle, by entry of a table, or key by key. */
export type PlacementShape = "ring" | "table" | "keys";

export interface PlacementHistory {
  /** Node id. */
  readonly balancer: number;
  readonly strategy: Chosen;
  readonly shape: PlacementShape;
  /** Entries of the table, where it is one; else the number of owners asked for. */
  readonly size: number;
  /** Node ids of all that were ever targets; what follows has their places in this list. */
  readonly targets: readonly number[];
  readonly states: readonly PlacementState[];
  /** Changes after the last of them. */
  readonly more: number;
}

export interface PlacementState {
  readonly atMs: number;
  readonly what: string;
  /** −1 while there is none. */
  readonly owners: Int32Array;
  /** Of the sampled keys, by target. */
  readonly shares: Float64Array;
  /** Normalised weights, by target; 0 where it is not usable. */
  readonly fair: Float64Array;
  /** Against the state before; null at the start, and where one of them places no keys. */
  readonly moved: number | null;
  readonly least: number | null;
}

export interface HistoryLimits {
  readonly balancers: number;
  readonly states: number;
  /** Owners asked for, at most. */
  readonly owners: number;
}

/**
 * Of the balancers that place keys from the start on: those whose pools change first. A pool with a
 * slow start is left out, since its weights, and so its owners, change without being noted.
 * O(balancers × states × keys).
 */
export function placementHistories(
  scenario: Scenario,
  record: RunRecord,
  limits: HistoryLimits,
): PlacementHistory[] {
  const salts = saltsOf(new RandomStreams(record.seed));
  const specs = balancersOf(scenario.root).filter(
    (spec) => spec.slowStart === undefined && placesKeys(spec.strategy),
  );
  const ids = new Map(record.nodes.map(({ path, id }) => [path, id]));
  const pools = specs.map((spec) => ({ spec, id: ids.get(spec.path)! }));
  const changesOf = (id: number): number => changesOfPool(record, id).length;
  return pools
    .toSorted((a, b) => Math.sign(changesOf(b.id)) - Math.sign(changesOf(a.id)))
    .slice(0, limits.balancers)
    .map(({ spec, id }) => new Replay(scenario, record, salts, spec, id).history(limits));
}

const balancersOf = (spec: BalancerSpec): BalancerSpec[] => [
  spec,
  ...spec.targets.flatMap((target) => (target.kind === "balancer" ? balancersOf(target) : [])),
];

/** Those that name a structure, or are one: the others own nothing. */
function placesKeys({ kind, settings }: Chosen): boolean {
  const definition = entryOf(strategies, kind);
  const pool = new Pool(0, { nowMs: 0 }, () => 0);
  const stream = new RandomStreams(0).named("");
  pool.use(definition.create(pool, settings, stream));
  return pool.keyed;
}

const RINGS = new Set(["ring-hash", "ketama", "envoy-ring-hash", "haproxy-consistent"]);

/** The structure inside `bounded-load` or `replicated`, else the strategy itself. */
export function structureOf(chosen: Chosen): Chosen {
  const { placement } = chosen.settings;
  const nested = typeof placement === "object" && placement !== null && "kind" in placement;
  return nested ? placement : chosen;
}

function shapeOf(chosen: Chosen, most: number): { shape: PlacementShape; size: number } {
  const { kind, settings } = structureOf(chosen);
  if (RINGS.has(kind)) return { shape: "ring", size: most };
  const { table } = settings;
  if (kind === "maglev" && typeof table === "number") return { shape: "table", size: table };
  return { shape: "keys", size: Math.min(most, 512) };
}

class Replay {
  private readonly record: RunRecord;
  private readonly salts: Salts;
  private readonly spec: BalancerSpec;
  private readonly id: number;
  private readonly pool: Pool;
  private readonly clock = { nowMs: 0 };
  private readonly identities: Identities;
  /** By slot: node id. */
  private readonly targets: number[] = [];
  private readonly weights: ReadonlyMap<string, number>;
  private readonly label: string;
  private strategy: Chosen;
  private readonly scenario: Scenario;

  constructor(scenario: Scenario, record: RunRecord, salts: Salts, spec: BalancerSpec, id: number) {
    this.scenario = scenario;
    this.record = record;
    this.salts = salts;
    this.spec = spec;
    this.id = id;
    this.strategy = spec.strategy;
    this.identities = new Identities(salts.name);
    this.pool = new Pool(spec.panic, this.clock, () => 0);
    this.weights = weightsAtFirst(scenario, spec);
    this.label = firstReplica(scenario, spec);
  }

  history({ states: most, owners }: HistoryLimits): PlacementHistory {
    const { record, id } = this;
    const notices = record.notices.filter((notice) => this.concerns(notice));
    const later = new Set(notices.filter(({ what }) => what === "joined").map(({ node }) => node));
    for (const node of record.nodes) if (node.parent === id && !later.has(node.id)) this.join(node);
    this.pool.refresh();
    this.use(this.spec.strategy);
    const { shape, size } = shapeOf(this.strategy, owners);
    const count = Math.min(size, owners);
    let before = placementOf(this.pool, this.salts.key);
    const states = [this.state(0, "at the start", null, before, shape, count)];
    const times = byTime(changesOfPool(record, id));
    let next = 0;
    for (const { atMs, what } of times.slice(0, most - 1)) {
      this.clock.nowMs = atMs;
      while (next < notices.length && notices[next].atMs <= atMs) this.apply(notices[next++]);
      const after = placementOf(this.pool, this.salts.key);
      states.push(this.state(atMs, what, before, after, shape, count));
      before = after;
    }
    const more = Math.max(0, times.length - (most - 1));
    const { targets, spec } = this;
    return {
      balancer: id,
      strategy: spec.strategy,
      shape,
      size,
      targets,
      states: padded(states, targets.length),
      more,
    };
  }

  /** What the first replica of this balancer heard of its pool. */
  private concerns({ what, node, by, detail }: NoticeRecord): boolean {
    switch (what) {
      case "joined":
      case "left":
      case "draining":
      case "weight":
        return this.record.nodes[node].parent === this.id;
      case "believed-down":
      case "believed-up":
        return by === this.id && detail === this.label;
      case "strategy":
        return node === this.id;
      default:
        return false;
    }
  }

  private apply({ what, node, detail }: NoticeRecord): void {
    const { pool } = this;
    const slot = this.targets.indexOf(node);
    if (what === "joined") this.join(this.record.nodes[node]);
    else if (what === "left") pool.leave(slot);
    else if (what === "draining") pool.drain(slot);
    else if (what === "weight") pool.reweigh(slot, Number(detail));
    else if (what === "strategy") this.use(this.nextStrategy());
    else pool.believe(slot, what === "believed-up");
    pool.refresh();
  }

  private join({ id, name, path }: NodeRecord): void {
    this.targets.push(id);
    this.pool.join({
      node: id,
      name,
      path,
      identity: this.identities.of(path),
      weight: this.weights.get(path) ?? 1,
      capacity: 1,
    });
  }

  /** The one that is due now by the scenario's events. */
  private nextStrategy(): Chosen {
    let chosen = this.spec.strategy;
    for (const event of this.scenario.events) {
      const due = event.kind === "strategy" && event.atMs <= this.clock.nowMs;
      if (due && event.nodes.includes(this.spec.path)) chosen = event.strategy;
    }
    return chosen;
  }

  private use(chosen: Chosen): void {
    this.strategy = chosen;
    // Its draws decide about picks; owners draw nothing.
    const stream = new RandomStreams(this.record.seed).named(`picks/${this.label}`);
    this.pool.use(entryOf(strategies, chosen.kind).create(this.pool, chosen.settings, stream));
  }

  private state(
    atMs: number,
    what: string,
    before: Placement | null,
    after: Placement | null,
    shape: PlacementShape,
    count: number,
  ): PlacementState {
    const disruption = before === null || after === null ? null : disruptionBetween(before, after);
    const shares = new Float64Array(this.pool.slots);
    for (const owner of after?.owners ?? []) shares[owner] += 1 / after!.owners.length;
    const owners = new Int32Array(count).fill(-1);
    if (after !== null) for (let i = 0; i < count; i++) owners[i] = this.ownerAt(i, shape, count);
    return {
      atMs,
      what,
      owners,
      shares,
      fair: after?.weights ?? new Float64Array(this.pool.slots),
      moved: disruption?.moved ?? null,
      least: disruption?.leastByWeight ?? null,
    };
  }

  private ownerAt(index: number, shape: PlacementShape, count: number): number {
    const { pool } = this;
    if (shape === "ring") return pool.owner(Math.floor((index * 2 ** 32) / count), index);
    if (shape === "table") return pool.owner(index, index);
    return pool.owner(keyOf(index, this.salts.key), index);
  }
}

/** Slots are given out in order of joining, so earlier states lack the later ones alone. */
const padded = (states: readonly PlacementState[], length: number): PlacementState[] =>
  states.map((state) => {
    const shares = new Float64Array(length);
    const fair = new Float64Array(length);
    shares.set(state.shares);
    fair.set(state.fair);
    return { ...state, shares, fair };
  });

/** A purge is none: it leaves keys with their owners. */
const changesOfPool = ({ changes }: RunRecord, id: number): ChangeRecord[] =>
  changes.filter(({ balancer, purged }) => balancer === id && purged === undefined);

/** Changes of one moment are one. */
function byTime(changes: readonly ChangeRecord[]): { atMs: number; what: string }[] {
  const times: { atMs: number; what: string }[] = [];
  for (const { atMs, what } of changes) {
    const last = times.at(-1);
    if (last?.atMs === atMs) last.what = `${last.what}; ${what}`;
    else times.push({ atMs, what });
  }
  return times;
}

/** By path, before any event changed them. */
function weightsAtFirst(scenario: Scenario, { path, targets }: BalancerSpec): Map<string, number> {
  const weights = new Map<string, number>();
  const added = scenario.events.flatMap((event) =>
    event.kind === "add" && event.to === path ? [event.machines] : [],
  );
  for (const target of [...targets, ...added]) {
    if (target.kind === "balancer") weights.set(target.path, target.weight);
    else {
      for (let number = target.first; number < target.first + target.count; number++) {
        weights.set(`${path}/${number}`, target.weight);
      }
    }
  }
  return weights;
}

/** As the run labels it: see `putToWork`. */
function firstReplica({ clients, places }: Scenario, { path, place }: BalancerSpec): string {
  const several = place === null && new Set(clients.map((client) => client.place)).size > 1;
  return several ? `${path}@${places[clients[0].place].name}#1` : `${path}#1`;
}
