/** Random scenarios played by hand, to and fro: what is saved is the run that was seen. */
import { array, assert, gen, nat, property, tuple } from "fast-check";
import { expect, it } from "vitest";
import { loadInputs } from "../../src/scenario/inputs.ts";
import { formatProblem, readScenario } from "../../src/scenario/read-scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { Lane } from "../../src/web/playground/engine/lane.ts";
import { openPlayback } from "../../src/web/playground/engine/playback.ts";
import type { Touch } from "../../src/web/playground/engine/protocol.ts";
import { loaderOf } from "../scenario/helpers.ts";
import { Draws } from "../simulator/random-choice.ts";
import { FILES, randomText } from "../simulator/random-scenario.ts";

const NAME = "random.yaml";
/** Of a run without an end in time, ms. */
const USUAL_MS = 800;

/** One of each kind, at some node. */
function touchesAt(lane: Lane, pick: number): Touch[] {
  const nodes = lane.watcher.facts();
  const node = nodes[pick % nodes.length].path;
  const [one, other = one] = lane.scenario.places.map(({ name }) => name);
  const strategies = ["ring-hash", "geo", "least-connections", "maglev", "round-robin"];
  return [
    { kind: "fail", node, manner: "crash" },
    { kind: "fail", node, manner: "silence" },
    { kind: "recover", node },
    { kind: "slow", node, factor: 1 + (pick % 5) },
    { kind: "drain", node },
    { kind: "remove", node },
    { kind: "add", to: node, count: 1 + (pick % 2) },
    { kind: "rate", region: "*", times: 0.5 + (pick % 3) },
    { kind: "strategy", node, strategy: strategies[pick % strategies.length] },
    { kind: "weight", node, weight: pick % 4 },
    { kind: "cut", between: [one, other] },
    { kind: "mend", between: [one, other] },
  ];
}

function repeated(text: string): { fingerprint: string; bornTotal: number } {
  const loader = loaderOf({ ...FILES, [NAME]: text });
  const read = readScenario(NAME, loader);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const inputs = loadInputs(read.files, loader);
  if ("problems" in inputs) throw new Error(inputs.problems.map(formatProblem).join("\n"));
  return simulate(read.scenario, inputs);
}

it("is the same on the command line, whatever was touched and however often it went back", () => {
  let done = 0;
  const moves = array(tuple(nat(1_000), nat(1_000), nat(11), nat(4)), {
    minLength: 1,
    maxLength: 5,
  });
  const played = property(gen(), moves, (draw, list) => {
    const text = randomText(new Draws(draw));
    const playback = openPlayback({ text, name: NAME, files: FILES }, [], () => 0);
    if ("problems" in playback) throw new Error(JSON.stringify(playback.problems));
    const [lane] = playback.lanes;
    const wholeMs = lane.scenario.durationMs ?? USUAL_MS;
    for (const [by, pick, kind, how] of list) {
      const backMs = Math.max(0, playback.nowMs - (by * wholeMs) / 4_000);
      if (how === 0) playback.rewind();
      if (how === 1) playback.step(0);
      else playback.advance(how === 0 ? backMs : playback.nowMs + (by * wholeMs) / 2_500);
      const touched = playback.touch(touchesAt(lane, pick)[kind]);
      // What makes no sense there is refused, and leaves no trace.
      if ("problems" in touched) continue;
      done++;
      playback.advance(touched.toMs);
    }
    playback.advance(Infinity);
    const { fingerprint, bornTotal } = repeated(lane.textWith(lane.touches));
    expect([fingerprint, bornTotal]).toEqual([lane.simulation.fingerprint, lane.simulation.born]);
  });
  // Longer searches have found nothing; shrinking would take minutes.
  assert(played, { seed: 20_261_123, numRuns: 20, endOnFailure: true });
  expect(done).toBeGreaterThan(20);
});
