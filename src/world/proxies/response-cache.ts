/**
 * The cache of responses in one replica of a layer-7 balancer, on the policies of the caches'
 * registry. Unlike a machine's it stores what it fetched as the response comes by, so who asks
 * meanwhile misses too; or waits for that one response, where requests for the same object are
 * coalesced (nginx `proxy_cache_lock`, Varnish's busy objects). What comes by as a failure is not
 * stored: the first who waits then fetches for the others.
 */
import { entryOf } from "../../definition.ts";
import type { ResponseCacheSpec } from "../../scenario/scenario.ts";
import type { Cache } from "../caches/cache.ts";
import { KeyTable } from "../caches/key-table.ts";
import { caches } from "../caches/registry.ts";
import type { Request } from "../requests.ts";
import { ProxyCount } from "./counts.ts";
import { WaitingLine } from "./waiting-line.ts";

/** A fetch nobody else waits for: its response is stored as it comes by. */
export const ALONE = -1;
/** No fetch. */
export const NO_FETCH = 0;

/** What a lookup finds; positive: the number of the fetch that it begins. */
export const enum Found {
  Hit = -3,
  Wait = -2,
  Alone = ALONE,
  Passes = NO_FETCH,
}

export class ResponseCache {
  private readonly cache: Cache;
  /** Objects that are being fetched. */
  private readonly fetching: KeyTable;
  /** By its slots. */
  private readonly leaders: (Request | null)[] = [];
  private readonly lines: WaitingLine[] = [];

  /**
   * @param objects number of all objects
   * @param sizes bytes by object; null: every object has 1 byte
   * @param isCacheable by class and object
   * @param counts of the replica, by ProxyCount
   */
  constructor(
    private readonly spec: ResponseCacheSpec,
    objects: number,
    private readonly sizes: Float32Array | null,
    private readonly isCacheable: (group: number, object: number) => boolean,
    private readonly counts: Float64Array,
  ) {
    const { kind, settings } = spec.cache;
    this.cache = entryOf(caches, kind).create(settings, { objects });
    this.fetching = new KeyTable(Math.max(1, objects));
  }

  /** Objects held. */
  get count(): number {
    return this.cache.count;
  }

  /** O(1). */
  lookUp(request: Request, nowMs: number): Found {
    const { object } = request;
    const { counts } = this;
    if (!this.isCacheable(request.group, object)) {
      counts[ProxyCount.Passed]++;
      return Found.Passes;
    }
    if (this.cache.isFresh(object, nowMs)) {
      this.cache.touch(object, this.sizeOf(object), nowMs);
      counts[ProxyCount.Hits]++;
      return Found.Hit;
    }
    if (!this.spec.coalesce) {
      counts[ProxyCount.Misses]++;
      return Found.Alone;
    }
    if (this.fetching.find(object) !== 0) return Found.Wait;
    counts[ProxyCount.Misses]++;
    const fetch = this.fetching.add(object);
    while (this.lines.length <= fetch) {
      this.lines.push(new WaitingLine());
      this.leaders.push(null);
    }
    this.leaders[fetch] = request;
    return fetch;
  }

  /** Whoever waits for the object of a fetch under way. */
  waitingFor(object: number): WaitingLine {
    return this.lines[this.fetching.find(object)];
  }

  /**
   * A fetch is over. What its request was still the leader of, waits in the line returned, for its
   * response or for a new leader; null where that is nobody.
   */
  fetched(request: Request, fetch: number, succeeded: boolean, nowMs: number): WaitingLine | null {
    const { object } = request;
    if (fetch > 0 && this.leaders[fetch] !== request) return null;
    if (succeeded) this.cache.touch(object, this.sizeOf(object), nowMs);
    if (fetch === ALONE) return null;
    const line = this.lines[fetch];
    const next = succeeded ? null : line.head;
    this.leaders[fetch] = next;
    if (next === null) this.fetching.remove(fetch);
    return line.length === 0 ? null : line;
  }

  /**
   * What is held of these objects is forgotten, of all where null; what is under way is stored as
   * it comes by. O(objects held).
   */
  purge(isMeant: ((object: number) => boolean) | null): void {
    if (isMeant === null) this.cache.clear();
    else this.cache.forget(isMeant);
  }

  /** The replica stops. */
  clear(): void {
    this.cache.clear();
    this.fetching.clear();
    this.leaders.fill(null);
    for (const line of this.lines) line.clear();
  }

  private sizeOf(object: number): number {
    return this.sizes === null ? 1 : this.sizes[object];
  }
}
