/**
 * Listens to the run and counts, slice by slice. In the loop a completed request costs one
 * histogram bin and a handful of additions in its cell; everything else is made from the slices
 * afterwards.
 */
import { HISTOGRAM_BINS, Histogram, binOf } from "./histogram.ts";
import {
  type CellRecord,
  type MachineColumns,
  machineColumns,
  OUTCOMES,
  PARTS,
  type SliceRecord,
} from "./run-record.ts";

// Layout of a cell's numbers.
const OUTCOME = 0;
const LATENCY_SUM = OUTCOMES.length;
const LATENCY_SQUARES = LATENCY_SUM + 1;
const LATENCY_MAX = LATENCY_SUM + 2;
const WAITED_LONG = LATENCY_SUM + 3;
const SPILLED = LATENCY_SUM + 4;
const MOVED = LATENCY_SUM + 5;
const PART = LATENCY_SUM + 6;
const WIDTH = PART + PARTS.length;
const NETWORK = PART + PARTS.indexOf("network");
const WAIT = PART + PARTS.indexOf("wait");
const SERVICE = PART + PARTS.indexOf("service");
const MISS = PART + PARTS.indexOf("miss");

interface Cell {
  readonly region: number;
  readonly class: number;
  readonly balancer: number;
  readonly numbers: Float64Array;
  readonly bins: Int32Array;
}

/** One completed request, handed over through an array so that nothing is boxed on the way. */
export const enum Sample {
  Latency,
  Network,
  Wait,
  Miss,
}

export class Recorder {
  /** By `Sample`: set it, then call `completed`. All in ms. */
  readonly sample = new Float64Array(4);
  readonly slices: SliceRecord[] = [];
  /** Born and ended since time 0, whatever the slices. */
  bornTotal = 0;
  readonly outcomesTotal = new Float64Array(OUTCOMES.length);
  private readonly cells: (Cell | undefined)[] = [];
  private readonly born: Float64Array;
  /** The machines' counters at the end of the slice before. */
  private seen = machineColumns(() => new Float64Array(0));
  private startMs = 0;
  /** Cells a region and class. */
  private readonly width: number;

  /**
   * @param lastBalancers balancers that a request's last pick can belong to: node ids; cells are
   * told by index + 1 in this list, 0 for a request that reached none
   * @param waitLongMs W of the starvation of requests
   */
  constructor(
    private readonly regions: number,
    private readonly classes: number,
    private readonly lastBalancers: readonly number[],
    private readonly waitLongMs: number,
  ) {
    this.born = new Float64Array(regions * classes);
    this.width = lastBalancers.length + 1;
  }

  /** A request was born. */
  wasBorn(region: number, group: number): void {
    this.born[region * this.classes + group]++;
    this.bornTotal++;
  }

  /**
   * A request came home with success; its figures are in `sample`. O(1), allocates only for a new
   * cell.
   */
  completed(region: number, group: number, last: number, spilled: number, moved: number): void {
    const { numbers, bins } = this.cell(region, group, last);
    const latencyMs = this.sample[Sample.Latency];
    const waitMs = this.sample[Sample.Wait];
    bins[binOf(latencyMs)]++;
    numbers[OUTCOME]++;
    numbers[LATENCY_SUM] += latencyMs;
    numbers[LATENCY_SQUARES] += latencyMs * latencyMs;
    if (latencyMs > numbers[LATENCY_MAX]) numbers[LATENCY_MAX] = latencyMs;
    if (waitMs > this.waitLongMs) numbers[WAITED_LONG]++;
    numbers[SPILLED] += spilled;
    numbers[MOVED] += moved;
    const networkMs = this.sample[Sample.Network];
    const thereMs = latencyMs - networkMs - waitMs;
    // A machine that became faster meanwhile is done with a penalty before its time.
    const missMs = Math.min(this.sample[Sample.Miss], thereMs);
    numbers[NETWORK] += networkMs;
    numbers[WAIT] += waitMs;
    numbers[MISS] += missMs;
    numbers[SERVICE] += thereMs - missMs;
    this.outcomesTotal[OUTCOME]++;
  }

  /** A request ended without success; `outcome` is an index of OUTCOMES. */
  ended(region: number, group: number, last: number, outcome: number): void {
    this.cell(region, group, last).numbers[OUTCOME + outcome]++;
    this.outcomesTotal[outcome]++;
  }

  /**
   * Ends the slice at `endMs` and begins the next. `counters` only ever grow and are a copy; their
   * differences are the slice's. O(machines + cells × bins).
   */
  closeSlice(endMs: number, counters: MachineColumns): void {
    const slice = {
      startMs: this.startMs,
      endMs,
      born: this.born.slice(),
      cells: this.takeCells(),
      machines: this.takeColumns(counters),
    };
    this.born.fill(0);
    this.startMs = endMs;
    const last = this.slices.at(-1);
    if (endMs > slice.startMs || last === undefined) this.slices.push(slice);
    else this.slices[this.slices.length - 1] = joined(last, slice);
  }

  private cell(region: number, group: number, last: number): Cell {
    const index = (region * this.classes + group) * this.width + last;
    const cell = this.cells[index];
    if (cell !== undefined) return cell;
    const made: Cell = {
      region,
      class: group,
      balancer: last === 0 ? -1 : this.lastBalancers[last - 1],
      numbers: new Float64Array(WIDTH),
      bins: new Int32Array(HISTOGRAM_BINS),
    };
    // Filled from the front, so that the array never has holes.
    const length = this.regions * this.classes * this.width;
    while (this.cells.length < length) this.cells.push(undefined);
    this.cells[index] = made;
    return made;
  }

  private takeCells(): CellRecord[] {
    const records: CellRecord[] = [];
    for (const cell of this.cells) {
      if (cell === undefined) continue;
      const { numbers, bins } = cell;
      let ended = 0;
      for (let i = 0; i < OUTCOMES.length; i++) ended += numbers[i];
      if (ended === 0) continue;
      let from = 0;
      let to = -1;
      if (numbers[OUTCOME] > 0) {
        to = HISTOGRAM_BINS - 1;
        while (bins[from] === 0) from++;
        while (bins[to] === 0) to--;
      }
      const moments = {
        count: numbers[OUTCOME],
        sum: numbers[LATENCY_SUM],
        sumOfSquares: numbers[LATENCY_SQUARES],
        max: numbers[LATENCY_MAX],
      };
      records.push({
        region: cell.region,
        class: cell.class,
        balancer: cell.balancer,
        outcomes: numbers.slice(OUTCOME, OUTCOME + OUTCOMES.length),
        latency: Histogram.of(bins, from, to, moments),
        parts: numbers.slice(PART, PART + PARTS.length),
        waitedLong: numbers[WAITED_LONG],
        spilled: numbers[SPILLED],
        moved: numbers[MOVED],
      });
      if (to >= from) bins.fill(0, from, to + 1);
      numbers.fill(0);
    }
    return records;
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
  };
}
