/**
 * The machines' caches as the requests meet them: whether a request is looked up at all, what a
 * miss costs it, and why it was a miss. The counters by machine only grow.
 */
import { entryOf, type Chosen } from "../definition.ts";
import { EXPIRED, HIT, type Cache } from "./caches/cache.ts";
import { caches } from "./caches/registry.ts";
import { MissClass, MissHistory } from "./miss-history.ts";
import { RequestInt, RequestMs, type RequestTable } from "./request-table.ts";

const MISS_CLASSES = Object.keys(MissClass).length;

/** What a class of requests asks for. */
export interface Catalogue {
  readonly missHolds: "core" | "nothing";
  /** False: no objects, no lookups. */
  readonly cacheable: boolean;
}

export class MachineCaches {
  hits = new Float64Array(0);
  /** By machine × MISS_CLASSES + class. */
  misses = new Float64Array(0);
  private readonly cacheOf: (Cache | null)[] = [];
  private readonly historyOf: (MissHistory | null)[] = [];
  /** The machine's number in its tier's history. */
  private readonly slotOf: number[] = [];
  private readonly tiers = new Map<number, { history: MissHistory; machines: number }>();
  private readonly keyedTiers = new Set<number>();
  private readonly tierOf: number[] = [];
  private readonly roomOf: number[] = [];
  private readonly onCore: boolean[];
  private readonly allBytes: number;
  /** Whether any machine has a cache: else nothing need be asked. */
  any = false;

  /**
   * @param objects number of all objects, over all classes
   * @param sizes bytes by object; null: every object has 1 byte
   */
  constructor(
    private readonly requests: RequestTable,
    private readonly catalogues: readonly Catalogue[],
    private readonly objects: number,
    private readonly sizes: Float32Array | null,
  ) {
    this.onCore = catalogues.map((catalogue) => catalogue.missHolds === "core");
    this.allBytes = sizes === null ? objects : sizes.reduce((sum, size) => sum + size, 0);
  }

  /**
   * The next machine's cache, or none. One history of misses a tier.
   * @param tier its balancer's node id
   * @param expected machines of that balancer, for the bound on the memory of their history
   */
  add(machine: number, chosen: Chosen | null, tier: number, expected: number): void {
    if (machine >= this.hits.length) this.grow(Math.max(16, 2 * machine));
    this.tierOf[machine] = tier;
    this.roomOf[machine] = chosen === null ? 0 : this.roomIn(chosen);
    if (chosen === null || this.objects === 0) {
      this.cacheOf[machine] = null;
      this.historyOf[machine] = null;
      this.slotOf[machine] = -1;
      return;
    }
    this.any = true;
    const definition = entryOf(caches, chosen.kind);
    this.cacheOf[machine] = definition.create(chosen.settings, { objects: this.objects });
    let caching = this.tiers.get(tier);
    if (caching === undefined) {
      const history = new MissHistory({ keys: this.objects, machines: expected });
      caching = { history, machines: 0 };
      this.tiers.set(tier, caching);
    }
    this.historyOf[machine] = caching.history;
    this.slotOf[machine] = caching.machines++;
  }

  /** Whether the tier's strategy places keys: then a key elsewhere was remapped, else scattered. */
  setKeyed(tier: number, keyed: boolean): void {
    if (keyed) this.keyedTiers.add(tier);
    else this.keyedTiers.delete(tier);
  }

  /** Looked up on arrival; the penalty is waited for without a core. */
  waitsWithoutCore(row: number, machine: number): boolean {
    return (
      this.any && !this.onCore[this.requests.ints[row + RequestInt.Class]] && this.has(row, machine)
    );
  }

  /** Looked up as service starts; the penalty is spent on the core. */
  holdsCore(row: number, machine: number): boolean {
    return (
      this.any && this.onCore[this.requests.ints[row + RequestInt.Class]] && this.has(row, machine)
    );
  }

  /** Looks the request's object up, counts hit or miss, and returns the penalty in ms. */
  lookUp(row: number, machine: number, nowMs: number): number {
    const object = this.requests.ints[row + RequestInt.Object];
    const found = this.cacheOf[machine]!.touch(object, this.sizeOf(object), nowMs);
    if (found === HIT) {
      this.hits[machine]++;
      return 0;
    }
    const history = this.historyOf[machine]!;
    const keyed = this.keyedTiers.has(this.tierOf[machine]);
    const why = history.classify(object, this.slotOf[machine], keyed, found === EXPIRED);
    history.inserted(object, this.slotOf[machine]);
    this.misses[machine * MISS_CLASSES + why]++;
    return this.requests.ms[(row >> 2) + RequestMs.Penalty];
  }

  /** Puts an object in before time 0 (or as a warm machine joins), uncounted. */
  warm(machine: number, object: number, nowMs: number): void {
    const cache = this.cacheOf[machine];
    if (cache === null) return;
    cache.touch(object, this.sizeOf(object), nowMs);
    this.historyOf[machine]!.inserted(object, this.slotOf[machine]);
  }

  cacheAt(machine: number): Cache | null {
    return this.cacheOf[machine];
  }

  /** About how many objects fit into a machine's cache. */
  roomFor(machine: number): number {
    return this.roomOf[machine];
  }

  /** The machine's memory is gone. */
  lose(machine: number): void {
    const cache = this.cacheOf[machine];
    if (cache === null) return;
    this.historyOf[machine]!.restarted(this.slotOf[machine], cache);
    cache.clear();
  }

  /** The machine is gone for good, and what was kept about it. */
  remove(machine: number): void {
    this.historyOf[machine]?.removed(this.slotOf[machine]);
    this.cacheOf[machine] = null;
    this.historyOf[machine] = null;
  }

  private has(row: number, machine: number): boolean {
    return (
      this.cacheOf[machine] !== null &&
      this.catalogues[this.requests.ints[row + RequestInt.Class]].cacheable
    );
  }

  private roomIn({ settings }: Chosen): number {
    const { entries, bytes } = settings;
    if (typeof entries === "number") return Math.min(entries, this.objects);
    if (this.sizes === null) return Math.min(Number(bytes), this.objects);
    return Math.ceil((Number(bytes) * this.objects) / this.allBytes);
  }

  private sizeOf(object: number): number {
    return this.sizes === null ? 1 : this.sizes[object];
  }

  private grow(length: number): void {
    const hits = new Float64Array(length);
    hits.set(this.hits);
    this.hits = hits;
    const misses = new Float64Array(length * MISS_CLASSES);
    misses.set(this.misses);
    this.misses = misses;
  }
}
