import { expect, it } from "vitest";
import { expm1, normalCdf } from "../../src/maths/elementary.ts";
import type { RandomStream } from "../../src/random/stream.ts";
import { RandomStreams } from "../../src/random/streams.ts";
import {
  fillExponential,
  fillNormal,
  standardExponential,
  standardNormal,
} from "../../src/random/ziggurat.ts";
import { KOLMOGOROV_LIMIT, kolmogorov, meanAndError } from "./statistics.ts";

const COUNT = 1_000_000;
const exponentials = new Float64Array(COUNT);
fillExponential(new RandomStreams(1).named("exponential"), exponentials, 1);
const normals = new Float64Array(COUNT);
fillNormal(new RandomStreams(1).named("normal"), normals);

/** A stream that gives these words, then those of a real one. */
function scripted(words: number[]): RandomStream {
  const rest = new RandomStreams(1).named("rest");
  const uint32 = () => words.shift() ?? rest.uint32();
  return {
    uint32,
    double: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
    below: (n) => Math.floor((uint32() / 2 ** 32) * n),
    fill: (into) => {
      for (let i = 0; i < into.length; i++) into[i] = uint32();
    },
  };
}

it("exponential values follow their CDF, whole and beyond the last layer", () => {
  expect(kolmogorov(exponentials, (x) => -expm1(-x))).toBeLessThan(KOLMOGOROV_LIMIT);
  // 1,000,000 e^−7 = 912 values lie beyond 7; without memory their excess is exponential again. The
  // last layer ends at 7.697.
  const tail = exponentials.filter((x) => x > 7).map((x) => x - 7);
  expect(Math.abs(tail.length - 912)).toBeLessThan(5 * Math.sqrt(912));
  expect(kolmogorov(tail, (x) => -expm1(-x))).toBeLessThan(KOLMOGOROV_LIMIT);
});

it("exponential values reach beyond 22 means, where a 32-bit uniform and a logarithm end", () => {
  // Layer 0 with the greatest share is the tail; three times in a row, 23.09 + a fresh value.
  const tail = [0xffffff00, 0xffffffff];
  const value = standardExponential(scripted([...tail, ...tail, ...tail, 0x00000101, 0]));
  expect(value).toBeGreaterThan(3 * 7.697);
  expect(value).toBeLessThan(3 * 7.698);
});

it("exponential values have tiny ones too, and a zero is possible", () => {
  expect(standardExponential(scripted([0x0000000a, 0]))).toBe(0);
  const tiny = standardExponential(scripted([0x0000000a, 8]));
  expect(tiny).toBeGreaterThan(0);
  expect(tiny).toBeLessThan(1e-15);
});

it("normal values follow their CDF, whole and beyond the last layer", () => {
  expect(kolmogorov(normals, normalCdf)).toBeLessThan(KOLMOGOROV_LIMIT);
  // 2 (1 − Φ(3.2)) = 0.137 % lie beyond ±3.2; the last layer ends at 3.654.
  const outside = 2 * normalCdf(-3.2);
  const tail = normals.map(Math.abs).filter((x) => x > 3.2);
  expect(Math.abs(tail.length - COUNT * outside)).toBeLessThan(5 * Math.sqrt(COUNT * outside));
  const distance = kolmogorov(tail, (x) => 1 - (2 * normalCdf(-x)) / outside);
  expect(distance).toBeLessThan(KOLMOGOROV_LIMIT);
});

it("normal values beyond the last layer follow the normal law", () => {
  // Layer 0 with the greatest share is the tail: here every value is sent there.
  const words: number[] = [];
  const stream = scripted(words);
  const tail = Float64Array.from({ length: 50_000 }, () => {
    words.push(0xfffffe00, 0xffffffff);
    return standardNormal(stream);
  });
  const from = 3.6541528853610088;
  expect(tail.every((x) => x >= from)).toBe(true);
  const distance = kolmogorov(tail, (x) => 1 - normalCdf(-x) / normalCdf(-from));
  expect(distance).toBeLessThan(KOLMOGOROV_LIMIT);
});

it("normal moments are 0, 1, 0, 3", () => {
  // Errors of the means of x, x², x³, x⁴: √(1, 2, 15, 96)/√n.
  const means = [1, 2, 3, 4].map((power) => meanAndError(normals.map((x) => x ** power)).mean);
  const expected = [0, 1, 0, 3];
  const spread = [1, 2, 15, 96];
  means.forEach((mean, i) =>
    expect(Math.abs(mean - expected[i])).toBeLessThan(4.5 * Math.sqrt(spread[i] / COUNT)),
  );
});

it("the sign is free of the size", () => {
  // The same words but for the sign's bit.
  expect(standardNormal(scripted([0x12345007, 99]))).toBe(
    -standardNormal(scripted([0x12345107, 99])),
  );
});

it("a batch follows from the stream alone, and its sure values from its words", () => {
  const into = new Float64Array(5_000);
  const again = new Float64Array(5_000);
  fillExponential(new RandomStreams(4).named("x"), into, 2);
  fillExponential(new RandomStreams(4).named("x"), again, 2);
  expect(again).toEqual(into);
  // Two words a value, in order, for 256 values at a time; 97.78 % are sure (mean of the layers'
  // edge ratios), the others draw more words apart.
  let equal = 0;
  for (let k = 0; k < 20; k++) {
    const round = new Float64Array(256);
    fillExponential(new RandomStreams(k).named("x"), round, 2);
    const words = new Uint32Array(512);
    const stream = new RandomStreams(k).named("x");
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a stream, not an array
    stream.fill(words);
    round.forEach((value, i) => {
      const pair = scripted([words[2 * i], words[2 * i + 1]]);
      if (value === 2 * standardExponential(pair)) equal++;
    });
  }
  // Binomial(5120, 0.9778): mean 5006, σ = 10.5; we allow 4 σ.
  expect(Math.abs(equal - 5006)).toBeLessThan(42);
});
