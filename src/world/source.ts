/**
 * A client region: when its requests come, and all that a request is. Everything is drawn at birth
 * from streams named after the region (and the class), so that what balancers do later can never
 * change what clients ask for.
 */
import type { Subject } from "../engine/event-queue.ts";
import { NONE } from "../units.ts";
import { mix32 } from "../hashing/mix32.ts";
import type { RankSampler } from "../random/popularity/registry.ts";
import type { Sampler } from "../random/registry.ts";
import type { RandomStream } from "../random/stream.ts";
import type { Affinity } from "../scenario/scenario.ts";
import type { Addresses } from "./addresses.ts";
import type { ArrivalProcess } from "./arrivals/arrivals.ts";
import type { Request, Requests } from "./requests.ts";

/** How one class of requests is drawn in one region. */
export class ClassDraws {
  readonly demand: Sampler;
  /** null: nothing is ever looked up. */
  readonly penalty: Sampler | null;
  /** null: no objects are asked for, or nobody looks at them. */
  readonly objects: ObjectDraws | null;
  readonly affinity: Affinity;
  /**
   * Somebody cares who asks for what: users are told apart, caches look objects up, or strategies
   * hash keys.
   */
  readonly asks: boolean;
  /** null: bytes take no time. */
  readonly bytes: BytesDraws | null;

  constructor(made: Readonly<ClassDraws>) {
    this.demand = made.demand;
    this.penalty = made.penalty;
    this.objects = made.objects;
    this.affinity = made.affinity;
    this.asks = made.asks;
    this.bytes = made.bytes;
  }
}

/** Bytes of requests and answers. */
export class BytesDraws {
  /** null: a request has none. */
  readonly request: Sampler | null;
  /** null: an answer has what the arrivals know, else its object's, else none. */
  readonly response: Sampler | null;
  /** By object; null: objects have no sizes. */
  readonly objects: Float32Array | null;

  constructor(made: Readonly<BytesDraws>) {
    this.request = made.request;
    this.response = made.response;
    this.objects = made.objects;
  }
}

export class ObjectDraws {
  /** Ids of the class begin here. */
  readonly first: number;
  /** Ranks by popularity; null where each user has a working set of its own. */
  readonly ranks: RankSampler | null;
  /** That share of the requests goes to the first `hotObjects` ranks, evenly. */
  readonly hotShare: number;
  readonly hotObjects: number;
  readonly perUser: number;
  readonly stream: RandomStream;

  constructor(made: Readonly<ObjectDraws>) {
    this.hotShare = NaN;
    this.first = made.first;
    this.ranks = made.ranks;
    this.hotShare = made.hotShare;
    this.hotObjects = made.hotObjects;
    this.perUser = made.perUser;
    this.stream = made.stream;
  }
}

/** What a region's requests are drawn from. */
export interface SourceSpec {
  /** Number of the client region. */
  readonly region: number;
  readonly place: number;
  /** Its arrivals in the calendar. */
  readonly subject: Subject;
  readonly process: ArrivalProcess;
  /** Number of its first user among all users. */
  readonly firstUser: number;
  /** 0: nobody asks who it is. */
  readonly users: number;
  readonly userStream: RandomStream;
  /** Cumulative shares of the classes. */
  readonly classBounds: Float64Array;
  readonly classStream: RandomStream;
  readonly classes: readonly ClassDraws[];
  /** The run's, for `keyOf`. */
  readonly keySalt: number;
  /** Of all users. */
  readonly addresses: Addresses;
}

const TWO_TO_31 = 2147483648;

export class Source {
  readonly region: number;
  readonly place: number;
  readonly subject: Subject;
  readonly process: ArrivalProcess;
  /** Its users wait for their responses: it must be told of every end. */
  readonly isClosed: boolean;
  /** No more requests are born: the run's limit is reached. */
  stopped = false;
  /** Of the request born last; 0 where bytes take no time. */
  requestBytes = 0;
  responseBytes = 0;

  // Fields of its own and not the spec's: each request reads them.
  private readonly firstUser: number;
  private readonly users: number;
  private readonly userStream: RandomStream;
  private readonly classBounds: Float64Array;
  private readonly classStream: RandomStream;
  private readonly classes: readonly ClassDraws[];
  private readonly keySalt: number;
  private readonly addresses: Addresses;

  constructor(spec: SourceSpec) {
    this.region = spec.region;
    this.place = spec.place;
    this.subject = spec.subject;
    this.process = spec.process;
    this.isClosed = spec.process.returned !== undefined;
    this.firstUser = spec.firstUser;
    this.users = spec.users;
    this.userStream = spec.userStream;
    this.classBounds = spec.classBounds;
    this.classStream = spec.classStream;
    this.classes = spec.classes;
    this.keySalt = spec.keySalt;
    this.addresses = spec.addresses;
  }

  /** A request of this region, born now. O(1). */
  bear(requests: Requests): Request {
    const request = requests.take();
    const group = this.classBounds.length === 1 ? 0 : this.drawClass();
    const draws = this.classes[group];
    request.source = this;
    request.group = group;
    request.demandMs = draws.demand.next();
    if (draws.penalty !== null) request.penaltyMs = draws.penalty.next();
    if (draws.asks) this.drawWhoAndWhat(request, draws);
    else {
      request.user = NONE;
      // Its last use may have left a key.
      request.rawKey = request.key = 0;
    }
    if (draws.bytes !== null) this.weigh(request, draws.bytes);
    return request;
  }

  private weigh({ object }: Request, { request, response, objects }: BytesDraws): void {
    const known = this.process.bytes;
    this.requestBytes = request === null ? 0 : bytesOf(request);
    this.responseBytes =
      response !== null ? bytesOf(response) : known >= 0 ? known : (objects?.[object] ?? 0);
  }

  private drawWhoAndWhat(request: Request, draws: ClassDraws): void {
    const user = this.users === 0 ? NONE : this.drawUser();
    const object = draws.objects === null ? 0 : this.drawObject(draws.objects, user);
    const rawKey = rawKeyOf(draws.affinity, object, user, this.addresses);
    request.user = user;
    request.object = object;
    request.rawKey = rawKey;
    request.key = keyOf(rawKey, this.keySalt);
  }

  /** A user's number within this region. */
  localUser(user: number): number {
    return user - this.firstUser;
  }

  private drawClass(): number {
    const u = this.classStream.double();
    let group = 0;
    while (u >= this.classBounds[group] && group < this.classBounds.length - 1) group++;
    return group;
  }

  private drawUser(): number {
    const known = this.process.user;
    return this.firstUser + (known >= 0 ? known : this.userStream.below(this.users));
  }

  private drawObject(draws: ObjectDraws, user: number): number {
    const known = this.process.object;
    if (known >= 0) return draws.first + known;
    if (draws.ranks === null) {
      const id = draws.first + user * draws.perUser + draws.stream.below(draws.perUser);
      // The product is a double to V8, which would make all ids such. A trace may bring more users
      // than there are integers for.
      return id < TWO_TO_31 ? id | 0 : id;
    }
    // Both are drawn whatever happens, so that a hot set never shifts the other ranks.
    const rank = draws.ranks.next();
    if (draws.hotShare > 0 && draws.stream.double() < draws.hotShare) {
      return draws.first + draws.stream.below(draws.hotObjects);
    }
    return draws.first + rank;
  }
}

/** The affinity value itself, as a signed 32-bit integer. */
export function rawKeyOf(
  affinity: Affinity,
  object: number,
  user: number,
  addresses: Addresses,
): number {
  if (affinity === "object") return object;
  return affinity === "address" ? addresses.of(user) : user;
}

const bytesOf = (size: Sampler): number => Math.max(0, Math.round(size.next()));

/**
 * The 32-bit hash of an affinity value that strategies see. Each run has its salt, as if its
 * objects and users had other names: a single layout, lucky or not, says little about a strategy,
 * so seeds must spread over layouts.
 */
export const keyOf = (rawKey: number, salt: number): number => mix32(rawKey + salt);
