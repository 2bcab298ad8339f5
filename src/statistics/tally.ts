/**
 * Sums over the slices of a run: what every figure is made from. A `Span` gathers the slices
 * between two times once; a `Tally` picks from it what belongs to one selection (everything, a node
 * with all beneath it, a region, a class).
 */
import { assert } from "../assert.ts";
import { Histogram } from "./histogram.ts";
import {
  machineColumns,
  MISSES,
  OUTCOMES,
  PARTS,
  SESSION_EVENTS,
  sumOfOrigins,
} from "./run-record.ts";
import type {
  CellRecord,
  ChangeRecord,
  MachineColumns,
  NodeRecord,
  OriginRecord,
  RunRecord,
  SliceRecord,
} from "./run-record.ts";
import { treeOf } from "./selection.ts";
import type { Selection } from "./selection.ts";

/** All slices between two times, added up. */
export interface Span {
  readonly record: RunRecord;
  /** Edges of the slices that it really covers; equal where there are none. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly slices: readonly SliceRecord[];
  /** By region × classes + class. */
  readonly born: Float64Array;
  /**
   * By the cell's balancer, −1 for those that reached none, in the order in which they were first
   * met.
   */
  readonly cells: ReadonlyMap<number, readonly CellRecord[]>;
  readonly machines: MachineColumns;
  /** null where the scenario has none. */
  readonly origin: OriginRecord | null;
  /** As in a slice. */
  readonly proxies: Float64Array;
}

/** Index of the first slice whose middle lies at or after `atMs`. */
function firstFrom(slices: readonly SliceRecord[], atMs: number): number {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slices[middle].startMs + slices[middle].endMs) / 2 < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Gathers the slices whose middle lies in [fromMs, toMs): where an edge is no slice's edge, the
 * slice that it cuts counts if more than half of it lies inside. O(slices × cells).
 */
export function spanOf(record: RunRecord, fromMs: number, toMs: number): Span {
  assert(fromMs <= toMs, "a span does not end before it begins");
  const first = firstFrom(record.slices, fromMs);
  const slices = record.slices.slice(first, Math.max(first, firstFrom(record.slices, toMs)));
  const born = new Float64Array(record.regions.length * record.classes.length);
  const gathered = new Map<number, Gathering>();
  for (const slice of slices) {
    addInto(born, slice.born);
    for (const cell of slice.cells) {
      const key =
        ((cell.balancer + 1) * record.regions.length + cell.region) * record.classes.length +
        cell.class;
      const known = gathered.get(key);
      if (known === undefined) gathered.set(key, { cell, own: null });
      else join(known, cell);
    }
  }
  const cells = new Map<number, CellRecord[]>();
  // A map keeps the order in which cells were first met, and that order is the record's own.
  for (const { cell } of gathered.values()) {
    const known = cells.get(cell.balancer);
    if (known === undefined) cells.set(cell.balancer, [cell]);
    else known.push(cell);
  }
  return {
    record,
    fromMs: slices.length > 0 ? slices[0].startMs : fromMs,
    toMs: slices.length > 0 ? slices[slices.length - 1].endMs : fromMs,
    slices,
    born,
    cells,
    machines: gatherMachines(record, slices),
    origin: slices.reduce<OriginRecord | null>(
      (sum, { origin }) => sumOfOrigins(sum, origin),
      null,
    ),
    proxies: gatherProxies(slices),
  };
}

/** Later slices have no fewer. */
function gatherProxies(slices: readonly SliceRecord[]): Float64Array {
  const sums = new Float64Array(slices.at(-1)?.proxies.length ?? 0);
  for (const { proxies } of slices) addInto(sums, proxies);
  return sums;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The record's own cell while there is one only, a copy of ours as soon as there are two. */
interface Gathering {
  cell: CellRecord;
  own: Writable<CellRecord> | null;
}

function join(into: Gathering, cell: CellRecord): void {
  if (into.own === null) {
    const latency = new Histogram();
    latency.add(into.cell.latency);
    into.own = {
      ...into.cell,
      outcomes: into.cell.outcomes.slice(),
      latency,
      parts: into.cell.parts.slice(),
      sessions: into.cell.sessions.slice(),
    };
    into.cell = into.own;
  }
  const { own } = into;
  addInto(own.outcomes, cell.outcomes);
  own.latency.add(cell.latency);
  addInto(own.parts, cell.parts);
  own.waitedLong += cell.waitedLong;
  own.spilled += cell.spilled;
  own.moved += cell.moved;
  addInto(own.sessions, cell.sessions);
}

function addInto(into: Float64Array, from: Float64Array): void {
  const length = Math.min(into.length, from.length);
  for (let i = 0; i < length; i++) into[i] += from[i];
}

function gatherMachines(record: RunRecord, slices: readonly SliceRecord[]): MachineColumns {
  let count = 0;
  for (const node of record.nodes) if (node.machine >= count) count = node.machine + 1;
  // One slice stands for itself, unless it was closed before the last machine joined.
  if (slices.length === 1 && slices[0].machines.received.length >= count) return slices[0].machines;
  return machineColumns((column, width) => {
    const sums = new Float64Array(count * width);
    for (const { machines } of slices) addInto(sums, machines[column]);
    return sums;
  });
}

/** What one selection adds up to over a span. Everything that a metric needs. */
export interface Tally {
  readonly span: Span;
  readonly selection: Selection;
  /** Born there; NaN for a node, since requests are born in regions. */
  readonly born: number;
  /** By `OUTCOMES`. For a machine: `rejected` and, as failed, what was lost there. */
  readonly outcomes: Float64Array;
  /** Of completed requests. Empty for a machine, which does not know what its clients felt. */
  readonly latency: Histogram;
  /** Sums in ms over completed requests, by `PARTS`. */
  readonly parts: Float64Array;
  readonly waitedLong: number;
  readonly spilled: number;
  readonly moved: number;
  /** By `SESSION_EVENTS`; zeros for a machine, which has columns of its own. */
  readonly sessions: Float64Array;
  /**
   * The machines in it, none for a region or a class; `span.machines` has their columns by
   * `node.machine`.
   */
  readonly machines: readonly NodeRecord[];
  readonly hits: number;
  /** By `MISSES`. */
  readonly misses: Float64Array;
}

/** O(cells + machines of the selection + bins). */
export function tallyIn(span: Span, selection: Selection): Tally {
  const { record } = span;
  const cells = cellsOf(span, selection);
  const outcomes = new Float64Array(OUTCOMES.length);
  const parts = new Float64Array(PARTS.length);
  const latency = new Histogram();
  const sessions = new Float64Array(SESSION_EVENTS.length);
  let waitedLong = 0;
  let spilled = 0;
  let moved = 0;
  for (const cell of cells) {
    addInto(outcomes, cell.outcomes);
    addInto(parts, cell.parts);
    addInto(sessions, cell.sessions);
    latency.add(cell.latency);
    waitedLong += cell.waitedLong;
    spilled += cell.spilled;
    moved += cell.moved;
  }
  const machines =
    selection.kind === "all"
      ? treeOf(record.nodes).everyMachine
      : selection.kind === "node"
        ? treeOf(record.nodes).machines[selection.id]
        : [];
  if (selection.kind === "node" && record.nodes[selection.id].kind === "machine") {
    const { machine } = record.nodes[selection.id];
    outcomes[OUTCOMES.indexOf("completed")] = span.machines.completed[machine];
    outcomes[OUTCOMES.indexOf("rejected")] = span.machines.rejected[machine];
    outcomes[OUTCOMES.indexOf("failed")] = span.machines.lost[machine];
  }
  const misses = new Float64Array(MISSES.length);
  let hits = 0;
  for (const { machine } of machines) {
    hits += span.machines.hits[machine];
    for (let kind = 0; kind < misses.length; kind++) {
      misses[kind] += span.machines.misses[machine * MISSES.length + kind];
    }
  }
  const born = bornIn(span, selection);
  return {
    span,
    selection,
    born,
    outcomes,
    latency,
    parts,
    waitedLong,
    spilled,
    moved,
    sessions,
    machines,
    hits,
    misses,
  };
}

/** `tallyIn(spanOf(…))`, for who needs one figure only. */
export const tallyOf = (
  record: RunRecord,
  selection: Selection,
  fromMs: number,
  toMs: number,
): Tally => tallyIn(spanOf(record, fromMs, toMs), selection);

function* cellsOf(span: Span, selection: Selection): Generator<CellRecord> {
  if (selection.kind === "node") {
    const { balancers } = treeOf(span.record.nodes);
    for (const id of balancers[selection.id]) yield* span.cells.get(id) ?? [];
    return;
  }
  for (const cells of span.cells.values()) {
    for (const cell of cells) {
      if (selection.kind === "region" && cell.region !== selection.index) continue;
      if (selection.kind === "class" && cell.class !== selection.index) continue;
      yield cell;
    }
  }
}

function bornIn(span: Span, selection: Selection): number {
  if (selection.kind === "node") return NaN;
  const classes = span.record.classes.length;
  let born = 0;
  for (let i = 0; i < span.born.length; i++) {
    const region = Math.floor(i / classes);
    if (selection.kind === "region" && region !== selection.index) continue;
    if (selection.kind === "class" && i - region * classes !== selection.index) continue;
    born += span.born[i];
  }
  return born;
}

/**
 * Changes of the selected balancers' pools inside the span; none for a region, a class or a
 * machine.
 */
export function changesIn(tally: Tally): ChangeRecord[] {
  const { span, selection } = tally;
  if (selection.kind === "region" || selection.kind === "class") return [];
  const beneath =
    selection.kind === "node" ? treeOf(span.record.nodes).balancers[selection.id] : null;
  return span.record.changes.filter(
    ({ atMs, balancer }) =>
      atMs >= span.fromMs && atMs < span.toMs && (beneath === null || beneath.includes(balancer)),
  );
}

/**
 * Seconds and minutes of a run, cut into windows of the time series; the last one may be shorter.
 */
export function windowsOf(record: RunRecord, windowMs: number): Span[] {
  const windows: Span[] = [];
  const count = Math.ceil(record.endMs / windowMs);
  for (let k = 0; k < count; k++) {
    const span = spanOf(record, k * windowMs, Math.min(record.endMs, (k + 1) * windowMs));
    if (span.slices.length > 0) windows.push(span);
  }
  return windows;
}
