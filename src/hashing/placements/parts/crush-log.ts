/**
 * CRUSH's fixed-point logarithm, with the entries of its tables that no formula gives: facts of
 * Ceph's src/crush/crush_ln_table.h (`__LL_tbl`, libcrush de2e859), needed to give the same owners,
 * as deviations from the formula that the table states for itself.
 */
/** What most entries of the fine table have too much, from the third on. */
const TOO_MUCH = 0x147700000;
/** Entries of the fine table that are as they should be, though their neighbours are not. */
const RIGHT = new Set([
  0, 1, 203, 216, 222, 233, 237, 238, 239, 243, 244, 245, 246, 248, 249, 250, 251, 252, 253, 254,
  255,
]);
/** Entries that have something else too much. */
const ODD: ReadonlyMap<number, number> = new Map([
  [56, 0x13ed9b9b0],
  [127, 0x3a4f4285],
  [134, 0xd5e895a5],
  [181, 0xeee4abc5],
  [184, 0x14340b8bf],
  [188, 0x833eb34b],
  [193, 0xe43eed13],
  [198, 0x95ad3c32],
  [199, 0x9f2a5b80],
  [200, 0xe2f45e65],
  [207, 0x12cbacd37],
  [210, 0x1144d0710],
  [212, 0xdac5961c],
  [225, 0xbf46f5f9],
  [227, 0x5a42d14a],
  [228, 0x9eac5357],
  [229, 0x217cfafc],
  [231, 0xd2d5723c],
  [235, 0x121cb06eb],
  [236, 0x13ac6617a],
  [240, 0x9df6bfdd],
  [241, 0xfa8d3579],
  [247, 0x15955a58],
]);

const POINT = 96n;

/**
 * 2^48 × log2(1 + part / 2^15), rounded down, a bit a step by squaring: our `log` is too short by a
 * bit to round all of them the right way.
 */
function log2Of1Plus(part: number): number {
  let power = BigInt(2 ** 15 + part) << (POINT - 15n);
  let log = 0;
  for (let bit = 0; bit < 48; bit++) {
    power = (power * power) >> POINT;
    log *= 2;
    if (power >> (POINT + 1n) === 0n) continue;
    log += 1;
    power >>= 1n;
  }
  return log;
}

const fine = (k: number): number => {
  const extra = ODD.get(k) ?? (RIGHT.has(k) ? 0 : TOO_MUCH);
  return log2Of1Plus(k) + extra;
};

/** The last entry falls short of 2^48 by 2^32. */
const coarse = (k: number): number => (k === 128 ? 2 ** 48 - 2 ** 32 : log2Of1Plus(256 * k));

/**
 * 2^48 − 2^44 × log2(u + 1) for u = 0 .. 65,535, as CRUSH computes it (`crush_ln` and its tables in
 * Ceph's src/crush): whole numbers from 2^48 down to about 2^28, a draw's distance from the top.
 *
 * The argument is scaled to 15 bits after the point, its leading 7 are looked up in a coarse table
 * and what a division by them leaves in a fine one. Nearly all of the fine table is off by one
 * constant, and some entries by other amounts, so the result does not even grow with u in a sixth
 * of its steps; all clusters that run have it so. Computed once, 512 KiB.
 */
export function crushLogs(): Float64Array {
  if (made !== null) return made;
  const coarses = Float64Array.from({ length: 129 }, (_, k) => coarse(k));
  const fines = Float64Array.from({ length: 256 }, (_, k) => fine(k));
  const logs = new Float64Array(2 ** 16);
  for (let u = 0; u < logs.length; u++) {
    const shift = Math.max(0, Math.clz32(u + 1) - 16);
    const scaled = (u + 1) * (1 << shift);
    const k = (scaled >>> 8) - 128;
    const left = Math.floor((scaled * 128) / (128 + k)) & 255;
    const fraction = Math.floor((coarses[k] + fines[left]) / 16);
    logs[u] = 2 ** 48 - ((15 - shift) * 2 ** 44 + fraction);
  }
  made = logs;
  return logs;
}

let made: Float64Array | null = null;
