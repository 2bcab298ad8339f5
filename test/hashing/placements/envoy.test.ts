/**
 * Envoy's own unit tests as vectors: test/extensions/load_balancing_policies/ring_hash/
 * ring_hash_lb_test.cc at 13e9fdb2 and …/maglev/maglev_lb_test.cc at 08417eb6 of envoyproxy/envoy,
 * whose names stand in brackets.
 */
import { describe, expect, it } from "vitest";
import { murmur2 } from "../../../src/hashing/functions/murmur2.ts";
import { xxh64 } from "../../../src/hashing/functions/xxh64.ts";
import { EnvoyMaglev, envoyMaglev } from "../../../src/hashing/placements/envoy-maglev.ts";
import { EnvoyRing, envoyRingHash } from "../../../src/hashing/placements/envoy-ring-hash.ts";
import { NONE } from "../../../src/units.ts";
import { around, named, ownerOf64, ports } from "../named.ts";

const LARGEST = 2n ** 64n - 1n;
const DEFAULTS = { hash: xxh64, minimum: 1024, maximum: 8_388_608 };

interface Ring {
  readonly hosts: readonly string[];
  readonly weights?: readonly number[];
  readonly settings?: Partial<typeof DEFAULTS>;
}

function ringOf({ hosts, weights, settings = {} }: Ring): EnvoyRing {
  const ring = new EnvoyRing({ ...DEFAULTS, ...settings });
  ring.assign(named(hosts, weights));
  return ring;
}

/** At each of these points stands that host, and behind it the next one's part begins. */
function expectPoints(ring: EnvoyRing, points: readonly (readonly [bigint, number])[]): void {
  points.forEach(([point, host], i) => {
    expect(ownerOf64(ring, point)).toBe(host);
    expect(ownerOf64(ring, point + 1n)).toBe(points[(i + 1) % points.length][1]);
  });
  expect(ring.points).toBe(points.length);
  expect(ownerOf64(ring, 0n)).toBe(points[0][1]);
  expect(ownerOf64(ring, LARGEST)).toBe(points[0][1]);
}

function histogram(ring: EnvoyRing, { hosts, keys }: { hosts: number; keys: number }): number[] {
  const counts = Array.from({ length: hosts }, () => 0);
  for (const hash of around(keys)) counts[ownerOf64(ring, hash)]++;
  return counts;
}

describe("envoy-ring-hash", () => {
  it("makes Envoy's ring of six hosts [Basic]", () => {
    const ring = ringOf({ hosts: ports(90, 95), settings: { minimum: 12 } });
    expectPoints(ring, [
      [833437586790550860n, 4],
      [928266305478181108n, 2],
      [1033482794131418490n, 0],
      [3551244743356806947n, 5],
      [3851675632748031481n, 3],
      [5583722120771150861n, 1],
      [6311230543546372928n, 1],
      [7700377290971790572n, 3],
      [13144177310400110813n, 5],
      [13444792449719432967n, 2],
      [15516499411664133160n, 4],
      [16117243373044804889n, 0],
    ]);
  });

  it("makes it with MurmurHash2 too [BasicWithMurmur2]", () => {
    const ring = ringOf({ hosts: ports(80, 85), settings: { minimum: 12, hash: murmur2 } });
    expectPoints(ring, [
      [1358027074129602068n, 5],
      [4361834613929391114n, 3],
      [7224494972555149682n, 4],
      [7701421856454313576n, 1],
      [8649315368077433379n, 2],
      [8739448859063030639n, 4],
      [9887544217113020895n, 1],
      [10150910876324007731n, 2],
      [15168472011420622455n, 3],
      [15427156902705414897n, 0],
      [16375050414328759093n, 5],
      [17613279263364193813n, 0],
    ]);
  });

  it("makes it of host names [BasicWithHostname]", () => {
    const hosts = ["90", "91", "92", "93", "94", "95"];
    expectPoints(ringOf({ hosts, settings: { minimum: 12 } }), [
      [1975508444536362413n, 5],
      [2376063919839173711n, 5],
      [2386806903309390596n, 3],
      [6749904478991551885n, 4],
      [6803900775736438537n, 3],
      [7225015537174310577n, 2],
      [8787465352164086522n, 0],
      [11282020843382717940n, 2],
      [13723418369486627818n, 1],
      [13776502110861797421n, 0],
      [14338313586354474791n, 1],
      [15364271037087512980n, 4],
    ]);
  });

  it("goes on along the ring where a host is avoided [BasicWithRetryHostPredicate]", () => {
    const ring = ringOf({ hosts: ports(90, 95), settings: { minimum: 12 } });
    expect([0, 1, 2, 3, 4, 5, 6].map((rank) => ring.ownerAt(0, rank, 0))).toEqual([
      4,
      2,
      0,
      5,
      3,
      1,
      NONE,
    ]);
  });

  it("has two hashes a host of two hosts and a minimum of three [UnevenHosts]", () => {
    expectPoints(ringOf({ hosts: ports(80, 81), settings: { minimum: 3 } }), [
      [5454692015285649509n, 0],
      [7859399908942313493n, 1],
      [13838424394637650569n, 0],
      [16064866803292627174n, 1],
    ]);
    expectPoints(ringOf({ hosts: ports(81, 82), settings: { minimum: 3 } }), [
      [7859399908942313493n, 0],
      [8241336090459785962n, 1],
      [12882406409176325258n, 1],
      [16064866803292627174n, 0],
    ]);
  });

  it("gives points by weight, on a ring of six exactly [HostWeightedTinyRing]", () => {
    const settings = { minimum: 6, maximum: 6 };
    expectPoints(ringOf({ hosts: ports(90, 92), weights: [1, 2, 3], settings }), [
      [928266305478181108n, 2],
      [4443673547860492590n, 2],
      [5583722120771150861n, 1],
      [6311230543546372928n, 1],
      [13444792449719432967n, 2],
      [16117243373044804889n, 0],
    ]);
  });

  it("gives points by weight, on a large ring [HostWeightedLargeRing]", () => {
    const ring = ringOf({
      hosts: ports(90, 92),
      weights: [1, 2, 3],
      settings: { minimum: 6144 },
    });
    expect(ring.points).toBe(6144);
    expect([0, 1, 2].map((host) => ring.pointsOf(host))).toEqual([1024, 2048, 3072]);
    expect(histogram(ring, { hosts: 3, keys: 6000 })).toEqual([987, 1932, 3081]);
  });

  it("carries fractions of points on [HostAndLocalityWeightedTinyRing, …LargeRing]", () => {
    // Localities of weights 1 and 2, hosts of weights 1 and 2 in each: 1, 2, 2 and 4 of nine.
    const hosts = ports(90, 93);
    const weights = [1, 2, 2, 4];
    const tiny = ringOf({ hosts, weights, settings: { minimum: 9, maximum: 9 } });
    expectPoints(tiny, [
      [928266305478181108n, 2],
      [3851675632748031481n, 3],
      [5583722120771150861n, 1],
      [6311230543546372928n, 1],
      [7700377290971790572n, 3],
      [12559126875973811811n, 3],
      [13444792449719432967n, 2],
      [13784988426630141778n, 3],
      [16117243373044804889n, 0],
    ]);
    const large = ringOf({ hosts, weights, settings: { minimum: 9216 } });
    expect(large.points).toBe(9216);
    expect(histogram(large, { hosts: 4, keys: 9000 })).toEqual([924, 2009, 2053, 4014]);
  });

  it("leaves hosts out of a ring that is too small [SmallFractionalScale]", () => {
    const ring = ringOf({ hosts: ports(90, 93), settings: { minimum: 2, maximum: 2 } });
    expect(histogram(ring, { hosts: 4, keys: 1024 }).filter((count) => count === 0)).toHaveLength(
      2,
    );
  });

  it("gives half a point more to one of two [LargeFractionalScale]", () => {
    const ring = ringOf({ hosts: ports(90, 91), settings: { minimum: 1023, maximum: 1023 } });
    expect([0, 1].map((host) => ring.pointsOf(host))).toEqual([512, 511]);
    expect(histogram(ring, { hosts: 2, keys: 1023 })).toEqual([526, 497]);
  });

  it("gives light hosts a point now and then [LopsidedWeightSmallScale]", () => {
    // Localities of weights 127 and 1, of one host and 1,023: as weights of hosts.
    const weights = Array.from({ length: 1024 }, (_, i) => (i === 0 ? 127 * 1023 : 1));
    const settings = { minimum: 1024, maximum: 1024 };
    const ring = ringOf({ hosts: ports(0, 1023), weights, settings });
    expect([ring.points, ring.pointsOf(0)]).toEqual([1024, 1016]);
    const light: readonly (readonly [bigint, number])[] = [
      [11664790346325243808n, 1],
      [15894554872961148518n, 128],
      [13958138884277627155n, 256],
      [15803774069438192949n, 384],
      [3829253010855396576n, 512],
      [17918147347826565154n, 640],
      [6442769608292299103n, 768],
      [5881074926069334434n, 896],
    ];
    for (const [hash, host] of light) expect(ownerOf64(ring, hash)).toBe(host);
  });

  it("moves keys between hosts that stay, since each gets more points", () => {
    // 16 hosts have 1,024 / 16 = 64 points each, 15 have ⌈68.3⌉ = 69: a point in 14 is new, and
    // takes keys from hosts that stay: about 5/69 = 7 % of what those own. The least possible is
    // 1/16.
    const hosts = ports(1, 16);
    const before = ringOf({ hosts });
    const after = ringOf({ hosts: hosts.slice(0, 15) });
    expect([before.points, after.points]).toEqual([1024, 15 * 69]);
    let stayers = 0;
    let moved = 0;
    for (const hash of around(20_000)) {
      const owner = ownerOf64(before, hash);
      if (owner === 15) continue;
      stayers++;
      if (ownerOf64(after, hash) !== owner) moved++;
    }
    // Of 15 × 5 = 75 new points' parts the share scatters by 1/√75 = 12 %: 4 σ are half of it. Of a
    // new point's part 1/15 stays with its owner.
    const expected = (5 / 69) * (14 / 15);
    expect(Math.abs(moved / stayers - expected)).toBeLessThan(0.46 * expected);
  });

  it("explains the point and who would be next", () => {
    const ring = ringOf({ hosts: ports(90, 95), settings: { minimum: 12 } });
    expect(ring.explain(0, (host) => ports(90, 95)[host], 5)).toEqual([
      "hash 5, on a ring of 12 points",
      "first point at or after it: 833437586790550860, of 127.0.0.1:94",
      "next owner along the ring: 127.0.0.1:92",
    ]);
    expect(ringOf({ hosts: [] }).explain(0, String)).toEqual(["there are no nodes"]);
  });

  it("refuses what Envoy refuses", () => {
    const check = (minimum: number, maximum: number, weight = 1) =>
      envoyRingHash.check!({ minimum, maximum, hash: "xxh64" }, [{ count: 3, weight }]);
    expect(check(1024, 2048)).toBeNull();
    // [BadRingSizeBounds]
    expect(check(20, 10)).toBe("minimum 20 is more than maximum 10");
    expect(check(1, 1, 0.5)).toContain("Envoy takes whole numbers as weights");
    expect(check(1, 1, 2 ** 31)).toContain("up to a sum of 4294967295");
  });
});

function tableOf(maglev: EnvoyMaglev, size: number): number[] {
  return Array.from({ length: size }, (_, hash) => ownerOf64(maglev, BigInt(hash)));
}

function maglevOf(size: number, hosts: readonly string[], weights?: readonly number[]): number[] {
  const maglev = new EnvoyMaglev(size);
  maglev.assign(named(hosts, weights));
  return tableOf(maglev, size);
}

describe("envoy-maglev", () => {
  it("makes Envoy's table of six hosts, in whatever order [Basic, BasicStability]", () => {
    const hosts = ports(90, 95);
    expect(maglevOf(7, hosts)).toEqual([2, 4, 0, 1, 5, 0, 3]);
    const turned = hosts.toReversed();
    const named7 = maglevOf(7, turned).map((host) => turned[host]);
    expect(named7).toEqual([2, 4, 0, 1, 5, 0, 3].map((host) => hosts[host]));
  });

  it("makes it of host names [BasicWithHostName]", () => {
    expect(maglevOf(7, ["90", "91", "92", "93", "94", "95"])).toEqual([2, 5, 0, 3, 4, 1, 0]);
  });

  it("takes the 64-bit hash modulo the table's size [BasicWithRetryHostPredicate]", () => {
    // Envoy's retries take the hash xor 2^64 − attempt: attempts 1 and 2 of the hash 10.
    const maglev = new EnvoyMaglev(7);
    maglev.assign(named(ports(90, 95)));
    const attempt = (number: bigint) => ownerOf64(maglev, 10n ^ (2n ** 64n - number));
    expect([ownerOf64(maglev, 10n), attempt(1n), attempt(2n)]).toEqual([1, 0, 5]);
  });

  it("explains the entry", () => {
    const maglev = new EnvoyMaglev(7);
    expect(maglev.explain(0, String)).toEqual(["there are no nodes"]);
    maglev.assign(named(ports(90, 95)));
    expect(maglev.explain(0, (host) => ports(90, 95)[host], 9)).toEqual([
      "hash 9",
      "mod 7 entries = entry 2: 127.0.0.1:90",
      "127.0.0.1:90 holds 2 of 7 entries",
    ]);
  });

  it("gives turns by weight [Weighted, LocalityWeightedSame…, …DifferentLocalityWeights]", () => {
    const hosts = ports(90, 91);
    const ones = (table: readonly number[]) => table.filter((host) => host === 1).length;
    const twice = maglevOf(17, hosts, [1, 2]);
    expect(twice).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
    expect(ones(twice)).toBe(11);
    expect(maglevOf(17, hosts, [1, 1])).toEqual([
      1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1,
    ]);
    expect(maglevOf(17, hosts, [8, 2])).toEqual([
      1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0,
    ]);
  });

  it("gives all to a single host [SingleHost, WeightedSingleHost]", () => {
    expect(new Set(maglevOf(17, ports(90, 90), [7]))).toEqual(new Set([0]));
    expect(new EnvoyMaglev(7).owner(1)).toBe(NONE);
  });

  it("gives the lightest hosts one entry each [LocalityWeightedLopsided]", () => {
    const weights = Array.from({ length: 1024 }, (_, i) => (i === 0 ? 127 * 1023 : 1));
    const counts = Array.from({ length: 1024 }, () => 0);
    for (const host of maglevOf(65_537, ports(0, 1023), weights)) counts[host]++;
    expect(counts[0]).toBe(65_537 - 1023);
    expect(new Set(counts.slice(1))).toEqual(new Set([1]));
  });

  it("refuses what Envoy refuses, and a table smaller than the pool", () => {
    const check = (table: number, weight = 1) =>
      envoyMaglev.check!({ table }, [{ count: 3, weight }]);
    expect(check(7)).toBeNull();
    // [NoPrimeNumber]
    expect(check(8)).toBe("8 is not a prime; the next one is 11");
    expect(check(2)).toBe("2 entries are too few for 3 targets: some would get nothing");
    expect(check(7, 1.5)).toBe("Envoy takes whole numbers as weights, 1 .. 4294967295, not 1.5");
  });
});
