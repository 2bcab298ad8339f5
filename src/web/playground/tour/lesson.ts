/** What a lesson is: an idea, a scenario to see it in, a touch, a number, a question. */
import type { FigureName, LaneOrder, Touch } from "../engine/protocol.ts";

/**
 * A number that the lesson's words give, and where it comes from: the mean of the figure's windows
 * over a span. A test runs the scenario and compares.
 */
export interface Measure {
  readonly lane: number;
  readonly figure: FigureName;
  /** Whether the touch was made; it is made at `TOUCHED_AT_MS`. */
  readonly touched: boolean;
  /** Span of the windows, ms from the start of the run. */
  readonly fromMs: number;
  readonly toMs: number;
  /** As the words give it, to two digits: ms, or a share of 1. */
  readonly about: number;
}

export interface Lesson {
  /** In the page's address. */
  readonly slug: string;
  readonly title: string;
  /** One idea in at most 90 words, a text a paragraph. Of these and all texts below: see `told`. */
  readonly idea: readonly string[];
  /** Name and text of its scenario. */
  readonly name: string;
  readonly text: string;
  readonly lanes: readonly LaneOrder[];
  /** At which speed it is good to watch: simulated seconds a second. */
  readonly speed: number;
  readonly touch: {
    readonly order: Touch;
    /** For that lane alone; left out: for all. */
    readonly lane?: number;
    /** On the button, as an order. */
    readonly button: string;
    /** What it does. */
    readonly does: string;
  };
  readonly watch: {
    readonly lane: number;
    readonly figure: FigureName;
    /** The figure's name in words. */
    readonly label: string;
    /** What is to be seen. */
    readonly says: string;
  };
  readonly question: {
    readonly ask: string;
    readonly options: readonly string[];
    /** Index of the right one. */
    readonly right: number;
    readonly because: string;
  };
  /** Numbers by the names under which the texts call them: `{before}`. */
  readonly measures: Readonly<Record<string, Measure>>;
}

/** When the touch is made that the numbers of the texts speak of. */
export const TOUCHED_AT_MS = 60_000;

/** Of a run that nobody touches; the span in s. */
export const calm = (...args: MeasureArguments): Measure => measured(false, args);
/** Of a run that is touched at `TOUCHED_AT_MS`; the span in s from the start of the run. */
export const touched = (...args: MeasureArguments): Measure => measured(true, args);

type MeasureArguments = readonly [
  lane: number,
  figure: FigureName,
  spanS: readonly [from: number, to: number],
  about: number,
];

function measured(isTouched: boolean, args: MeasureArguments): Measure {
  const [lane, figure, [from, to], about] = args;
  const span = { fromMs: from * 1_000, toMs: to * 1_000 };
  return { lane, figure, touched: isTouched, ...span, about };
}

const IN_MS: ReadonlySet<FigureName> = new Set<FigureName>(["p50", "p99"]);
const PER_SECOND: ReadonlySet<FigureName> = new Set<FigureName>(["born", "completed", "errors"]);

/** The unit of a figure, for those who write it. */
export const unitOf = (figure: FigureName): "ms" | "rate" | "share" =>
  IN_MS.has(figure) ? "ms" : PER_SECOND.has(figure) ? "rate" : "share";

/** A text of the lesson with its numbers. */
export function told(text: string, { measures }: Lesson): string {
  return text.replaceAll(/\{(\w+)\}/g, (name, key: string) => {
    const measure = Object.hasOwn(measures, key) ? measures[key] : undefined;
    return measure === undefined ? name : inWords(measure);
  });
}

/** Round numbers stay round: 400 ms, 2.2 s, 44 %. */
function inWords({ figure, about }: Measure): string {
  if (unitOf(figure) === "share") return `${Number((about * 100).toPrecision(3))} %`;
  if (unitOf(figure) === "rate") return `${about}/s`;
  return about < 1_000 ? `${about} ms` : `${about / 1_000} s`;
}
