/** Runs a simulation in pieces, so that Ctrl-C is seen and progress is shown. */
import { setImmediate as nextTurn } from "node:timers/promises";

import type { StopEntry } from "../report/manifest.ts";
import type { Inputs, Scenario } from "../scenario/scenario.ts";
import { Simulation } from "../simulator/run.ts";
import type { RunRecord } from "../statistics/run-record.ts";
import type { Interrupt } from "./io.ts";

/** Requests a piece: some 50 ms. Fixed, since a stopped run is repeated by its number of pieces. */
const PIECE = 20_000;

export interface Executed {
  readonly record: RunRecord;
  /** null: it ran to its end. */
  readonly stopped: StopEntry | null;
}

export interface ExecuteOptions {
  readonly interrupt: Interrupt;
  /** After each piece: part done (0..1), requests born, and the run as it stands. */
  readonly onPiece: (done: number, requests: number, simulation: Simulation) => void;
  /** Stops there, as the run did that is repeated. */
  readonly stopAfterPieces?: number;
}

/** The run itself failed: our mistake, told with what repeats it. */
export class RunError extends Error {
  override name = "RunError";
}

/** Throws `RunError` where the simulation breaks one of its own assertions. */
export async function execute(
  scenario: Scenario,
  inputs: Inputs,
  seed: number,
  options: ExecuteOptions,
): Promise<Executed> {
  try {
    return await inPieces(scenario, inputs, seed, options);
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new RunError(`${scenario.name}, seed ${seed}: ${reason}`, { cause });
  }
}

async function inPieces(
  scenario: Scenario,
  inputs: Inputs,
  seed: number,
  options: ExecuteOptions,
): Promise<Executed> {
  const simulation = new Simulation(scenario, inputs, seed);
  const { durationMs, requestLimit } = scenario;
  let pieces = 0;
  while (!simulation.finished) {
    if (options.interrupt.requested || pieces === options.stopAfterPieces) {
      const stopped = { pieces, atMs: simulation.nowMs, requests: simulation.born };
      return { record: simulation.finish(), stopped };
    }
    simulation.runSome(PIECE);
    pieces++;
    const byTime = durationMs === null ? 0 : simulation.nowMs / durationMs;
    const byCount = requestLimit === null ? 0 : simulation.born / requestLimit;
    options.onPiece(Math.min(1, Math.max(byTime, byCount)), simulation.born, simulation);
    await nextTurn();
  }
  return { record: simulation.finish(), stopped: null };
}
