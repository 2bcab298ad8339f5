/**
 * The stage's colours, after Okabe and Ito, "Color Universal Design" (2008): told apart by people
 * with any colour vision, and each meaning has a shape of its own beside its colour.
 */
import type { Theme } from "../../shared/theme.ts";

export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly box: string;
  readonly link: string;
  readonly accent: string;
  /** A machine at rest, and a core at rest. */
  readonly cell: string;
  readonly core: string;
  readonly busy: string;
  /** Utilization of small cells from 0 to 1 in equal steps. */
  readonly levels: readonly string[];
  readonly queue: string;
  readonly cacheFill: string;
  readonly cacheHit: string;
  readonly down: string;
  readonly downInk: string;
  /** Dots: a circle, a diamond, a cross, a triangle. */
  readonly plain: string;
  readonly hit: string;
  readonly miss: string;
  readonly failed: string;
  readonly retry: string;
}

const mixed = (from: string, to: string, part: number): string => {
  const channel = (text: string, at: number): number => parseInt(text.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) =>
    Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * part),
  );
  return `rgb(${parts.join(" ")})`;
};

export const LEVELS = 10;
const levelsOf = (from: string, to: string): string[] =>
  Array.from({ length: LEVELS + 1 }, (_, i) => mixed(from, to, i / LEVELS));

export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    paper: "#fdfcf9",
    ink: "#1d2127",
    soft: "#565c66",
    line: "#c9c4b8",
    box: "#ffffff",
    link: "#d5d0c4",
    accent: "#075a9c",
    cell: "#efece5",
    core: "#dcd8cd",
    busy: "#009e73",
    levels: levelsOf("#ebe8e1", "#00785a"),
    queue: "#8a4f7d",
    cacheFill: "#c9e2f3",
    cacheHit: "#3b93cf",
    down: "#4a4f57",
    downInk: "#ffffff",
    plain: "#5b6b7d",
    hit: "#0072b2",
    miss: "#d98200",
    failed: "#d43d00",
    retry: "#a3478a",
  },
  dark: {
    paper: "#14171c",
    ink: "#e9e7e2",
    soft: "#a9afb9",
    line: "#434a56",
    box: "#20252d",
    link: "#333a45",
    accent: "#7cbcf5",
    cell: "#232932",
    core: "#39414d",
    busy: "#1fbf90",
    levels: levelsOf("#242a33", "#2fd6a4"),
    queue: "#e39cc4",
    cacheFill: "#27455c",
    cacheHit: "#56b4e9",
    down: "#6b717c",
    downInk: "#0d1117",
    plain: "#aab6c4",
    hit: "#56b4e9",
    miss: "#f0b020",
    failed: "#ff7043",
    retry: "#e39cc4",
  },
};
