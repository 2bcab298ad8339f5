/**
 * Colours that people with any colour vision tell apart, and never colours alone: each series has
 * its dashes too. Hues after Okabe and Ito, "Color Universal Design" (2008), made darker on light
 * paper and lighter on dark where a thin line would have less than 3:1 against it. The scale is
 * viridis (van der Walt and Smith, 2015; CC0), which grows evenly in lightness.
 */
import type { Theme } from "./theme.ts";

const SERIES: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#c44f00", "#00805f", "#b0568a", "#a87400", "#2a8fc4", "#555b66", "#7d7410"],
  dark: ["#56b4e9", "#ff9150", "#2fc79a", "#e39cc4", "#f0b53a", "#9ad4f5", "#b4bac4", "#f0e442"],
};
/** Lengths drawn and left out, in CSS pixels; the first is a plain line. */
const DASHES: readonly (readonly number[])[] = [
  [],
  [8, 3],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [1, 2],
  [14, 4],
  [6, 2, 1, 2, 1, 2],
];

/** Colour of the series `index` (0, 1, …); begins anew after eight. */
export const seriesColour = (index: number, theme: Theme): string =>
  SERIES[theme][index % SERIES[theme].length];

/** Dashes of that series. Beyond the eighth, colour and dashes no longer repeat in step. */
export const seriesDash = (index: number): readonly number[] =>
  DASHES[(index + Math.floor(index / DASHES.length)) % DASHES.length];

/** Black or white, whichever reads better on that colour: 4.5:1 at least. */
export function inkOn(colour: string): string {
  const channel = (at: number): number => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  // Relative luminance of WCAG 2; both contrasts are equal at 0.179.
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? "#000000" : "#ffffff";
}

// prettier-ignore
const VIRIDIS = [
  0x440154, 0x481467, 0x482576, 0x463480, 0x414487, 0x3b528b, 0x355f8d, 0x2f6c8e, 0x2a788e,
  0x25848e, 0x21918c, 0x1e9c89, 0x22a884, 0x2fb47c, 0x44bf70, 0x5ec962, 0x7ad151, 0x9bd93c,
  0xbddf26, 0xdfe318, 0xfde725,
];

/** Viridis at 0 (dark violet) … 1 (yellow) as 0xRRGGBB; beyond the ends, the ends. */
export function scaleRgb(share: number): number {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const part = at - low;
  const mix = (shift: number): number => {
    const from = (VIRIDIS[low] >> shift) & 255;
    const to = (VIRIDIS[low + 1] >> shift) & 255;
    return Math.round(from + (to - from) * part) << shift;
  };
  return mix(16) | mix(8) | mix(0);
}

/** The same for style sheets. */
export const scaleColour = (share: number): string =>
  `#${scaleRgb(share).toString(16).padStart(6, "0")}`;

/** For a legend: the whole scale from left to right. */
export const scaleGradient = (): string =>
  `linear-gradient(to right, ${VIRIDIS.map((_, i) => scaleColour(i / (VIRIDIS.length - 1))).join(", ")})`;

/** Where there is no figure. */
export const NOTHING: Readonly<Record<Theme, number>> = { light: 0xe4e1da, dark: 0x2b3038 };
