/**
 * The playground's engine in Node: each touch has its effect, and what was played is a scenario.
 */
import { array, asyncProperty, assert, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import {
  type Answer,
  FIGURES,
  type FigureName,
  type Frame,
  NODE_STATES,
  type Touch,
} from "../../src/web/playground/engine/protocol.ts";
import { OUTCOMES } from "../../src/statistics/run-record.ts";
import { Sandbox } from "../cli/harness.ts";
import { gallery, Player } from "./playing.ts";

/** Two datacenters, each asked from both places; every second some 300 requests. */
const TEXT = `# What was written stays as it was written.
question: Does it play?
expectation: It does.
seed: 11
duration: 12s # long enough
window: 1s
clients:
  europe: { at: frankfurt, users: 100, arrivals: { poisson: 200/s } }
  brazil: { at: sao-paulo, users: 50, arrivals: { poisson: 100/s } }
requests:
  objects: { count: 500, zipf: 0.8 }
  affinity: object
  demand: { exponential: 4ms }
  on-miss: { constant: 10ms }
  timeout: 1s
balancer:
  name: global
  strategy: round-robin
  health: { interval: 200ms, timeout: 700ms, fall: 2, rise: 2 }
  targets:
    - name: fra
      at: frankfurt
      strategy: ring-hash
      health: { interval: 200ms, timeout: 100ms, fall: 2, rise: 2 }
      targets:
        - { machines: 3, cache: { lru: 100 } }
    - name: gru
      at: sao-paulo
      strategy: least-connections
      targets:
        - { machines: 2, cores: 2, cache: { lru: 100 } }
events: # the second one
  # is far away
  - { at: 9s, add: 1 machine, to: fra }
  - { at: 10s, rate: europe, times: 2 } # at last

compare:
  fra.strategy: [mod-n, ring-hash]
`;

async function opened(...lanes: string[]): Promise<Player> {
  const player = new Player();
  const orders = lanes.map((override) => ({ label: "", overrides: [override] }));
  await player.open("played.yaml", TEXT, orders);
  return player;
}

/** Columns of a lane by path. */
function at(frame: Frame, path: string, lane = 0) {
  const nodes = PATHS.get(path) ?? -1;
  const { columns } = frame.lanes[lane];
  return {
    state: NODE_STATES[columns.state[nodes]],
    believedUp: columns.believedUp[nodes],
    slowed: columns.slowed[nodes],
    received: columns.received[nodes],
    utilization: columns.utilization[nodes],
  };
}
const PATHS = new Map(
  ["global", "global/fra", "global/fra/1", "global/fra/2", "global/fra/3", "global/gru"].map(
    (path, id) => [path, id],
  ),
);

/** The last value of a figure. */
function figure(frame: Frame, name: FigureName, lane = 0): number {
  return frame.lanes[lane].figures.columns[FIGURES.indexOf(name)].at(-1) ?? NaN;
}

const outcome = (frame: Frame, name: (typeof OUTCOMES)[number], lane = 0): number =>
  frame.lanes[lane].outcomes[OUTCOMES.indexOf(name)];

/** The fingerprint of a saved lane when it is run from its text. */
function again({
  text,
  name,
  command,
}: {
  text: string;
  name: string;
  command: readonly string[];
}) {
  const sets = command.flatMap((word, i) => (word === "--set" ? [command[i + 1]] : []));
  const overrides = sets.map((set) => {
    const [path, value] = set.split("=");
    return { path, value };
  });
  const read = readScenario(name, () => text, { overrides });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return simulate(read.scenario).fingerprint;
}

/** Without what hangs on what the page has been told already. */
const comparable = (frame: Frame) => ({
  nowMs: frame.nowMs,
  links: frame.links,
  lanes: frame.lanes.map((lane) => ({ ...lane, nodes: null, figures: null })),
});

describe("a touch", () => {
  /** Plays to 3 s, touches, plays to 6 s. */
  async function touched(...touches: Touch[]) {
    const player = await opened();
    const before = await player.to(3_000);
    for (const touch of touches) await player.touch(touch);
    const after = await player.to(6_000);
    return { player, before, after };
  }

  it("crashes a machine: it refuses, until it is believed down", async () => {
    const { after } = await touched({ kind: "fail", node: "global/fra/2", manner: "crash" });
    expect(at(after, "global/fra/2")).toMatchObject({ state: "crashed", believedUp: 0 });
    expect(outcome(after, "failed")).toBeGreaterThan(0);
    expect(outcome(after, "timed-out")).toBe(0);
  });

  it("silences a datacenter with all beneath it, and recovers it", async () => {
    const { player, after } = await touched({
      kind: "fail",
      node: "global/fra",
      manner: "silence",
    });
    expect(at(after, "global/fra")).toMatchObject({ state: "silent", believedUp: 0 });
    expect(at(after, "global/fra/1").state).toBe("silent");
    expect(outcome(after, "timed-out")).toBeGreaterThan(0);
    await player.touch({ kind: "recover", node: "global/fra" });
    const later = await player.to(8_000);
    expect(at(later, "global/fra")).toMatchObject({ state: "up", believedUp: 1 });
    expect(at(later, "global/fra/1").state).toBe("up");
  });

  it("slows a machine to a factor, whatever it was before, and lets it be as it was", async () => {
    const node = "global/fra/2";
    const { player, before, after } = await touched(
      { kind: "slow", node, factor: 8 },
      { kind: "slow", node, factor: 2.5 },
    );
    expect(at(after, node).slowed).toBe(2.5);
    expect(at(after, node).utilization).toBeGreaterThan(1.5 * at(before, node).utilization);
    expect(at(await player.touch({ kind: "slow", node, factor: 1 }), node).slowed).toBe(1);
  });

  it("drains a machine, which leaves; removes one at once", async () => {
    const { after } = await touched(
      { kind: "drain", node: "global/fra/1" },
      { kind: "remove", node: "global/fra/2" },
    );
    expect(at(after, "global/fra/1").state).toBe("removed");
    expect(at(after, "global/fra/2").state).toBe("removed");
    // What left in good order lost nothing; what was cut lost at most what it had.
    expect(outcome(after, "failed")).toBeLessThanOrEqual(outcome(after, "completed") / 100);
  });

  it("adds machines, which take their part; those of the file get later numbers", async () => {
    const { player, before, after } = await touched({ kind: "add", to: "global/gru", count: 2 });
    const nodes = (frame: Frame) => frame.lanes[0].columns.state.length;
    expect(nodes(after)).toBe(nodes(before) + 2);
    expect(after.lanes[0].columns.received.at(-1)).toBeGreaterThan(20);
    await player.touch({ kind: "add", to: "global/fra", count: 1 });
    const later = await player.to(11_000);
    const names = later.lanes[0].nodes?.slice(nodes(before));
    expect(names?.map(({ path }) => path)).toEqual([
      "global/gru/3",
      "global/gru/4",
      "global/fra/4",
      "global/fra/5",
    ]);
  });

  it("cuts and delays a link, and mends it", async () => {
    const between = ["frankfurt", "sao-paulo"] as const;
    const { player, before, after } = await touched({ kind: "cut", between });
    expect(after.links).toEqual([{ between: [0, 1], cut: true, addedMs: 0 }]);
    expect(outcome(after, "timed-out")).toBeGreaterThan(0);
    await player.touch({ kind: "mend", between });
    const slow = await player.touch({ kind: "delay", between, byMs: 200 });
    expect(slow.links).toEqual([{ between: [0, 1], cut: false, addedMs: 200 }]);
    const later = await player.to(8_000);
    expect(figure(later, "p99")).toBeGreaterThan(figure(before, "p99") + 100);
    expect((await player.touch({ kind: "mend", between })).links).toEqual([]);
  });

  it("drags a rate to a factor of the file's, on top of what the file's events do", async () => {
    const rate = (region: string, times: number): Touch => ({ kind: "rate", region, times });
    const { player, before, after } = await touched(rate("*", 7), rate("europe", 3), rate("*", 3));
    // 300/s and 900/s in windows of 0.1 s: over 25 windows σ is 11 and 19/s; 4 σ.
    const mean = (frame: Frame) => {
      const born = frame.lanes[0].figures.columns[0].slice(-25);
      return born.reduce((sum, value) => sum + value, 0) / born.length;
    };
    expect(Math.abs(mean(before) - 300)).toBeLessThan(44);
    expect(Math.abs(mean(after) - 900)).toBeLessThan(76);
    const { text } = await player.save();
    expect(text).toContain('- { at: 3001ms, rate: "*", times: 7 }');
    expect(text).toContain("- { at: 3002ms, rate: europe, times: 0.428571 }");
    expect(text).toContain("- { at: 3003ms, rate: brazil, times: 0.428571 }");
  });

  it("changes a strategy with its settings, and a weight", async () => {
    const { player, after } = await touched(
      { kind: "strategy", node: "global", strategy: "{ weighted-round-robin: {} }" },
      { kind: "weight", node: "global/fra", weight: 0 },
      { kind: "strategy", node: "global/gru", strategy: "{ ring-hash: { nodes: 7 } }" },
    );
    expect(after.lanes[0].columns.inFlight[1]).toBe(0);
    const frames = player.answers.filter((answer) => answer.kind === "frame");
    const told = frames.flatMap(({ lanes }) => lanes[0].nodes ?? []).slice(-PATHS.size - 2);
    const [root, , , , , gru] = told.map(({ strategyWords }) => strategyWords);
    expect([root, gru]).toEqual([expect.stringMatching("weighted"), expect.stringMatching("7")]);
  });

  it("that makes no sense is refused in words, and changes nothing", async () => {
    const player = await opened();
    await player.to(1_000);
    const wrong: [Touch, RegExp][] = [
      [{ kind: "fail", node: "global/atlantis", manner: "crash" }, /atlantis/],
      [{ kind: "strategy", node: "global/fra", strategy: "magic" }, /magic/],
      [{ kind: "strategy", node: "global/fra", strategy: "{ [" }, /./],
      [{ kind: "slow", node: "global/fra/1", factor: 0 }, /factor/],
      [{ kind: "add", to: "global/fra", count: -1 }, /machines/],
      [{ kind: "remove", node: "global" }, /global/],
      [{ kind: "rate", region: "europe", times: NaN }, /factor/],
      [{ kind: "fail", node: "<img src=x>", manner: "crash" }, /img/],
    ];
    for (const [touch, message] of wrong) {
      const { problems } = await player.ask("problems", { kind: "touch", touch });
      expect(problems[0]).toMatchObject({ line: 0, message: expect.stringMatching(message) });
    }
    expect((await player.save()).text).toBe(TEXT);
    expect((await player.ask("frame", { kind: "frame" })).nowMs).toBe(1_000);
    await player.to(12_000);
    const late = await player.ask("problems", {
      kind: "touch",
      touch: { kind: "recover", node: "global/fra/1" },
    });
    expect(late.problems[0].message).toBe("the run is over");
  });
});

describe("what was played", () => {
  const box = new Sandbox();
  beforeAll(() => box.open());
  afterAll(() => box.close());

  it("repeats on the command line with the same fingerprint", async () => {
    const player = await opened("fra.strategy=mod-n", "fra.strategy=maglev");
    await player.to(2_000);
    await player.touch({ kind: "rate", region: "brazil", times: 4 });
    await player.ask("frame", { kind: "step", lane: 1 });
    await player.touch({ kind: "fail", node: "global/gru/1", manner: "silence" });
    await player.to(4_000.25);
    // The first strategy that wants reports: they travel from the start, so it all runs anew.
    await player.touch({
      kind: "strategy",
      node: "global",
      strategy: "{ geo: { utilization: 3 } }",
    });
    await player.touch({ kind: "strategy", node: "global/fra", strategy: "power-of-d" }, 1);
    await player.to(12_000);
    for (const lane of [0, 1]) {
      const saved = await player.save(lane);
      await box.write(saved.name, saved.text);
      expect(saved.command.slice(0, 3)).toEqual(["lbsim", "run", "played.yaml"]);
      const { out, err } = await box.lbsim([...saved.command.slice(1), "--json", "--no-write"]);
      expect(err).toBe("");
      expect(out).toContain(`"fingerprint": "${saved.fingerprint}"`);
    }
  });

  it("keeps the file's comments, and adds lines at the end of its events", async () => {
    const player = await opened();
    await player.to(4_000);
    await player.touch({ kind: "fail", node: "global/gru/1", manner: "silence" });
    const { text, fingerprint } = await player.save();
    const added = "  - { at: 4001ms, fail: global/gru/1, manner: silence }\n";
    expect(text).toBe(TEXT.replace("# at last\n", `# at last\n${added}`));
    expect(fingerprint).toBeNull();
  });

  it("is the same however it was played: touches, steps, pauses and ways back", async () => {
    const touches = constantFrom<Touch>(
      { kind: "fail", node: "global/fra/1", manner: "crash" },
      { kind: "recover", node: "global/fra/1" },
      { kind: "slow", node: "global/gru/2", factor: 5 },
      { kind: "drain", node: "global/gru/1" },
      { kind: "add", to: "global/fra", count: 1 },
      { kind: "cut", between: ["frankfurt", "sao-paulo"] },
      { kind: "delay", between: ["frankfurt", "sao-paulo"], byMs: 30 },
      { kind: "mend", between: ["frankfurt", "sao-paulo"] },
      { kind: "rate", region: "*", times: 1.5 },
      { kind: "strategy", node: "global/gru", strategy: "ring-hash" },
      { kind: "strategy", node: "global", strategy: "least-connections" },
      { kind: "weight", node: "global/fra/3", weight: 3 },
    );
    const moves = array(
      record({
        touch: touches,
        byMs: integer({ min: 0, max: 20_000 }),
        how: integer({ min: 0, max: 4 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const played = asyncProperty(moves, async (list) => {
      const player = await opened();
      let frame = await player.to(0);
      for (const { touch, byMs, how } of list) {
        if (how === 0) frame = await player.seek(Math.max(0, frame.nowMs - byMs / 10));
        else if (how === 1) frame = await player.ask("frame", { kind: "step", lane: 0 });
        else frame = await player.to(Math.min(11_000, frame.nowMs + byMs / 10));
        // What has left can neither drain nor recover: such touches are refused, and leave no
        // trace.
        await player.send({ kind: "touch", touch });
        frame = await player.ask("frame", { kind: "frame" });
      }
      const end = await player.to(12_000);
      const saved = await player.save();
      expect(end.lanes[0].fingerprint).toBe(saved.fingerprint);
      expect(again(saved)).toBe(saved.fingerprint);
    });
    await assert(played, { seed: 20_261_122, numRuns: 12, endOnFailure: true });
  });
});

describe("time", () => {
  it("goes back and forth to equal frames", async () => {
    const player = await opened("fra.strategy=mod-n", "fra.strategy=ring-hash");
    await player.to(2_500);
    await player.touch({ kind: "add", to: "global/fra", count: 1 });
    const there = await player.to(5_000);
    const further = await player.to(7_000);
    const back = await player.seek(5_000);
    expect(comparable(back)).toEqual(comparable(there));
    expect(back.lanes[0].figures.first).toBe(0);
    expect(back.lanes[0].nodes?.length).toBe(there.lanes[0].columns.state.length);
    expect(comparable(await player.seek(7_000))).toEqual(comparable(further));
  });

  it("gives way to a later order while it goes back, and says how far it came", async () => {
    const player = new Player();
    await player.open("flagship.yaml", gallery["flagship.yaml"]);
    const meanwhile: Promise<Answer[]>[] = [];
    player.onPause = () => {
      if (meanwhile.length === 0) meanwhile.push(player.send({ kind: "frame" }));
    };
    const frame = await player.seek(180_000);
    expect(frame.nowMs).toBeLessThan(180_000);
    expect(frame.nowMs).toBeGreaterThan(0);
    await Promise.all(meanwhile);
    expect(player.answers.at(-1)?.kind).toBe("frame");
  });

  it("is one for all lanes, on the same traffic; a step is one event of one lane", async () => {
    const player = await opened(
      "fra.strategy=mod-n",
      "fra.strategy=ring-hash",
      "gru.strategy=random",
    );
    const frame = await player.to(3_000);
    expect(new Set(frame.lanes.map(({ born }) => born)).size).toBe(1);
    expect(new Set(frame.lanes.map(({ fingerprint }) => fingerprint)).size).toBe(3);
    let before = frame.nowMs;
    for (let i = 0; i < 50; i++) {
      const { nowMs, stepped, lanes } = await player.ask("frame", { kind: "step", lane: i % 3 });
      expect(stepped).not.toBeNull();
      expect(nowMs).toBeGreaterThanOrEqual(before);
      // Whose event is a birth has borne one more than those who wait for it.
      const births = lanes.map(({ born }) => born);
      expect(Math.max(...births) - Math.min(...births)).toBeLessThanOrEqual(1);
      before = nowMs;
    }
    const end = await player.to(1e9);
    expect(end).toMatchObject({ nowMs: 12_000, finished: true });
    expect(new Set(end.lanes.map(({ born }) => born)).size).toBe(1);
  });
});

describe("following", () => {
  it("tells each decision with belief beside truth, and parts that sum to the latency", async () => {
    const player = await opened();
    await player.to(2_000);
    const touch: Touch = { kind: "fail", node: "global/fra/2", manner: "silence" };
    await player.touch(touch);
    const first = await player.ask("followed", { kind: "follow", lane: 0, what: { nextAt: 1 } });
    expect(first).toMatchObject({ lane: 0, request: null, gone: false });
    let told = first;
    for (let i = 0; i < 40 && told.request?.end == null; i++) {
      const { nowMs } = await player.ask("frame", { kind: "frame" });
      const answers = await player.send({ kind: "advance", toMs: nowMs + 50, maxWallMs: 1e9 });
      told = answers.find((answer) => answer.kind === "followed") ?? told;
    }
    const { request } = told;
    if (request?.end == null) throw new Error("nobody came by, or nobody came to an end");
    const inner = request.decisions.at(-1)!;
    expect(inner.balancer).toBe(1);
    expect(inner.targets[0]).toMatchObject({ node: inner.chosen, chosen: true });
    expect(inner.owner).not.toBeNull();
    // Nobody has noticed yet.
    const silent = inner.targets.find(({ node }) => node === 3);
    expect(silent).toMatchObject({ believedUp: true, up: false });
    expect(request.story[0].atMs).toBe(request.bornMs);
    const { outcome: how, latencyMs, parts, atMs } = request.end;
    expect(atMs - request.bornMs).toBe(latencyMs);
    const sum = parts.reduce((total, { ms }) => total + ms, 0);
    if (how === "completed") expect(sum).toBeCloseTo(latencyMs, 9);
    else expect(parts).toEqual([]);
  });

  it("changes nothing; what is gone is said to be gone", async () => {
    const [watched, alone] = await Promise.all([opened(), opened()]);
    for (let toMs = 500; toMs <= 6_000; toMs += 500) {
      const { lanes } = await watched.to(toMs);
      const { dots } = lanes[0];
      if (dots.count === 0) continue;
      const what = { dot: dots.id[0] };
      const { request } = await watched.ask("followed", { kind: "follow", lane: 0, what });
      expect(request?.dot).toBe(what.dot);
    }
    const gone = await watched.ask("followed", { kind: "follow", lane: 0, what: { dot: 0 } });
    expect(gone).toMatchObject({ request: null, gone: true });
    await watched.ask("followed", { kind: "follow", lane: 0, what: "stop" });
    const [a, b] = [await watched.to(12_000), await alone.to(12_000)];
    expect(a.lanes[0].fingerprint).toBe(b.lanes[0].fingerprint);
  });
});

describe("dots", () => {
  it("are where their requests are, and stay themselves", async () => {
    const player = await opened();
    const { lanes } = await player.to(4_000);
    const { dots, columns } = lanes[0];
    expect(dots.count).toBe(dots.inFlight);
    const running = dots.state.filter((state) => state === 3).length;
    expect(running).toBe(columns.running[0]);
    expect(dots.part.every((part) => part >= 0 && part <= 1)).toBe(true);
    const later = (await player.to(4_001)).lanes[0].dots;
    const stayed = [...later.id].filter((id) => dots.id.includes(id));
    expect(stayed.length).toBeGreaterThan(dots.count / 2);
  });

  it("are at most two thousand, whoever is many", async () => {
    const player = await opened();
    await player.to(1_000);
    await player.touch({ kind: "fail", node: "global", manner: "silence" });
    await player.touch({ kind: "rate", region: "*", times: 20 });
    const { dots } = (await player.to(1_900)).lanes[0];
    expect(dots.inFlight).toBeGreaterThan(4_000);
    expect(dots.count).toBeGreaterThan(500);
    expect(dots.count).toBeLessThanOrEqual(2_000);
    expect(dots.id.length).toBe(2_000);
  });
});

describe("texts", () => {
  it("that are wrong are told with their line, and what was open goes on", async () => {
    const player = await opened();
    await player.to(1_000);
    const wrong = TEXT.replace("ring-hash\n", "ring-hush\n");
    const { problems } = await player.ask("problems", {
      kind: "open",
      text: wrong,
      name: "wrong.yaml",
      lanes: [],
    });
    expect(problems[0]).toMatchObject({ line: 23, fix: expect.stringContaining("ring-hash") });
    expect((await player.ask("frame", { kind: "frame" })).nowMs).toBe(1_000);
    const check = await player.ask("problems", { kind: "check", text: TEXT, name: "played.yaml" });
    expect(check.problems).toEqual([]);
    const lanes = [{ label: "", overrides: ["fra.strategy=ring-hush"] }];
    const order = { kind: "open", text: TEXT, name: "played.yaml", lanes } as const;
    expect((await player.ask("problems", order)).problems).toMatchObject([
      {
        line: 0,
        message:
          'the setting "fra.strategy=ring-hush" of lane 1, under Lanes: ' +
          'strategy: no strategy is called "ring-hush"',
        fix: 'did you mean "ring-hash"?',
      },
    ]);
    // A scenario pasted over lanes of another.
    const [fits, not] = ["fra.strategy=maglev", "ams.strategy=maglev"];
    for (const [setting, said] of [
      [not, '"ams" matches nothing'],
      ["maglev", "has no value"],
    ]) {
      const two = [fits, setting].map((override) => ({ label: "", overrides: [override] }));
      const { problems: told } = await player.ask("problems", { ...order, lanes: two });
      expect(told[0].message).toContain(`the setting "${setting}" of lane 2, under Lanes`);
      expect(told[0].message).toContain(said);
      expect(JSON.stringify(told)).not.toContain("--set");
    }
    expect((await player.ask("failed", { kind: "save", lane: 3 })).message).toContain("lane 3");
  });
});

describe("the gallery", () => {
  it("tells of a balancer's layer, and what it does beside picking", async () => {
    const { lanes } = await new Player().open("layer-7.yaml", gallery["layer-7.yaml"]);
    const told = lanes[0].nodes.map(({ does }) => does.join("\n"));
    expect(told[0]).toMatch(/^layer 7: /m);
    expect(told[0]).toMatch(/^each replica has 2 cores for work of its own/m);
    expect(told.at(-1)).toBe("");
  });

  it.each(Object.keys(gallery))("%s opens, advances and is saved as it runs", async (name) => {
    const player = new Player();
    const { durationMs, question } = await player.open(name, gallery[name]);
    expect(question).not.toBe("");
    const frame = await player.to((durationMs ?? 10_000) / 50);
    expect(frame.lanes[0].born).toBeGreaterThan(0);
    const { text, command } = await player.save();
    const read = readScenario(name, () => text);
    expect("problems" in read ? read.problems : []).toEqual([]);
    expect(command).toEqual(["lbsim", "run", name]);
  });
});
