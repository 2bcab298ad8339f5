/** Who is served where: from each region to the root's targets, by time. */
import type { Scenario } from "../../scenario/scenario.ts";
import { tidy } from "../../statistics/rounding.ts";
import type { CellRecord, NodeRecord, RunRecord } from "../../statistics/run-record.ts";
import { OUTCOMES } from "../../statistics/run-record.ts";
import { treeOf } from "../../statistics/selection.ts";
import type { Span } from "../../statistics/tally.ts";
import type { Figure, FlowsModel, MapModel } from "./page-model.ts";
import { pointsOf } from "./spans.ts";

const MOST_STEPS = 60;
const COMPLETED = OUTCOMES.indexOf("completed");

/**
 * Node ids of what counts as a datacenter: the root's balancers, and the root for what is its own.
 */
function datacenterIds(nodes: readonly NodeRecord[]): number[] {
  const balancers = nodes.filter(({ kind, tier }) => kind === "balancer" && tier === 1);
  const own = nodes.some(({ kind, tier }) => kind === "machine" && tier === 1);
  return [...balancers.map(({ id }) => id), ...(own || balancers.length === 0 ? [0] : [])];
}

export function mapModel(scenario: Scenario, { nodes }: RunRecord): MapModel {
  const placeOf = new Map(scenario.places.map(({ name }, index) => [name, index]));
  const { machines, pool } = treeOf(nodes);
  return {
    places: scenario.places,
    regions: scenario.clients.map(({ name, place }) => ({ name, place })),
    datacenters: datacenterIds(nodes).map((id) => ({
      name: nodes[id].name,
      place: placeOf.get(nodes[id].place ?? "") ?? null,
      machines: (id === 0 ? pool : machines)[id].length,
    })),
  };
}

interface Flow {
  readonly region: number;
  readonly datacenter: number;
  readonly rate: number[];
  readonly latencyMs: Figure[];
  readonly spilled: Figure[];
}

/** O(windows × cells). */
export function flowsModel(record: RunRecord, windowMs: number): FlowsModel {
  const { spans, edgesMs } = pointsOf(record, windowMs, MOST_STEPS);
  const ids = datacenterIds(record.nodes);
  const datacenterOf = record.nodes.map(({ id }) => ids.indexOf(topOf(record.nodes, id, ids)));
  const flows = new Map<number, Flow>();
  for (const [step, span] of spans.entries()) {
    for (const [balancer, cells] of span.cells) {
      const datacenter = balancer < 0 ? -1 : datacenterOf[balancer];
      if (datacenter < 0) continue;
      for (const cell of cells) {
        const key = cell.region * ids.length + datacenter;
        const flow = flows.get(key) ?? emptyFlow(cell.region, datacenter, spans.length);
        flows.set(key, flow);
        count(flow, step, cell);
      }
    }
  }
  const lengths = spans.map(({ fromMs, toMs }) => toMs - fromMs);
  return {
    edgesMs,
    flows: [...flows.values()]
      .toSorted((a, b) => a.region - b.region || a.datacenter - b.datacenter)
      .map((flow) => finished(flow, lengths)),
    utilization: ids.map((id) => spans.map((span) => utilizationOf(span, record.nodes, id))),
  };
}

/** The datacenter above a balancer; the balancer itself where it is the root. */
function topOf(nodes: readonly NodeRecord[], id: number, ids: readonly number[]): number {
  let at = id;
  while (!ids.includes(at) && nodes[at].parent >= 0) at = nodes[at].parent;
  return at;
}

const emptyFlow = (region: number, datacenter: number, steps: number): Flow => ({
  region,
  datacenter,
  rate: Array.from({ length: steps }, () => 0),
  latencyMs: Array.from({ length: steps }, () => 0),
  spilled: Array.from({ length: steps }, () => 0),
});

/** Sums first: `rate` holds what ended, `latencyMs` sums, `spilled` counts. */
function count(flow: Flow, step: number, cell: CellRecord): void {
  for (const ended of cell.outcomes) flow.rate[step] += ended;
  flow.latencyMs[step] = (flow.latencyMs[step] ?? 0) + cell.latency.sum;
  flow.spilled[step] = (flow.spilled[step] ?? 0) + cell.spilled;
  completedOf(flow)[step] += cell.outcomes[COMPLETED];
}

const completed = new WeakMap<Flow, number[]>();

function completedOf(flow: Flow): number[] {
  const there = completed.get(flow) ?? flow.rate.map(() => 0);
  completed.set(flow, there);
  return there;
}

function finished(flow: Flow, lengthsMs: readonly number[]): Flow {
  const answered = completedOf(flow);
  const mean = (sums: readonly Figure[]): Figure[] =>
    sums.map((sum, step) => tidy((sum ?? 0) / answered[step]));
  return {
    ...flow,
    rate: flow.rate.map((ended, step) => tidy((ended / lengthsMs[step]) * 1000) ?? 0),
    latencyMs: mean(flow.latencyMs),
    spilled: mean(flow.spilled),
  };
}

function utilizationOf({ machines }: Span, nodes: readonly NodeRecord[], id: number): Figure {
  const tree = treeOf(nodes);
  let busy = 0;
  let inService = 0;
  for (const { machine } of id === 0 ? tree.pool[0] : tree.machines[id]) {
    busy += machines.busyMs[machine] ?? 0;
    inService += machines.inServiceMs[machine] ?? 0;
  }
  return tidy(busy / inService);
}
