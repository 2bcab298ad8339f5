import { describe, expect, it } from "vitest";
import { entryOf, type Settings } from "../../../src/definition.ts";
import { RandomStreams } from "../../../src/random/streams.ts";
import type { Trace } from "../../../src/scenario/scenario.ts";
import type { ArrivalProcess } from "../../../src/world/arrivals/arrivals.ts";
import { hourlyFactors } from "../../../src/world/arrivals/diurnal.ts";
import { arrivals } from "../../../src/world/arrivals/registry.ts";

const recorded: Trace = {
  timeMs: Float64Array.of(0, 10, 10, 25, 60),
  user: Int32Array.of(0, 1, 0, 2, 1),
  object: Int32Array.of(5, 6, 5, 7, 8),
  bytes: Float64Array.of(100, 0, 100, 7, 8),
  region: Uint16Array.of(0, 1, 0, 0, 1),
  regions: ["here", "there"],
  users: 3,
  objects: 9,
};

function create(name: string, settings: Settings, seed = 1, users = 50): ArrivalProcess {
  const random = new RandomStreams(seed);
  return entryOf(arrivals, name).create(settings, {
    region: "here",
    users,
    random: (purpose) => random.named(`arrivals/here/${purpose}`),
    traces: new Map([["t.csv", recorded]]),
    numbers: new Map(),
  });
}

function timesUntil(process: ArrivalProcess, endMs: number): number[] {
  const times: number[] = [];
  for (let at = process.first(); at < endMs; at = process.next(at)) times.push(at);
  return times;
}

const count = (times: readonly number[], fromMs: number, toMs: number) =>
  times.filter((at) => at >= fromMs && at < toMs).length;

const DAY = 86_400_000;
const flat = (hours: number) => Array.from({ length: 24 }, (_, h) => (h === hours ? 0 : 1));
const open: readonly (readonly [string, Settings])[] = [
  ["poisson", { rate: 2 }],
  ["constant", { rate: 2 }],
  ["bursts", { base: 1, burst: 8, every: 600, lasting: 100 }],
  ["diurnal", { mean: 2, peak: 2.2, profile: null, period: 2_400, "utc-offset": 5.5 }],
  [
    "piecewise",
    {
      steps: [
        { from: 10, rate: 3 },
        { from: 500, rate: 0 },
        { from: 700, rate: 2 },
      ],
    },
  ],
];

describe("every open process", () => {
  for (const [name, settings] of open) {
    it(`${name}: times never fall, and are the same each time`, () => {
      const times = timesUntil(create(name, settings), 20_000);
      expect(times).toEqual(timesUntil(create(name, settings), 20_000));
      expect(times.length).toBeGreaterThan(1000);
      expect(times.every((at, i) => i === 0 || at >= times[i - 1])).toBe(true);
      expect(create(name, settings).user).toBe(-1);
    });

    it(`${name}: scaling by 1 changes nothing but the last bits`, () => {
      const plain = timesUntil(create(name, settings), 3_000);
      const process = create(name, settings);
      const scaled: number[] = [];
      for (let at = process.first(); at < 3_000; at = process.next(at)) {
        const before = scaled[scaled.length - 1] ?? 0;
        at = process.scale(before + (at - before) * 0.3, 1);
        scaled.push(at);
      }
      expect(scaled.length).toBe(plain.length);
      scaled.forEach((at, i) => expect(at).toBeCloseTo(plain[i], 6));
    });

    it(`${name}: a pause keeps what is left of the wait`, () => {
      const plain = create(name, settings);
      const paused = create(name, settings);
      const at = plain.first();
      expect(paused.first()).toBe(at);
      expect(paused.scale(at / 2, 0)).toBe(Infinity);
      const after = paused.scale(at / 2, 1);
      expect(after).toBeCloseTo(at, 9);
      expect(paused.next(after)).toBeCloseTo(plain.next(at), 6);
    });
  }

  it("keeps the hazard when the rate doubles: half the gaps from then on, no draw more or less", () => {
    const plain = timesUntil(create("poisson", { rate: 2 }), 2_000);
    const process = create("poisson", { rate: 2 });
    const scaled: number[] = [];
    let at = process.first();
    while (at < 1_000) {
      scaled.push(at);
      at = process.next(at);
    }
    at = process.scale(1_000, 2);
    for (; at < 1_500; at = process.next(at)) scaled.push(at);
    const expected = plain.map((t) => (t < 1_000 ? t : 1_000 + (t - 1_000) / 2));
    expect(scaled.length).toBe(expected.length);
    scaled.forEach((t, i) => expect(t).toBeCloseTo(expected[i], 6));
  });

  it("keeps the hazard through a changing rate too: the same arrivals as one that was configured so", () => {
    const steps = [
      { from: 0, rate: 3 },
      { from: 500, rate: 1 },
      { from: 700, rate: 2 },
    ];
    // Twice the rate from 600 on is the same as steps that say so.
    const told = timesUntil(
      create("piecewise", {
        steps: [
          { from: 0, rate: 3 },
          { from: 500, rate: 1 },
          { from: 600, rate: 2 },
          { from: 700, rate: 4 },
        ],
      }),
      2_000,
    );
    const process = create("piecewise", { steps });
    const scaled: number[] = [];
    let at = process.first();
    for (; at < 600; at = process.next(at)) scaled.push(at);
    for (at = process.scale(600, 2); at < 2_000; at = process.next(at)) scaled.push(at);
    expect(scaled.length).toBe(told.length);
    scaled.forEach((t, i) => expect(t).toBeCloseTo(told[i], 6));
  });
});

describe("poisson", () => {
  it("has the mean and the variance of its counts", () => {
    const times = timesUntil(create("poisson", { rate: 2 }), 100_000);
    // 200,000 expected, σ = √200,000 = 447; 4 σ.
    expect(Math.abs(times.length - 200_000)).toBeLessThan(4 * 447);
    const counts = Array.from({ length: 10_000 }, () => 0);
    for (const at of times) counts[Math.floor(at / 10)]++;
    const mean = times.length / 10_000;
    const variance = counts.reduce((sum, c) => sum + (c - mean) ** 2, 0) / 9_999;
    // Index of dispersion 1; its standard error over n windows is √(2 / n) = 1.4 %; 4 of them.
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * Math.sqrt(2 / 10_000));
  });
});

describe("constant", () => {
  it("stays exact after a million arrivals", () => {
    const process = create("constant", { rate: 1 / 3 });
    let at = process.first();
    expect(at).toBe(3);
    for (let i = 1; i < 1_000_000; i++) at = process.next(at);
    expect(at).toBe(3_000_000);
  });

  it("goes on from within a gap when the rate changes", () => {
    const process = create("constant", { rate: 0.1 });
    expect(process.first()).toBe(10);
    expect(process.next(10)).toBe(20);
    // A quarter of the gap is left; at half the rate it takes 5 ms.
    expect(process.scale(17.5, 0.5)).toBe(22.5);
    expect(process.next(22.5)).toBe(42.5);
  });
});

describe("piecewise", () => {
  it("keeps each step's rate, and silence where it is 0", () => {
    const steps = [
      { from: 1_000, rate: 5 },
      { from: 11_000, rate: 0 },
      { from: 20_000, rate: 1 },
    ];
    const times = timesUntil(create("piecewise", { steps }), 30_000);
    expect(count(times, 0, 1_000)).toBe(0);
    expect(count(times, 11_000, 20_000)).toBe(0);
    // 50,000 and 10,000 expected; 4 σ each.
    expect(Math.abs(count(times, 1_000, 11_000) - 50_000)).toBeLessThan(4 * Math.sqrt(50_000));
    expect(Math.abs(count(times, 20_000, 30_000) - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
    const definition = entryOf(arrivals, "piecewise");
    expect(definition.meanRate({ steps }, 30_000)).toBe(2);
    expect(definition.meanRate({ steps }, null)).toBe(1);
  });

  it("ends where the last rate is 0", () => {
    const process = create("piecewise", {
      steps: [
        { from: 0, rate: 1 },
        { from: 100, rate: 0 },
      ],
    });
    expect(timesUntil(process, Infinity).length).toBeGreaterThan(50);
  });
});

describe("bursts", () => {
  const settings = { base: 0.1, burst: 0.9, every: 300, lasting: 100 };

  it("has the mean and the index of dispersion of its formula", () => {
    const windowMs = 2_000;
    const windows = 4_000;
    const times = timesUntil(create("bursts", settings, 3), windows * windowMs);
    const counts = Array.from({ length: windows }, () => 0);
    for (const at of times) counts[Math.floor(at / windowMs)]++;
    const rate = entryOf(arrivals, "bursts").meanRate(settings, null);
    expect(rate).toBeCloseTo(0.3, 12);
    // Heffes, Lucantoni 1986: IDC(t) = 1 + 2A/r · (1 − (1 − e^−rt)/(rt)), r = 1/300 + 1/100,
    // A = 0.8² · (1/300)(1/100) / (r · (0.9/300 + 0.1/100)) = 0.4.
    const r = 1 / 300 + 1 / 100;
    const rt = r * windowMs;
    const idc = 1 + ((2 * 0.4) / r) * (1 - (1 - Math.exp(-rt)) / rt);
    const mean = times.length / windows;
    const variance = counts.reduce((sum, c) => sum + (c - mean) ** 2, 0) / (windows - 1);
    // σ of the mean count: √(IDC · mean / windows); of the ratio of variances: √(2 / windows) = 2.2
    // %, windows being nearly independent and nearly normal. 4 σ.
    expect(Math.abs(mean - rate * windowMs)).toBeLessThan(
      4 * Math.sqrt((idc * rate * windowMs) / windows),
    );
    expect(Math.abs(variance / mean / idc - 1)).toBeLessThan(4 * Math.sqrt(2 / windows));
  });

  it("switches at the same times whatever the rates", () => {
    // On/off: the silences of two sources with different rates are at the same times.
    const slow = timesUntil(create("bursts", { ...settings, base: 0, burst: 5 }), 50_000);
    const fast = timesUntil(create("bursts", { ...settings, base: 0, burst: 50 }), 50_000);
    const busy = new Set(fast.map((at) => Math.floor(at / 4)));
    // 4 ms at 50 a ms are empty with probability e^−200, but for windows that a switch cuts: so
    // slow arrivals fall into busy windows, save some just at a switch.
    const alone = slow.filter((at) => !busy.has(Math.floor(at / 4))).length;
    expect(slow.length).toBeGreaterThan(40_000);
    expect(alone / slow.length).toBeLessThan(0.001);
  });
});

describe("diurnal", () => {
  const settings = { mean: 1, peak: null, profile: null, period: DAY, "utc-offset": 0 };

  it("follows the hours", () => {
    // Ten days of 240,000 ms, 10,000 ms an hour.
    const day = 240_000;
    const times = timesUntil(create("diurnal", { ...settings, peak: 2.2, period: day }), 10 * day);
    const factors = hourlyFactors(null, 2.2);
    expect(Math.max(...factors)).toBeCloseTo(2.2, 9);
    for (let hour = 0; hour < 24; hour++) {
      const seen = times.filter((at) => Math.floor((at % day) / 10_000) === hour).length;
      // Straight between the hours' factors: their mean. Poisson: 4 σ.
      const expected = 100_000 * ((factors[hour] + factors[(hour + 1) % 24]) / 2);
      expect(Math.abs(seen - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it("rises in a straight line within an hour", () => {
    // The factor goes from 0 at 12 o'clock to 1 at 13: in the first half hour comes a quarter of
    // that hour's arrivals.
    const hour = 40_000;
    const process = create("diurnal", {
      ...settings,
      mean: 23 / 24,
      profile: flat(12),
      period: 24 * hour,
    });
    const times = timesUntil(process, 13 * hour);
    const first = count(times, 12 * hour, 12.5 * hour);
    const whole = count(times, 12 * hour, 13 * hour);
    // 20,000 expected in the hour; σ of the share √(0.25 · 0.75 / 20,000) = 0.31 points; 4 σ.
    expect(Math.abs(first / whole - 0.25)).toBeLessThan(0.0123);
  });

  it("is shifted by the time zone: what is 20 o'clock in Tokyo is 11 o'clock UTC", () => {
    const day = 2_400;
    const rate = 40;
    const busiest = (offset: number) => {
      const process = create("diurnal", {
        ...settings,
        mean: rate,
        peak: 6,
        period: day,
        "utc-offset": offset,
      });
      const times = timesUntil(process, day);
      const hours = Array.from({ length: 24 }, (_, h) =>
        count(times, (h - 0.5) * 100, (h + 0.5) * 100),
      );
      return hours.indexOf(Math.max(...hours));
    };
    expect([busiest(0), busiest(9), busiest(-3)]).toEqual([20, 11, 23]);
  });

  it("sharpens and flattens its profile to the wanted peak, and keeps the mean", () => {
    for (const peak of [1, 1.3, 2.2, 6, 20]) {
      const factors = hourlyFactors(null, peak);
      expect(Math.max(...factors)).toBeCloseTo(peak, 9);
      expect(factors.reduce((sum, factor) => sum + factor, 0) / 24).toBeCloseTo(1, 12);
    }
  });

  it("refuses a peak that the profile cannot have", () => {
    const definition = entryOf(arrivals, "diurnal");
    const one = Array.from({ length: 24 }, () => 1);
    expect(definition.check?.({ ...settings, peak: 2.2 })).toBeNull();
    expect(definition.check?.({ ...settings, profile: one, peak: 2 })).toMatch(/flat/);
    expect(definition.check?.({ ...settings, profile: one.map(() => 0) })).toMatch(/zeros/);
    expect(
      definition.check?.({ ...settings, profile: flat(3).map((x) => 1 - x), peak: 2 }),
    ).toMatch(/at least 24/);
  });
});

describe("closed", () => {
  const think = { kind: "exponential", settings: { mean: 100 } };

  it("conserves its users: each is thinking or waiting, and alone in it", () => {
    const users = 50;
    const process = create("closed", { think }, 1, users);
    const answers: { user: number; at: number }[] = [];
    const waiting = new Set<number>();
    let pending = process.first();
    let born = 0;
    let strange = 0;
    for (let nowMs = 0; nowMs < 200_000;) {
      const answer = answers[0];
      if (answer !== undefined && answer.at <= pending) {
        nowMs = answer.at;
        answers.shift();
        waiting.delete(answer.user);
        pending = process.returned!(answer.user, nowMs);
      } else {
        nowMs = pending;
        const { user } = process;
        if (user < 0 || waiting.has(user)) strange++;
        waiting.add(user);
        answers.push({ user, at: nowMs + 25 });
        pending = process.next(nowMs);
        born++;
      }
      if (pending < nowMs) strange++;
    }
    expect(strange).toBe(0);
    // A cycle lasts 100 + 25 ms: 50 users make 0.4 a ms, 80,000 in all. A renewal process's count
    // has variance t σ²/μ³ a user: 200,000 · 100² / 125³ · 50 = 51,200, σ = 226; 4 σ.
    expect(Math.abs(born - 80_000)).toBeLessThan(4 * 226);
  });

  it("waits for ever when all wait for answers, and goes on with the first answer", () => {
    const constant = { kind: "constant", settings: { value: 10 } };
    const process = create("closed", { think: constant }, 1, 3);
    for (let i = 0, at = process.first(); i < 3; i++) at = process.next(at);
    expect(process.user).toBe(-1);
    expect(process.returned!(2, 100)).toBe(110);
    expect(process.returned!(0, 100)).toBe(110);
    expect(process.user).toBe(0);
    // Half of the thought is over; twice as fast, the rest takes 2.5 ms.
    expect(process.scale(105, 2)).toBe(107.5);
    expect(process.scale(107, 0)).toBe(Infinity);
    expect(process.scale(200, 1)).toBe(201);
    expect(process.next(201)).toBe(201);
    expect(process.user).toBe(2);
  });

  it("asks nobody at a rate of 0, not even who need not think", () => {
    const none = { kind: "constant", settings: { value: 0 } };
    const process = create("closed", { think: none }, 1, 2);
    for (let i = 0, at = process.first(); i < 2; i++) at = process.next(at);
    expect(process.scale(50, 0)).toBe(Infinity);
    // Once it was 50: a request that was born in the past.
    expect(process.returned!(1, 70)).toBe(Infinity);
    expect(process.scale(90, 2)).toBe(90);
    expect(process.user).toBe(1);
  });
});

describe("trace", () => {
  const settings = { file: "t.csv", region: null, speed: 1 };

  it("replays its own region's rows", () => {
    const process = create("trace", settings);
    const seen: number[][] = [];
    for (let at = process.first(); at < Infinity; at = process.next(at)) {
      seen.push([at, process.user, process.object, process.bytes]);
    }
    expect(seen).toEqual([
      [0, 0, 5, 100],
      [10, 0, 5, 100],
      [25, 2, 7, 7],
    ]);
    expect([process.user, process.object]).toEqual([-1, -1]);
  });

  it("plays at a speed and from a named region", () => {
    expect(timesUntil(create("trace", { ...settings, region: "there", speed: 10 }), 1e9)).toEqual([
      1, 6,
    ]);
    const process = create("trace", { ...settings, region: "there" });
    expect(process.first()).toBe(10);
    expect(process.scale(4, 2)).toBe(7);
    expect(process.next(7)).toBe(32);
    expect(process.scale(8, 0)).toBe(Infinity);
    expect(process.scale(20, 1)).toBe(68);
  });
});
