import { describe, expect, it } from "vitest";
import type { Affinity } from "../../src/scenario/scenario.ts";
import { createSampler } from "../../src/random/registry.ts";
import { createRankSampler } from "../../src/random/popularity/registry.ts";
import { RandomStreams } from "../../src/random/streams.ts";
import type { ArrivalProcess } from "../../src/world/arrivals/arrivals.ts";
import { type Request, Requests } from "../../src/world/requests.ts";
import { EventKind } from "../../src/engine/event-kind.ts";
import { EventQueue } from "../../src/engine/event-queue.ts";
import { Addresses } from "../../src/world/addresses.ts";
import { type ClassDraws, keyOf, rawKeyOf, Source } from "../../src/world/source.ts";
import { constant, exponential, uniformPopularity } from "../simulator/scenario-builder.ts";

const SALT = 99;
const UNTOLD: ArrivalProcess = {
  user: -1,
  object: -1,
  bytes: -1,
  first: () => 0,
  next: () => 0,
  scale: () => 0,
};

const NO_PROXIES = new Addresses([1_000], [undefined]);

interface Given {
  readonly process?: ArrivalProcess;
  readonly users?: number;
  readonly bounds?: readonly number[];
  readonly hotShare?: number;
  readonly perUser?: number;
  readonly affinity?: Affinity;
  readonly asks?: boolean;
}

function sourceOf(given: Given = {}): Source {
  const { process = UNTOLD, users = 0, bounds = [1], hotShare = 0, perUser = 0 } = given;
  const random = new RandomStreams(1);
  const classes = bounds.map((_, group): ClassDraws => ({
    demand: createSampler(exponential(5), random.named(`demand/${group}`)),
    penalty: createSampler(constant(9 * group), random.named("penalty")),
    asks: given.asks ?? true,
    affinity: given.affinity ?? "object",
    bytes: null,
    objects: {
      first: 1000 * group,
      ranks:
        perUser > 0 ? null : createRankSampler(uniformPopularity, 50, random.named(`o/${group}`)),
      hotShare,
      hotObjects: 2,
      perUser,
      stream: random.named(`hot/${group}`),
    },
  }));
  return new Source({
    region: 3,
    place: 0,
    subject: new EventQueue().add(EventKind.Arrival, 3),
    process,
    firstUser: 100,
    users,
    userStream: random.named("users"),
    classBounds: Float64Array.from(bounds),
    classStream: random.named("classes"),
    classes,
    keySalt: SALT,
    addresses: NO_PROXIES,
  });
}

/** One figure of many requests. */
function borne(source: Source, count: number, of: (request: Request) => number): number[] {
  const requests = new Requests(1, { nowMs: 0 });
  return Array.from({ length: count }, () => of(source.bear(requests)));
}

const demandsOf = (source: Source, count: number): number[] =>
  borne(source, count, ({ demandMs }) => demandMs);

describe("a source", () => {
  it("draws classes by their shares, with objects and penalties of their own", () => {
    const requests = new Requests(1, { nowMs: 0 });
    const source = sourceOf({ bounds: [0.25, 1] });
    let second = 0;
    for (let i = 0; i < 4000; i++) {
      const { group, object, penaltyMs, source: from } = source.bear(requests);
      second += group;
      expect(Math.floor(object / 1000)).toBe(group);
      expect(penaltyMs).toBe(9 * group);
      expect(from!.region).toBe(3);
    }
    // σ of 4000 draws at 3/4 is √(4000 · 3/16) = 27; we allow 4 σ.
    expect(Math.abs(second - 3000)).toBeLessThan(110);
  });

  it("never lets a hot set, a user or a class's share shift what else is drawn", () => {
    const plain = borne(sourceOf(), 300, ({ object }) => object);
    const hot = borne(sourceOf({ hotShare: 0.5 }), 300, ({ object }) => object);
    const same = plain.filter((object, i) => object === hot[i]).length;
    // Half keep their rank (150 ± 9); those of the hot set meet theirs by chance in 1 of 50.
    expect(same).toBeGreaterThan(110);
    expect(hot.every((object, i) => object < 2 || object === plain[i])).toBe(true);
    expect(demandsOf(sourceOf({ users: 7, hotShare: 0.9 }), 50)).toEqual(demandsOf(sourceOf(), 50));
  });

  it("knows its users, and gives each a working set of its own", () => {
    const requests = new Requests(1, { nowMs: 0 });
    const source = sourceOf({ users: 10, perUser: 4, affinity: "user" });
    for (let i = 0; i < 200; i++) {
      const { user, object, rawKey, key } = source.bear(requests);
      expect(user >= 100 && user < 110).toBe(true);
      expect(source.localUser(user)).toBe(user - 100);
      expect(Math.floor(object / 4)).toBe(user);
      expect(rawKey).toBe(user);
      expect(key).toBe(keyOf(user, SALT));
    }
  });

  it("believes its process where that knows who asks for what", () => {
    const told = sourceOf({ process: { ...UNTOLD, user: 4, object: 7 }, users: 10 });
    expect(borne(told, 3, ({ user }) => user)).toEqual([104, 104, 104]);
    expect(borne(told, 3, ({ object }) => object)).toEqual([7, 7, 7]);
  });

  it("leaves no key of an earlier use where nobody asks for one", () => {
    const requests = new Requests(1, { nowMs: 0 });
    const request = sourceOf().bear(requests);
    expect(request.rawKey).not.toBe(0);
    requests.free(request);
    expect(sourceOf({ asks: false }).bear(requests)).toBe(request);
    expect([request.rawKey, request.key]).toEqual([0, 0]);
  });

  it("hashes the object, the user or its address", () => {
    expect(
      ["object", "user", "session"].map((a) => rawKeyOf(a as Affinity, 5, 6, NO_PROXIES)),
    ).toEqual([5, 6, 6]);
    expect(rawKeyOf("address", 5, 6, NO_PROXIES) >>> 0).toBe(10 * 2 ** 24 + 6); // 10.0.0.6
    const keys = new Set(Array.from({ length: 10_000 }, (_, i) => keyOf(i, SALT)));
    expect(keys.size).toBe(10_000); // the mixer is a bijection
  });
});
