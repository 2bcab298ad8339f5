/**
 * The machines' caches as the requests meet them: whether a request is looked up at all, what a
 * miss costs it, and why it was a miss. The counters by machine only grow.
 */
import { entryOf, type Chosen } from "../definition.ts";
import { EXPIRED, HIT, type Cache } from "./caches/cache.ts";
import { caches } from "./caches/registry.ts";
import { MissClass, MissHistory } from "./miss-history.ts";
import type { Machine } from "./machine.ts";
import type { Request } from "./requests.ts";

const MISS_CLASSES = Object.keys(MissClass).length;

/** What a class of requests asks for. */
export interface Catalogue {
  readonly missHolds: "core" | "nothing";
  /** False: no objects, no lookups. */
  readonly cacheable: boolean;
}

/** The caches of one balancer's machines. */
class CachingTier {
  machines = 0;

  constructor(
    readonly history: MissHistory,
    /** Its strategy places keys: then a key elsewhere was remapped, else scattered. */
    public keyed: boolean,
  ) {}
}

/** One machine's cache, and what is known of its past. */
export class MachineMemory {
  hits = 0;
  /** By class of misses. */
  readonly misses = new Float64Array(MISS_CLASSES);

  constructor(
    readonly cache: Cache,
    readonly tier: CachingTier,
    /** The machine's number in its tier's history. */
    readonly slot: number,
    /** About how many objects fit in. */
    readonly room: number,
  ) {}
}

export class MachineCaches {
  /** By the balancer's node id. */
  private readonly tiers = new Map<number, CachingTier>();
  /** Tiers whose strategies place keys, with caches or without. */
  private readonly keyedTiers = new Set<number>();
  /** By class: whether its objects are looked up on arrival. */
  private readonly onArrival: boolean[];
  /** Or as service starts. */
  private readonly onCore: boolean[];
  private readonly allBytes: number;

  /**
   * @param objects number of all objects, over all classes
   * @param sizes bytes by object; null: every object has 1 byte
   */
  constructor(
    catalogues: readonly Catalogue[],
    private readonly objects: number,
    private readonly sizes: Float32Array | null,
  ) {
    const cacheable = catalogues.map((each) => each.cacheable);
    this.onCore = catalogues.map(({ missHolds }, i) => cacheable[i] && missHolds === "core");
    this.onArrival = cacheable.map((is, i) => is && !this.onCore[i]);
    this.allBytes = sizes === null ? objects : sizes.reduce((sum, size) => sum + size, 0);
  }

  /**
   * The next machine's cache, or none. One history of misses a tier.
   * @param tier its balancer's node id
   * @param expected machines of that balancer, for the bound on the memory of their history
   */
  add(machine: Machine, chosen: Chosen | null, tier: number, expected: number): void {
    if (chosen === null || this.objects === 0) return;
    const { objects } = this;
    const cache = entryOf(caches, chosen.kind).create(chosen.settings, { objects });
    const caching = this.tiers.get(tier) ?? this.open(tier, expected);
    const room = this.roomIn(chosen);
    machine.memory = new MachineMemory(cache, caching, caching.machines++, room);
  }

  /** Whether the tier's strategy places keys: then a key elsewhere was remapped, else scattered. */
  setKeyed(tier: number, keyed: boolean): void {
    if (keyed) this.keyedTiers.add(tier);
    else this.keyedTiers.delete(tier);
    const caching = this.tiers.get(tier);
    if (caching !== undefined) caching.keyed = keyed;
  }

  /** Looked up on arrival; the penalty is waited for without a core. */
  waitsWithoutCore(request: Request): boolean {
    return this.onArrival[request.group];
  }

  /** Looked up as service starts; the penalty is spent on the core. */
  holdsCore(request: Request): boolean {
    return this.onCore[request.group];
  }

  /** Looks the request's object up, counts hit or miss, and returns the penalty in ms. */
  lookUp(request: Request, memory: MachineMemory, nowMs: number): number {
    const { object } = request;
    const { tier, slot } = memory;
    const found = memory.cache.touch(object, this.sizeOf(object), nowMs);
    if (found === HIT) {
      memory.hits++;
      return 0;
    }
    const why = tier.history.classify(object, slot, tier.keyed, found === EXPIRED);
    tier.history.inserted(object, slot);
    memory.misses[why]++;
    request.missed = true;
    return request.penaltyMs;
  }

  /** Puts an object in before time 0 (or as a warm machine joins), uncounted. */
  warm(memory: MachineMemory, object: number, nowMs: number): void {
    memory.cache.touch(object, this.sizeOf(object), nowMs);
    memory.tier.history.inserted(object, memory.slot);
  }

  /** The machine's memory is gone. */
  lose({ memory }: Machine): void {
    if (memory === null) return;
    memory.tier.history.restarted(memory.slot, memory.cache);
    memory.cache.clear();
  }

  /** The machine is gone for good, and what was kept about it. */
  remove({ memory }: Machine): void {
    if (memory === null) return;
    memory.tier.history.removed(memory.slot);
    memory.cache.clear();
  }

  private open(tier: number, machines: number): CachingTier {
    const history = new MissHistory({ keys: this.objects, machines });
    const caching = new CachingTier(history, this.keyedTiers.has(tier));
    this.tiers.set(tier, caching);
    return caching;
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
}
