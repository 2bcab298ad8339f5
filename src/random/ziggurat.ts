/**
 * Exponential and normal values by the ziggurat of 256 layers: Marsaglia, Tsang: The Ziggurat
 * Method for Generating Random Variables, J. Stat. Softw. 5(8), 2000; layer and value from
 * different bits, as Doornik (An Improved Ziggurat Method, 2005) asks for. Exact but for the 53
 * bits of each uniform: the tail beyond the last layer is drawn from its own law, so no value is
 * out of reach. The tables are made once, of our own exp and log, and shared by all streams.
 */
import { erfc, exp, log } from "../maths/elementary.ts";
import type { RandomStream } from "./stream.ts";

const LAYERS = 256;
/** Where the tails begin; from the paper, to all digits of a double. */
const EXPONENTIAL_TAIL = 7.69711747013105;
const NORMAL_TAIL = 3.6541528853610088;
const TWO_TO_29 = 536870912;
const TWO_TO_30 = 1073741824;
const TWO_TO_MINUS_53 = 1 / 9007199254740992;
const HALF_SQRT_2PI = 1.2533141373155003;

interface Layers {
  /**
   * Right edges, falling from the base strip's width (as if it were a rectangle) to 0; LAYERS + 1
   * of them.
   */
  readonly edge: Float64Array;
  /** Density at the edges, 1 at the last. */
  readonly height: Float64Array;
}

/** Layers of equal `area` under a density that falls from 1 at 0; `inverse` is the density's. */
function layersOf(
  tail: number,
  area: number,
  density: (x: number) => number,
  inverse: (height: number) => number,
): Layers {
  const edge = new Float64Array(LAYERS + 1);
  const height = new Float64Array(LAYERS + 1);
  edge[0] = area / density(tail);
  edge[1] = tail;
  height[1] = density(tail);
  for (let i = 1; i < LAYERS - 1; i++) {
    height[i + 1] = height[i] + area / edge[i];
    edge[i + 1] = inverse(height[i + 1]);
  }
  height[LAYERS] = 1;
  return { edge, height };
}

const normalDensity = (x: number): number => exp(-0.5 * x * x);

const exponentialLayers = layersOf(
  EXPONENTIAL_TAIL,
  (EXPONENTIAL_TAIL + 1) * exp(-EXPONENTIAL_TAIL),
  (x) => exp(-x),
  (height) => -log(height),
);
const normalLayers = layersOf(
  NORMAL_TAIL,
  NORMAL_TAIL * normalDensity(NORMAL_TAIL) + HALF_SQRT_2PI * erfc(NORMAL_TAIL * Math.SQRT1_2),
  normalDensity,
  (height) => Math.sqrt(-2 * log(height)),
);

/** One exponential value of mean 1; two words and a comparison in 97.8 % of draws. */
export function standardExponential(stream: RandomStream): number {
  const word = stream.uint32();
  const layer = word & 255;
  const share = ((word >>> 8) * TWO_TO_29 + (stream.uint32() >>> 3)) * TWO_TO_MINUS_53;
  const x = share * exponentialLayers.edge[layer];
  return x < exponentialLayers.edge[layer + 1] ? x : exponentialEdge(stream, layer, x);
}

/** Beyond the sure part of a layer: the tail, the wedge under the curve, or another try. */
function exponentialEdge(stream: RandomStream, layer: number, x: number): number {
  // Without memory: what lies beyond the tail's begin is exponential again.
  if (layer === 0) return EXPONENTIAL_TAIL + standardExponential(stream);
  const { height } = exponentialLayers;
  const y = height[layer] + stream.double() * (height[layer + 1] - height[layer]);
  return y < exp(-x) ? x : standardExponential(stream);
}

/** One standard normal value. */
export function standardNormal(stream: RandomStream): number {
  const word = stream.uint32();
  const layer = word & 255;
  const share = ((word >>> 9) * TWO_TO_30 + (stream.uint32() >>> 2)) * TWO_TO_MINUS_53;
  const x = share * normalLayers.edge[layer];
  const size = x < normalLayers.edge[layer + 1] ? x : normalEdge(stream, layer, x);
  // A try that fails starts anew with bits of its own: the sign's bit is free of it.
  return (word & 256) === 0 ? size : -size;
}

function normalEdge(stream: RandomStream, layer: number, x: number): number {
  if (layer === 0) {
    // Marsaglia's tail (1964): E₁/r beyond r, accepted where 2 E₂ > (E₁/r)².
    for (;;) {
      const beyond = standardExponential(stream) / NORMAL_TAIL;
      if (2 * standardExponential(stream) > beyond * beyond) return NORMAL_TAIL + beyond;
    }
  }
  const { height } = normalLayers;
  const y = height[layer] + stream.double() * (height[layer + 1] - height[layer]);
  if (y < normalDensity(x)) return x;
  return Math.abs(standardNormal(stream));
}

/** Values made at a time. */
const ROUND = 256;
/**
 * Two words a value, the same for all streams: nothing in it outlives a round. Of one size for
 * good, so that V8 knows where it lies: the loop below then takes half the instructions.
 */
const words = new Uint32Array(2 * ROUND);
const values = new Float64Array(ROUND);
/** Which of them lie beyond the sure part of their layers: in the mean 6 of a round. */
const unsure = new Uint16Array(ROUND);

/** Fills with exponential values of that mean. */
export function fillExponential(stream: RandomStream, into: Float64Array, mean: number): void {
  for (let from = 0; from < into.length; from += ROUND) {
    const length = Math.min(ROUND, into.length - from);
    makeRound(stream, length, mean);
    into.set(length === ROUND ? values : values.subarray(0, length), from);
  }
}

/** Into `values`. */
function makeRound(stream: RandomStream, length: number, mean: number): void {
  stream.fill(length === ROUND ? words : words.subarray(0, 2 * length));
  const { edge } = exponentialLayers;
  let count = 0;
  for (let i = 0; i < length; i++) {
    // As in `standardExponential`.
    const layer = words[2 * i] & 255;
    const x = shareAt(i) * edge[layer];
    values[i] = mean * x;
    // The next one overwrites it unless it counts.
    unsure[count] = i;
    if (x >= edge[layer + 1]) count++;
  }
  // Apart: values that might come from a call would all be boxed.
  for (let k = 0; k < count; k++) {
    const i = unsure[k];
    const layer = words[2 * i] & 255;
    values[i] = mean * exponentialEdge(stream, layer, shareAt(i) * edge[layer]);
  }
}

/** Of the value's layer, from the bits that did not choose it: 0 .. 1 − 2^−53. V8 inlines it. */
const shareAt = (i: number): number =>
  ((words[2 * i] >>> 8) * TWO_TO_29 + (words[2 * i + 1] >>> 3)) * TWO_TO_MINUS_53;

/** Fills with standard normal values. */
export function fillNormal(stream: RandomStream, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = standardNormal(stream);
}
