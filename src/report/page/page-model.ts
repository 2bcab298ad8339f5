/**
 * What a report's page shows, as plain JSON: made from records by the modules beside this one,
 * drawn by `web/report`. Figures are rounded as in summaries: six significant digits, shares 0..1,
 * times in ms, rates per second; null where there is no figure.
 */
import type { Column, Fact, Table, Unit, Verdict } from "../report-model.ts";

export const PAGE_FORMAT = 1;

export type Figure = number | null;

export interface PageModel {
  readonly format: typeof PAGE_FORMAT;
  readonly kind: "run" | "comparison";
  readonly version: string;
  /** The scenario's. */
  readonly name: string;
  readonly words: readonly Fact[];
  /** One sentence out of the numbers, then what else is worth knowing. */
  readonly answer: string;
  readonly also: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  /** null: a run of its own. */
  readonly comparison: IntervalTable | null;
  readonly tables: readonly Table[];
  /** The scenario's events, numbered from 1 in order of time. */
  readonly events: readonly PageEvent[];
  readonly metrics: readonly PageMetric[];
  readonly map: MapModel;
  /** At least one; a comparison's have the first seed's run each. */
  readonly variants: readonly VariantModel[];
  /** One sentence a picture, by section. */
  readonly look: Readonly<Record<Section, string>>;
  readonly tree: Table;
  /** `lbsim explain`'s. */
  readonly described: readonly string[];
  /** The resolved scenario of the first variant as JSON. */
  readonly scenario: string;
  readonly footer: readonly Fact[];
}

export const SECTIONS = ["map", "series", "heat", "percentiles", "parts", "placement"] as const;
export type Section = (typeof SECTIONS)[number];

/** Means with half the width of their interval, sortable by the mean. */
export interface IntervalTable {
  readonly title: string;
  readonly columns: readonly (Column & { readonly better: "lower" | "higher" | null })[];
  readonly rows: readonly {
    readonly label: string;
    readonly cells: readonly IntervalCell[];
  }[];
  readonly notes: readonly string[];
}

export interface IntervalCell {
  readonly mean: Figure;
  readonly half: Figure;
  /** The same in the unit and with the decimals of the column. */
  readonly halfText: string | null;
  readonly best: boolean;
  /** Against the first row: `better`, `worse`, …; null in the first row. */
  readonly verdict: string | null;
  /** To the first row, with its interval. */
  readonly difference: string | null;
}

export interface PageEvent {
  readonly atMs: number;
  readonly sign: string;
  readonly text: string;
}

export interface PageMetric {
  readonly name: string;
  readonly unit: Unit;
}

export interface VariantModel {
  readonly label: string;
  readonly seed: number;
  readonly fingerprint: string;
  readonly series: SeriesModel;
  readonly heat: HeatModel | null;
  readonly latency: LatencyModel;
  readonly flows: FlowsModel;
  readonly placements: readonly PlacementModel[];
}

/** Points of a time series; each is a window, or so many windows gathered. */
export interface SeriesModel {
  /** One more than points. */
  readonly edgesMs: readonly number[];
  /** Windows a point: 1, or more where there were too many. */
  readonly gathered: number;
  readonly of: readonly SelectionSeries[];
}

export interface SelectionSeries {
  /** `all`, `region:europe`, `class:browse`, a path: as in series.csv. */
  readonly of: string;
  /** By metric of `PageModel.metrics`, then by point; null where it has no figure at all. */
  readonly values: readonly (readonly Figure[] | null)[];
  /** Least and greatest of the gathered windows; only where they are gathered. */
  readonly low?: readonly (readonly Figure[] | null)[];
  readonly high?: readonly (readonly Figure[] | null)[];
}

/** Utilization by machine and time. */
export interface HeatModel {
  readonly edgesMs: readonly number[];
  readonly gathered: number;
  readonly machines: readonly string[];
  readonly groups: readonly { readonly label: string; readonly rows: number }[];
  /** Row by row in ten-thousandths; −1 out of service. */
  readonly values: readonly number[];
}

export interface LatencyModel {
  readonly of: readonly {
    readonly of: string;
    /** At `QUANTILES`, as far as there are requests enough to tell. */
    readonly quantiles: readonly Figure[];
    /** Mean ms by part, in the order of PARTS. */
    readonly parts: readonly Figure[];
    readonly mean: Figure;
    readonly requests: Figure;
  }[];
}

export interface MapModel {
  readonly places: readonly {
    readonly name: string;
    readonly latitude: Figure;
    readonly longitude: Figure;
  }[];
  readonly regions: readonly { readonly name: string; readonly place: number }[];
  /** The root's balancers; machines right beneath the root stand under its own name. */
  readonly datacenters: readonly {
    readonly name: string;
    readonly place: number | null;
    readonly machines: number;
  }[];
}

export interface FlowsModel {
  /** One more than steps. */
  readonly edgesMs: readonly number[];
  /** Only pairs that ever had a request, one entry a step in each list. */
  readonly flows: readonly {
    readonly region: number;
    readonly datacenter: number;
    readonly rate: readonly number[];
    readonly latencyMs: readonly Figure[];
    readonly spilled: readonly Figure[];
  }[];
  /** Mean utilization by datacenter, then step. */
  readonly utilization: readonly (readonly Figure[])[];
}

/** Who owns the keys of one pool, at the start and after each change. */
export interface PlacementModel {
  readonly balancer: string;
  readonly strategy: string;
  /** How it is drawn: places on a circle, entries of a table, or keys in a row. */
  readonly shape: "ring" | "table" | "keys";
  /** What one of the `owners` stands for. */
  readonly unit: string;
  readonly names: readonly string[];
  readonly states: readonly PlacementState[];
  /** Changes beyond those that are told. */
  readonly more: number;
}

export interface PlacementState {
  readonly atMs: number;
  readonly what: string;
  /** Runs of equal owners: index in `names` and length, in turn. */
  readonly runs: readonly number[];
  /** By name: share of sampled keys; and what it should be by weight, 0 where it is no target. */
  readonly shares: readonly number[];
  readonly fair: readonly number[];
  /** Share of sampled keys with another owner than in the state before; null in the first. */
  readonly moved: Figure;
  readonly least: Figure;
}
