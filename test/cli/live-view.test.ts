/** `run --watch`: what is drawn, how often, and that the terminal is left as it was. */
import { beforeAll, describe, expect, it } from "vitest";

import type { Io } from "../../src/cli/io.ts";
import { createLiveView } from "../../src/cli/live-view.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { Simulation, simulate } from "../../src/simulator/run.ts";
import { sandbox, SMALL } from "./harness.ts";

function small(): Scenario {
  const read = readScenario("small.yaml", () => SMALL);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.scenario;
}

/** What a terminal that knows the few sequences in use shows in the end. */
class Screen {
  private readonly lines: string[] = [];
  private row = 0;
  widest = 0;
  tallest = 0;
  cursorIsShown = true;
  linesWrap = true;

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex
    for (const [piece, code] of text.matchAll(/\u001B\[([?\d]*[A-Za-z])|\n|[^\u001B\n]+/g)) {
      if (piece === "\n") this.row++;
      else if (code === undefined) this.put(piece);
      else if (code === "2K") this.lines[this.row] = "";
      else if (code === "0J") this.lines.length = this.row;
      else if (code === "?25l") this.cursorIsShown = false;
      else if (code === "?25h") this.cursorIsShown = true;
      else if (code === "?7l") this.linesWrap = false;
      else if (code === "?7h") this.linesWrap = true;
      else if (/^\d+A$/.test(code)) this.row -= Number.parseInt(code, 10);
      else throw new Error(`an unknown sequence: ${code}`);
      if (this.row < 0) throw new Error("the cursor left the picture");
    }
  }

  get shown(): string[] {
    return this.lines.filter((line) => line !== "");
  }

  private put(text: string): void {
    this.lines[this.row] = (this.lines[this.row] ?? "") + text;
    this.widest = Math.max(this.widest, this.lines[this.row].length);
    this.tallest = Math.max(this.tallest, this.row + 1);
  }
}

function ioOn(screen: Screen, columns: number, interrupted = false, term = "xterm"): Io {
  const output = { write: (text: string) => screen.write(text), isTerminal: true, columns };
  return {
    cwd: ".",
    pages: "no-pages",
    env: { TERM: term },
    out: output,
    err: output,
    terminal: undefined,
    interrupt: { requested: interrupted },
    readInput: () => Promise.resolve(new Uint8Array()),
  };
}

describe("on a terminal", () => {
  it.each([80, 40, 200])(
    "of %i columns it draws over itself, and leaves nothing behind",
    (columns) => {
      const scenario = small();
      const simulation = new Simulation(scenario);
      const screen = new Screen();
      let nowMs = 0;
      const view = createLiveView(scenario, ioOn(screen, columns), () => (nowMs += 150));
      for (let atMs = 500; atMs <= 10_000; atMs += 500) {
        simulation.runUntil(atMs);
        view.update(simulation, atMs / 10_000);
      }
      expect(screen.widest).toBeLessThan(columns);
      expect(screen.cursorIsShown).toBe(false);
      const [head, rate, p99, ...rest] = screen.shown;
      expect(head).toMatch(/^small {2}█+ {2}100 %/);
      // Ten windows.
      if (columns >= 80) expect(rate).toMatch(/^rate {4}\d+\/s .*[▁-█]{10}$/);
      expect(p99).toMatch(/^p99 +[\d.]+ ms/);
      expect(rest.some((line) => /^ {2}fra +[█░]{20}/.test(line))).toBe(true);
      view.stop();
      expect([screen.shown, screen.cursorIsShown, screen.linesWrap]).toEqual([[], true, true]);
      // As it would have been unseen.
      expect(simulation.finish().fingerprint).toBe(simulate(scenario).fingerprint);
    },
  );

  it("draws at most ten times a second", () => {
    const scenario = small();
    const simulation = new Simulation(scenario);
    let nowMs = 0;
    let drawn = 0;
    const io = ioOn(new Screen(), 80);
    const err = { ...io.err, write: () => void drawn++ };
    const view = createLiveView(scenario, { ...io, err }, () => nowMs);
    for (; nowMs < 1_000; nowMs += 7) view.update(simulation, 0);
    expect(drawn).toBeLessThanOrEqual(10);
    expect(drawn).toBeGreaterThan(5);
  });

  it("keeps the picture after Ctrl-C, under which a word was said, and gives the cursor back", () => {
    const scenario = small();
    const simulation = new Simulation(scenario);
    simulation.runUntil(3_000);
    const screen = new Screen();
    const view = createLiveView(scenario, ioOn(screen, 80, true), () => 0);
    view.update(simulation, 0.3);
    screen.write("lbsim: stopping\n");
    view.stop();
    expect(screen.shown.at(-1)).toBe("lbsim: stopping");
    expect(screen.shown[0]).toContain("30 %");
    expect([screen.cursorIsShown, screen.linesWrap]).toEqual([true, true]);
  });

  it("that is dumb gets lines, as a pipe does", () => {
    const scenario = small();
    const simulation = new Simulation(scenario);
    const screen = new Screen();
    const view = createLiveView(scenario, ioOn(screen, 80, false, "dumb"));
    for (let atMs = 500; atMs <= 10_000; atMs += 500) {
      simulation.runUntil(atMs);
      view.update(simulation, atMs / 10_000);
    }
    view.stop();
    expect(screen.shown.length).toBe(10);
    expect(screen.shown[9]).toMatch(/^small 100 %: \d+\/s, p99 .* ms, errors .* %, misses .* %, /);
  });
});

describe("the command", () => {
  const box = sandbox();
  beforeAll(() => box.write("small.yaml", SMALL));

  it("runs the same run, watched or not, and prints the same", async () => {
    const plain = await box.lbsim(["run", "small.yaml", "--no-write"]);
    const watched = await box.lbsim(["run", "small.yaml", "--no-write", "--watch"]);
    expect(watched.out).toBe(plain.out);
    expect(watched.err).toMatch(/^small 100 %: /);
    const quiet = await box.lbsim(["run", "small.yaml", "--no-write", "--watch", "-q"]);
    expect(quiet.err).toBe("");
  });

  it("adds the courses to tables on a terminal, and nowhere else", async () => {
    const plain = await box.lbsim(["run", "small.yaml"]);
    expect(plain.out).not.toContain("over time");
    const seen = await box.lbsim(["run", "small.yaml"], { columns: 80, env: { NO_COLOR: "1" } });
    expect(seen.out).toContain("p99 over time");
    expect(seen.out).toMatch(/^europe .* [▁-█]{10}$/m);
    expect(seen.out.split("\n").every((line) => line.length <= 80)).toBe(true);
    expect(await box.read("results/small/seed-7/table.txt")).not.toContain("over time");
    const compare = ["compare", "small.yaml", "--seeds", "2", "--no-write"];
    const compared = await box.lbsim(compare, { columns: 80, env: { NO_COLOR: "1" } });
    expect(compared.out).toMatch(/^ring-hash .*[▁-█]{10}$/m);
    expect((await box.lbsim(compare)).out).not.toContain("over time");
  });
});
