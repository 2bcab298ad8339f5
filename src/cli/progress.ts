/**
 * How far a long job is, at what rate, and how long it will still take: on standard error, only
 * where somebody watches, only after a second. Wall-clock time is fine here: nothing of it reaches
 * a result.
 */
import cliProgress from "cli-progress";

import { fitted } from "../report/display-width.ts";
import { clock, humanise } from "../report/numbers.ts";
import type { Io } from "./io.ts";
import { harmless } from "./style.ts";

export interface Progress {
  /** `done` of 1 is finished; `requests` born so far in all. */
  update(done: number, requests: number, doing: string): void;
  stop(): void;
}

export const silent: Progress = { update: () => {}, stop: () => {} };

/** After Ctrl-C: somebody may look for what was promised to be kept. */
export const tellNothingFinished = ({ err }: Io): void =>
  err.write("lbsim: interrupted, nothing was finished and nothing was written\n");

const PATIENCE_MS = 1_000;
const STEPS = 1_000;
/** Columns for what is being done, so that the line fits into 80. */
const MOST_WORDS = 24;

/** undefined for a stream nobody watches: silent. `noun`: what the rate counts. */
export function createProgress(
  stream: NodeJS.WritableStream | undefined,
  noun = "requests",
): Progress {
  if (stream === undefined) return silent;
  const startedMs = performance.now();
  let bar: cliProgress.SingleBar | null = null;
  return {
    update(done, requests, doing) {
      const elapsedMs = performance.now() - startedMs;
      if (elapsedMs < PATIENCE_MS) return;
      if (bar === null) {
        bar = new cliProgress.SingleBar({
          format: "{bar} {percentage} %  {rate}  {left} left  {doing}",
          stream,
          barsize: 20,
          barCompleteChar: "█",
          barIncompleteChar: "░",
          clearOnComplete: true,
          linewrap: false,
          fps: 5,
        });
        bar.start(STEPS, 0, payload(done, requests, doing, elapsedMs, noun));
      }
      bar.update(Math.round(done * STEPS), payload(done, requests, doing, elapsedMs, noun));
    },
    stop() {
      bar?.stop();
      bar = null;
    },
  };
}

/** The words beside the bar; time left by the part that is done. */
export function payload(
  done: number,
  requests: number,
  doing: string,
  elapsedMs: number,
  noun = "requests",
): { rate: string; left: string; doing: string } {
  const leftMs = done > 0 ? (elapsedMs * (1 - done)) / done : Infinity;
  return {
    rate: `${humanise((requests * 1_000) / elapsedMs, "rate").replace("/s", "")} ${noun}/s`,
    left: Number.isFinite(leftMs) ? clock(Math.ceil(leftMs / 1_000) * 1_000) : "?",
    doing: fitted(harmless(doing), MOST_WORDS),
  };
}
