/**
 * Listens to the run and counts, slice by slice. In the loop a completed request costs one
 * histogram bin and a handful of additions in its cell; everything else is made from the slices
 * afterwards.
 */
import { HISTOGRAM_BINS, Histogram, binOf } from "./histogram.ts";
import {
  type CellRecord,
  type ConnectionsSlice,
  type MachineColumns,
  machineColumns,
  type OriginRecord,
  originRecord,
  OUTCOMES,
  PARTS,
  SESSION_EVENTS,
  type SessionEvent,
  type SliceRecord,
  sumOfOrigins,
} from "./run-record.ts";

/** What one slice holds of one region, class and balancer. */
class Cell {
  readonly bins = new Int32Array(HISTOGRAM_BINS);
  /** Not completed, by `OUTCOMES`. */
  readonly unfinished = new Float64Array(OUTCOMES.length);
  completed = 0;
  latencySum = NaN;
  latencySquares = NaN;
  latencyMax = NaN;
  waitedLong = 0;
  spilled = 0;
  moved = 0;
  resolveMs = NaN;
  connectMs = NaN;
  networkMs = NaN;
  balancerMs = NaN;
  waitMs = NaN;
  serviceMs = NaN;
  missMs = NaN;
  reloadMs = NaN;
  readonly sessions = new Float64Array(SESSION_EVENTS.length);

  constructor(
    readonly region: number,
    readonly group: number,
    readonly balancer: number,
  ) {
    this.clear();
  }

  /** O(bins). */
  toRecord(): CellRecord {
    const { bins } = this;
    let from = 0;
    let to = -1;
    if (this.completed > 0) {
      to = HISTOGRAM_BINS - 1;
      while (bins[from] === 0) from++;
      while (bins[to] === 0) to--;
    }
    const outcomes = this.unfinished.slice();
    outcomes[COMPLETED] = this.completed;
    const parts = new Float64Array(PARTS.length);
    parts[RESOLVE] = this.resolveMs;
    parts[CONNECT] = this.connectMs;
    parts[NETWORK] = this.networkMs;
    parts[BALANCER] = this.balancerMs;
    parts[WAIT] = this.waitMs;
    parts[SERVICE] = this.serviceMs;
    parts[MISS] = this.missMs;
    parts[RELOAD] = this.reloadMs;
    return {
      region: this.region,
      class: this.group,
      balancer: this.balancer,
      outcomes,
      latency: Histogram.of(bins, from, to, {
        count: this.completed,
        sum: this.latencySum,
        sumOfSquares: this.latencySquares,
        max: this.latencyMax,
      }),
      parts,
      waitedLong: this.waitedLong,
      spilled: this.spilled,
      moved: this.moved,
      sessions: this.sessions.slice(),
    };
  }

  clear(): void {
    this.bins.fill(0);
    this.unfinished.fill(0);
    this.completed = this.waitedLong = this.spilled = this.moved = 0;
    this.latencySum = this.latencySquares = this.latencyMax = 0;
    this.resolveMs = this.connectMs = this.balancerMs = 0;
    this.networkMs = this.waitMs = this.serviceMs = this.missMs = this.reloadMs = 0;
    this.sessions.fill(0);
  }
}

const COMPLETED = OUTCOMES.indexOf("completed");
const RESOLVE = PARTS.indexOf("resolve");
const CONNECT = PARTS.indexOf("connect");
const NETWORK = PARTS.indexOf("network");
const BALANCER = PARTS.indexOf("balancer");
const WAIT = PARTS.indexOf("wait");
const SERVICE = PARTS.indexOf("service");
const MISS = PARTS.indexOf("miss");
const RELOAD = PARTS.indexOf("reload");

/** What is recorded of a request that ended; durations in ms. */
export interface EndedRequest {
  /** Its class, by index. */
  readonly group: number;
  /** The last balancer that it reached: an index as in `Recorder`'s constructor. */
  readonly last: number;
}

/** What requests met beside network and machines, by `CompletedRequest.index`; ms. */
export interface Detours {
  readonly resolveMs: Float64Array;
  readonly connectMs: Float64Array;
  readonly balancerMs: Float64Array;
}

export interface CompletedRequest extends EndedRequest {
  readonly index: number;
  readonly bornMs: number;
  readonly networkMs: number;
  readonly queuedMs: number;
  readonly startedMs: number;
  readonly paidMs: number;
  readonly spilled: number;
  /** The following are read only where there are sessions. Waited for its state without a core. */
  readonly reloadMs: number;
  /** Core time for opening that state, and all its core time but for misses. */
  readonly openMs: number;
  readonly demandMs: number;
}

export class Recorder {
  readonly slices: SliceRecord[] = [];
  /** Born and ended since time 0, whatever the slices. */
  bornTotal = 0;
  readonly outcomesTotal = new Float64Array(OUTCOMES.length);
  private readonly cells: (Cell | undefined)[];
  private readonly born: Float64Array;
  /** The machines' counters at the end of the slice before. */
  private seen = machineColumns(() => new Float64Array(0));
  private seenOrigin: OriginRecord | null = null;
  private seenDoor: Float64Array | null = null;
  private seenProxies: Float64Array = new Float64Array(0);
  private seenConnections: Float64Array = new Float64Array(0);
  private startMs = NaN;
  /** Cells a region and class. */
  private readonly width: number;

  /**
   * @param lastBalancers balancers that a request's last pick can belong to: node ids; cells are
   * told by index + 1 in this list, 0 for a request that reached none
   * @param waitLongMs W of the starvation of requests
   * @param clock simulated time in ms
   * @param hasSessions requests know what they paid for their sessions
   * @param detours null: requests meet nothing but network and machines
   */
  constructor(
    regions: number,
    private readonly classes: number,
    private readonly lastBalancers: readonly number[],
    private readonly waitLongMs: number,
    private readonly clock: { readonly nowMs: number },
    private readonly hasSessions = false,
    private readonly detours: Detours | null = null,
  ) {
    this.born = new Float64Array(regions * classes);
    this.width = lastBalancers.length + 1;
    const cells = regions * classes * this.width;
    this.cells = Array.from({ length: cells }, (): Cell | undefined => undefined);
    this.startMs = 0;
  }

  /** A request was born. */
  wasBorn(region: number, group: number): void {
    this.born[Math.imul(region, this.classes) + group]++;
    this.bornTotal++;
  }

  /**
   * A request came home with success now. O(1), allocates only for a new cell.
   * @param moved 1 where its user landed on another machine than the time before, else 0
   */
  completed(request: CompletedRequest, region: number, moved: number): void {
    const cell = this.cell(region, request.group, request.last);
    const latencyMs = this.clock.nowMs - request.bornMs;
    const waitMs = request.startedMs - request.queuedMs;
    const { networkMs } = request;
    cell.bins[binOf(latencyMs)]++;
    cell.completed++;
    cell.latencySum += latencyMs;
    cell.latencySquares += latencyMs * latencyMs;
    if (latencyMs > cell.latencyMax) cell.latencyMax = latencyMs;
    if (waitMs > this.waitLongMs) cell.waitedLong++;
    cell.spilled += request.spilled;
    cell.moved += moved;
    let thereMs = latencyMs - networkMs - waitMs;
    if (this.detours !== null) thereMs -= countDetours(cell, request.index, this.detours);
    // A machine that became faster meanwhile is done with a penalty before its time.
    const missMs = Math.min(request.paidMs, thereMs);
    cell.networkMs += networkMs;
    cell.waitMs += waitMs;
    cell.missMs += missMs;
    cell.serviceMs += thereMs - missMs;
    if (this.hasSessions) splitReload(cell, request, thereMs - missMs);
    this.outcomesTotal[COMPLETED]++;
  }

  /** A request ended without success; `outcome` is an index of OUTCOMES. */
  ended(request: EndedRequest, region: number, outcome: number): void {
    this.cell(region, request.group, request.last).unfinished[outcome]++;
    this.outcomesTotal[outcome]++;
  }

  /** Something became of a session; `last` as in a request. */
  session(event: SessionEvent, region: number, { group, last }: EndedRequest, bytes = 0): void {
    const { sessions } = this.cell(region, group, last);
    sessions[SESSION_EVENTS.indexOf(event)]++;
    sessions[BYTES] += bytes;
  }

  /**
   * Ends the slice at `endMs` and begins the next. `counters` only ever grow and are a copy; their
   * differences are the slice's. O(machines + cells × bins).
   */
  closeSlice(
    endMs: number,
    counters: MachineColumns,
    origin: OriginRecord | null,
    connections: ConnectionsSlice | null = null,
    proxies: Float64Array = new Float64Array(0),
    door: Float64Array | null = null,
  ): void {
    const slice = {
      startMs: this.startMs,
      endMs,
      born: this.born.slice(),
      cells: this.takeCells(),
      machines: this.takeColumns(counters),
      origin: this.takeOrigin(origin),
      door: this.takeDoor(door),
      proxies: proxies.map((count, i) => count - (this.seenProxies[i] ?? 0)),
      connections: this.takeConnections(connections),
    };
    this.seenProxies = proxies;
    this.born.fill(0);
    this.startMs = endMs;
    const last = this.slices.at(-1);
    if (endMs > slice.startMs || last === undefined) this.slices.push(slice);
    else this.slices[this.slices.length - 1] = joined(last, slice);
  }

  /** What the open slice holds so far: copies. O(cells × bins). */
  openCells(): CellRecord[] {
    return this.cells.flatMap((cell) => (cell === undefined ? [] : [cell.toRecord()]));
  }

  private cell(region: number, group: number, last: number): Cell {
    const index = Math.imul(Math.imul(region, this.classes) + group, this.width) + last;
    const cell = this.cells[index];
    if (cell !== undefined) return cell;
    const made = new Cell(region, group, last === 0 ? -1 : this.lastBalancers[last - 1]);
    this.cells[index] = made;
    return made;
  }

  private takeCells(): CellRecord[] {
    const records: CellRecord[] = [];
    for (const cell of this.cells) {
      if (cell === undefined) continue;
      const { completed, unfinished, sessions } = cell;
      if (completed === 0 && !unfinished.some(isCounted) && !sessions.some(isCounted)) continue;
      records.push(cell.toRecord());
      cell.clear();
    }
    return records;
  }

  private takeOrigin(counters: OriginRecord | null): OriginRecord | null {
    const seen = this.seenOrigin;
    this.seenOrigin = counters;
    return counters === null
      ? null
      : originRecord((count) => counters[count] - (seen === null ? 0 : seen[count]));
  }

  private takeDoor(counters: Float64Array | null): Float64Array | null {
    const seen = this.seenDoor;
    this.seenDoor = counters;
    return counters?.map((count, i) => count - (seen?.[i] ?? 0)) ?? null;
  }

  private takeConnections(now: ConnectionsSlice | null): ConnectionsSlice | null {
    if (now === null) return null;
    const seen = this.seenConnections;
    this.seenConnections = now.counts;
    return { ...now, counts: now.counts.map((count, i) => count - (seen[i] ?? 0)) };
  }

  private takeColumns(counters: MachineColumns): MachineColumns {
    const { seen } = this;
    this.seen = counters;
    return machineColumns((column) => {
      const difference = counters[column].slice();
      const before = seen[column];
      for (let i = 0; i < before.length; i++) difference[i] -= before[i];
      return difference;
    });
  }
}

const BYTES = SESSION_EVENTS.indexOf("bytes");
const isCounted = (count: number): boolean => count !== 0;

/** Their sum, ms. */
function countDetours(cell: Cell, index: number, detours: Detours): number {
  const resolveMs = detours.resolveMs[index];
  const connectMs = detours.connectMs[index];
  const balancerMs = detours.balancerMs[index];
  cell.resolveMs += resolveMs;
  cell.connectMs += connectMs;
  cell.balancerMs += balancerMs;
  return resolveMs + connectMs + balancerMs;
}

/**
 * Of the time at the machine that was counted as service, counts what the session's reload took.
 * Opening is a part of the service like any other: it takes its share of that, whatever the speed
 * was and with how many others a processor was shared.
 */
function splitReload(cell: Cell, request: CompletedRequest, servedMs: number): void {
  const { openMs, demandMs } = request;
  let reloadMs = Math.min(request.reloadMs, servedMs);
  if (openMs > 0) reloadMs += ((servedMs - reloadMs) * openMs) / demandMs;
  cell.reloadMs += reloadMs;
  cell.serviceMs -= reloadMs;
}

/**
 * A run may end with events at the very time of its last edge: they belong to the slice that ended
 * there.
 */
function joined(last: SliceRecord, rest: SliceRecord): SliceRecord {
  const added = (a: Float64Array, b: Float64Array): Float64Array =>
    b.map((value, i) => value + (a[i] ?? 0));
  return {
    ...last,
    born: added(last.born, rest.born),
    cells: [...last.cells, ...rest.cells],
    machines: machineColumns((column) => added(last.machines[column], rest.machines[column])),
    origin: sumOfOrigins(last.origin, rest.origin),
    door: last.door === null || rest.door === null ? null : added(last.door, rest.door),
    proxies: added(last.proxies, rest.proxies),
    connections:
      rest.connections === null || last.connections === null
        ? null
        : { ...rest.connections, counts: added(last.connections.counts, rest.connections.counts) },
  };
}
