import { rm, symlink } from "node:fs/promises";

import { beforeAll, describe, expect, it } from "vitest";

import { VERSION } from "../../src/version.ts";
import { sandbox, SMALL } from "./harness.ts";

const box = sandbox();
beforeAll(() => box.write("small.yaml", SMALL));

const FILES = ["manifest.json", "series.csv", "summary.json", "table.txt"];

describe("lbsim run", () => {
  it("prints the tables and writes the folder, which hold the same", async () => {
    const { code, out, err } = await box.lbsim(["run", "small.yaml"]);
    expect(err).toBe("written to results/small/seed-7\n");
    expect(code).toBe(0);
    expect(await box.list("results/small/seed-7")).toEqual(FILES);
    expect(out).toBe(await box.read("results/small/seed-7/table.txt"));
    for (const words of [
      "✓ p99 from 2 s to 10 s below 10.0 s: ",
      "availability",
      "Where the time goes",
      "Balancers and all beneath them",
      "Regions",
      "Cache misses by cause",
      "Changes of the pools",
      "4 joined",
      "conservation",
      `version      lbsim ${VERSION}`,
      "again        lbsim run small.yaml",
    ]) {
      expect(out).toContain(words);
    }
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("gives the same bytes wherever it stands, without a path or a time of day", async () => {
    await box.write("elsewhere/small.yaml", SMALL);
    await box.lbsim(["run", "small.yaml", "-o", "one"]);
    await box.lbsim(["run", box.path("elsewhere/small.yaml"), "-o", "two"]);
    for (const name of FILES) {
      const text = await box.read(`one/small/seed-7/${name}`);
      expect(await box.read(`two/small/seed-7/${name}`)).toBe(text);
      expect(text).not.toContain(box.root);
      expect(text).not.toMatch(/20\d\d-\d\d-\d\d|\d\d:\d\d:\d\d/);
    }
  });

  it("keeps in the manifest all that the run was made from", async () => {
    await box.lbsim(["run", "small.yaml", "--seed", "8", "--set", "fra.strategy=mod-n", "-q"]);
    const [folder] = (await box.list("results/small")).filter((name) => name.includes("seed-8"));
    expect(folder).toMatch(/^seed-8-[0-9a-f]{8}$/);
    const text = await box.read(`results/small/${folder}/manifest.json`);
    const manifest: Record<string, unknown> = JSON.parse(text);
    expect(manifest).toMatchObject({
      format: 1,
      kind: "run",
      lbsim: VERSION,
      name: "small",
      command: "lbsim run small.yaml --seed 8 --set fra.strategy=mod-n",
      partial: false,
      stopped: null,
      seed: 8,
      overrides: [{ path: "fra.strategy", value: "mod-n" }],
      inputs: [],
      scenario: { format: 1, seed: 8, durationMs: 10_000, windowMs: 1_000 },
    });
    expect(manifest.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it("fails where an expectation does, and tells that first", async () => {
    const wanted = `${SMALL}  - { metric: p99, of: fra, below: 1ms }\n`;
    await box.write("strict.yaml", wanted);
    const { code, out } = await box.lbsim(["run", "strict.yaml", "--no-write"]);
    expect(code).toBe(1);
    const lines = out.split("\n").filter((line) => /^[✗✓]/.test(line));
    expect(lines.map((line) => line[0])).toEqual(["✗", "✓"]);
    expect(lines[0]).toMatch(/^✗ p99 of global\/fra from 2 s to 10 s below 1\.00 ms: /);
  });

  it("prints one JSON document and nothing else with --json", async () => {
    const { code, out, err } = await box.lbsim(["run", "small.yaml", "--json", "--no-write"]);
    expect([code, err]).toEqual([0, ""]);
    const document: { runs: unknown[] } = JSON.parse(out);
    expect(document).toMatchObject({ format: 1, kind: "run", lbsim: VERSION, partial: false });
    expect(document.runs).toHaveLength(1);
    expect(document.runs[0]).toMatchObject({
      name: "small",
      seed: 7,
      partial: false,
      folder: null,
      passed: true,
      summary: { format: 1, conservation: { holds: true } },
    });
  });

  it("fits a narrow terminal, and colours only for eyes", async () => {
    const argv = ["run", "small.yaml", "--no-write"];
    const narrow = await box.lbsim(argv, { columns: 50, env: { NO_COLOR: "1" } });
    const tables = narrow.out.split("\n").filter((line) => /[─%]|ms/.test(line));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(50);
    // oxlint-disable-next-line no-control-regex
    expect(narrow.out).not.toMatch(/\u001B/);
    expect((await box.lbsim(argv, { columns: 80 })).out).toContain("\u001B[");
    expect((await box.lbsim(argv, { columns: 80, env: { TERM: "dumb" } })).out).not.toContain(
      "\u001B[",
    );
    expect((await box.lbsim(argv, { env: { FORCE_COLOR: "1" } })).out).toContain("\u001B[");
  });

  it("reads standard input", async () => {
    const { code, out } = await box.lbsim(["run", "-", "--no-write"], { input: SMALL });
    expect(code).toBe(0);
    expect(out).toContain("again        lbsim run -");
  });
});

/** An output that fails in a way that nobody foresaw. */
function onWrite(): never {
  throw new TypeError("broken\nin two lines");
}

describe("lbsim run, what is wrong", () => {
  it("tells every problem of every file before anything runs", async () => {
    await box.write(
      "bad.yaml",
      SMALL.replace("timeout: 2s", "timeout: 2").replace("seed:", "sed:"),
    );
    const argv = ["run", "small.yaml", "bad.yaml", "missing.yaml", "-o", "untouched"];
    const { code, out, err } = await box.lbsim(argv);
    expect([code, out]).toEqual([2, ""]);
    const lines = err.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^bad\.yaml:3:1: /);
    expect(lines[1]).toMatch(/^bad\.yaml:15:12: /);
    expect(lines[2]).toMatch(/^missing\.yaml:1:1: cannot read "missing\.yaml"/);
    expect(await box.list("untouched")).toEqual([]);
  });

  it("tells problems as data with --json", async () => {
    const { code, out } = await box.lbsim(["run", "missing.yaml", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ kind: "diagnostics", valid: false, errorCount: 1 });
  });

  it.each([
    [["run"], /missing required argument/],
    [["run", "small.yaml", "--seed", "x"], /A seed is a whole number/],
    [["run", "small.yaml", "--set", "fra.strategy"], /has no value, write path=value/],
    [["run", "small.yaml", "--set", "fra.strategy=nothing"], /^--set fra\.strategy: /],
    [["run", "small.yaml", "--sed", "1"], /unknown option '--sed'/],
    [["rnu", "small.yaml"], /unknown command 'rnu'/],
    [["run", "."], /it is a folder/],
  ])("%j is a usage error", async (argv, message) => {
    const { code, out, err } = await box.lbsim(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err).not.toContain("    at ");
  });

  it("refuses two scenarios of one name, whose results would replace each other", async () => {
    await box.write("other/small.yaml", SMALL);
    const { code, err } = await box.lbsim(["run", "small.yaml", "other/small.yaml"]);
    expect(code).toBe(2);
    expect(err).toContain("small.yaml and other/small.yaml would write the same result folder");
  });

  it("says in one line that the folder can't be written, and leaves nothing behind", async () => {
    await box.write("closed", "a file where a folder should be");
    const { code, err } = await box.lbsim(["run", "small.yaml", "-o", "closed"]);
    expect(code).toBe(2);
    expect(err).toBe(
      "lbsim: closed/small/seed-7: cannot be written, a part of the path is a file\n",
    );
    expect(await box.read("closed")).toBe("a file where a folder should be");
  });

  it.each([
    ["/proc/lbsim-none", /no folder can be made there|permission denied/],
    ["x".repeat(300), /the name is too long/],
    ["dangling/a", /a link in its path leads nowhere/],
    ["circle/a", /links go in a circle/],
  ])("tells before the run, and does not hang, that %s can't be written", async (to, why) => {
    await rm(box.path("dangling"), { force: true });
    await rm(box.path("circle"), { force: true });
    await symlink("nowhere", box.path("dangling"));
    await symlink("circle", box.path("circle"));
    for (const command of ["run", "compare"]) {
      // Whatever begins to run is interrupted, and ends otherwise.
      const argv = [command, "small.yaml", "-o", to];
      const { code, out, err } = await box.lbsim(argv, { interruptAtLook: 1 });
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(why);
      expect(err.trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it("does not replace a file that stands where the folder goes", async () => {
    await box.write("taken/small/seed-7", "mine");
    const { code, err } = await box.lbsim(["run", "small.yaml", "-o", "taken"]);
    expect(code).toBe(2);
    expect(err).toContain(
      "taken/small/seed-7: cannot be written, a file of that name stands there",
    );
    expect(await box.read("taken/small/seed-7")).toBe("mine");
  });

  it.each([
    [["run", "--json"], /missing required argument 'file'/],
    [["run", "small.yaml", "--json", "--seed", "x"], /A seed is a whole number/],
    [["run", "small.yaml", "--json", "--set", "fra"], /has no value/],
    [["compare", "small.yaml", "--json", "--vary", "fra"], /has no list of values/],
    [["list", "xyz", "--json"], /cannot list "xyz"/],
    [["explain", "nothing-such", "--json"], /nothing is called/],
    [["reproduce", "nowhere", "--json"], /nowhere: cannot be read, there is no such file/],
    [["run", "small.yaml", "--json", "-o", "small.yaml"], /a part of the path is a file/],
  ])("tells %j as a document", async (argv, summary) => {
    const { code, out, err } = await box.lbsim(argv);
    expect(code).toBe(2);
    expect(err).toMatch(summary);
    expect(JSON.parse(out)).toMatchObject({
      format: 1,
      kind: "diagnostics",
      valid: false,
      errorCount: 1,
      diagnostics: [{ severity: "error", summary: expect.stringMatching(summary), range: null }],
    });
  });

  it("calls its own mistakes by their name, with the stack only when asked", async () => {
    const quiet = await box.lbsim(["list"], { onWrite });
    expect(quiet).toEqual({
      code: 3,
      out: "",
      err: "lbsim: internal error: TypeError: broken in two lines\n",
    });
    const loud = await box.lbsim(["list"], { onWrite, env: { LBSIM_DEBUG: "1" } });
    expect(loud.err).toContain("    at ");
  });
});

describe("lbsim run, interrupted", () => {
  /** 20,000 requests are one piece: some three pieces. */
  const LONG = SMALL.replace("duration: 10s", "duration: 300s").replace(
    "window: 1s",
    "window: 10s",
  );

  it("keeps what the run has come to, says so, and can repeat it", async () => {
    await box.write("long.yaml", LONG);
    // Looks: before the run, before the first and before the second piece.
    const stopped = await box.lbsim(["run", "long.yaml", "-o", "cut"], { interruptAtLook: 3 });
    expect(stopped.code).toBe(130);
    expect(stopped.out).toContain("Partial: stopped by hand at ");
    expect(stopped.out).not.toContain("✓");
    const text = await box.read("cut/long/seed-7/manifest.json");
    const manifest: { stopped: { requests: number } } = JSON.parse(text);
    expect(manifest).toMatchObject({ partial: true, stopped: { pieces: 1 } });
    expect(manifest.stopped.requests).toBeGreaterThanOrEqual(20_000);
    expect(JSON.parse(await box.read("cut/long/seed-7/summary.json"))).toMatchObject({
      partial: true,
    });
    expect(await box.lbsim(["reproduce", "cut/long/seed-7"])).toMatchObject({ code: 0 });
  });

  it("keeps the runs before it, and begins no other", async () => {
    // The first run looks twice (before it, before its only piece), the loop once more.
    const argv = ["run", "small.yaml", "long.yaml", "-o", "first"];
    const { code } = await box.lbsim(argv, { interruptAtLook: 3 });
    expect(code).toBe(130);
    expect(await box.list("first")).toEqual(["small"]);
  });
});
