import { rm } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";

import { parseComparison } from "../../src/report/comparison-check.ts";
import { sandbox, SMALL } from "./harness.ts";

const box = sandbox();
beforeAll(() => box.write("small.yaml", SMALL));

const FILES = ["manifest.json", "series.csv", "summary.json", "table.txt"];

interface Document {
  readonly partial: boolean;
  readonly comparison: {
    readonly done: number;
    readonly rows: readonly { label: string; seeds: readonly number[]; equalToFirst: boolean }[];
  };
}
function documentIn(text: string): Document {
  const document: Document = JSON.parse(text);
  return document;
}

describe("lbsim compare", () => {
  it("prints a row a variant, then the differences to the first, and writes the folder", async () => {
    const { code, out, err } = await box.lbsim(["compare", "small.yaml", "--seeds", "3"]);
    expect([code, err]).toEqual([0, "written to results/small/compare-seeds-1-3\n"]);
    expect(await box.list("results/small/compare-seeds-1-3")).toEqual(FILES);
    expect(out).toBe(await box.read("results/small/compare-seeds-1-3/table.txt"));
    expect(out).toMatch(/^mod-n .*\nring-hash /m);
    expect(out).toContain("runs  6 of 6 (2 variants × 3 seeds, the same traffic for all)");
    expect(out).toContain("Before and after: the change at 5 s (global/fra: 4 joined)");
    expect(out).toContain("Differences to mod-n, with 95 % intervals");
    // From 3 to 4 machines mod-n keeps min(3,4)/lcm(3,4) = 1/4 of the keys and a ring 3/4, so it
    // moves 50 points less. With 100 points a machine the newcomer's share of 25 % has σ ≈ 25
    // %/√100 = 2.5 points: 4 σ are 10.
    const [, moved = ""] = /^keys moved, points +(−[\d.]+) ± [\d.]+ ✓$/m.exec(out) ?? [];
    expect(Math.abs(Number(moved.replace("−", "-")) + 50)).toBeLessThan(10);
    expect(out).toContain("again        lbsim compare small.yaml --seeds 1..3");
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("takes ten seeds from the scenario's own on, where nothing is said", async () => {
    const { out } = await box.lbsim(["compare", "small.yaml", "--json", "--no-write"]);
    const { comparison } = documentIn(out);
    const seeds = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    expect(comparison.rows.map((row) => row.seeds)).toEqual([seeds, seeds]);
  });

  it("varies what the command line says, and finds two copies equal to the byte", async () => {
    const argv = ["compare", "small.yaml", "--seeds", "2", "--vary", "fra.strategy=random,random"];
    const { out } = await box.lbsim([...argv, "--no-write", "-q"]);
    expect(out).toContain("random (2)");
    expect(out).toContain("equal to the byte");
    expect(out).not.toContain("no difference shown");
    const json = documentIn((await box.lbsim([...argv, "--no-write", "--json"])).out);
    expect(json.comparison.rows.map((row) => row.equalToFirst)).toEqual([false, true]);
  });

  it("judges what is expected for each variant and seed, and still exits with 0", async () => {
    const expected = `expect:
  - { metric: p99, below: 10s }
  - { metric: keys-moved, of: fra, during: 4s..6s, below: 50% }
`;
    await box.write("judged.yaml", SMALL.replace(/expect:\n.*\n/, expected));
    const argv = ["compare", "judged.yaml", "--seeds", "2"];
    const { code, out } = await box.lbsim(argv);
    expect(code).toBe(0);
    const [, table = ""] = out.split("Expectations: in how many seeds each holds\n");
    // mod-n moves three quarters of the keys, a ring a quarter.
    expect(table).toMatch(/^mod-n +2 of 2 ✓ +0 of 2 ✗$/m);
    expect(table).toMatch(/^ring-hash +2 of 2 ✓ +2 of 2 ✓$/m);
    expect(table.replace(/\s+/g, " ")).toContain("The exit code does not depend on them here");
    const summary = await box.read("results/judged/compare-seeds-1-2/summary.json");
    const { comparison }: { comparison: { expectations: unknown } } = JSON.parse(summary);
    expect(comparison.expectations).toMatchObject([
      { metric: "p99", of: null, duringMs: null, below: 10_000, held: [2, 2] },
      { metric: "keys-moved", of: "global/fra", duringMs: [4000, 6000], below: 0.5, held: [0, 2] },
    ]);
    expect((await box.lbsim(["reproduce", "results/judged"])).code).toBe(0);
    expect(parseComparison(summary)).toMatchObject({ comparison: { done: 4 } });
    // One count a variant: a page of the result would else fall over.
    expect(parseComparison(summary.replace('"held": [0, 2]', '"held": [0]'))).toMatch(
      /do not match/,
    );
    const plain = SMALL.replace(/expect:\n.*\n/, "");
    await box.write("silent.yaml", plain);
    const silent = await box.lbsim(["compare", "silent.yaml", "--seeds", "2", "--no-write"]);
    expect(silent.out).not.toContain("Expectations");
  });

  it("does without variants and without an interval", async () => {
    const plain = SMALL.replace(/compare:\n.*\n/, "");
    await box.write("plain.yaml", plain);
    const { code, out } = await box.lbsim([
      "compare",
      "plain.yaml",
      "--seeds",
      "4..4",
      "--no-write",
    ]);
    expect(code).toBe(0);
    expect(out).toContain("Variants\n");
    expect(out).not.toContain("Differences");
    const one = await box.lbsim(["compare", "small.yaml", "--seeds", "4..4", "--no-write"]);
    expect(one.out).toContain("No verdict from fewer than 3 seeds");
  });

  it("keeps complete pairs when it is interrupted, and can repeat them", async () => {
    // A run looks twice: before its only piece is run, and not again. Five looks: two seeds are
    // begun, and the first variant of the third one is cut off.
    const argv = ["compare", "small.yaml", "--seeds", "5", "-o", "cut", "--json"];
    const { code, out } = await box.lbsim(argv, { interruptAtLook: 5 });
    expect(code).toBe(130);
    const { partial, comparison } = documentIn(out);
    expect([partial, comparison.done]).toEqual([true, 4]);
    expect(comparison.rows.map((row) => row.seeds)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    const again = await box.lbsim(["reproduce", "cut"]);
    expect(again.out).toBe("✓ cut/small/compare-seeds-1-5: 4 files, the same to the byte\n");
    expect(await box.read("cut/small/compare-seeds-1-5/table.txt")).toContain(
      "Partial: stopped by hand after 4 of 10 runs.",
    );
  });

  it("writes nothing when nothing is finished", async () => {
    const argv = ["compare", "small.yaml", "-o", "none"];
    const { code, out, err } = await box.lbsim(argv, { interruptAtLook: 1 });
    expect([code, out]).toEqual([130, ""]);
    expect(err).toBe("lbsim: interrupted, nothing was finished and nothing was written\n");
    expect(await box.list("none")).toEqual([]);
    const json = await box.lbsim([...argv, "--json"], { interruptAtLook: 1 });
    expect(JSON.parse(json.out)).toMatchObject({ partial: true, folder: null, runs: [] });
  });

  it.each([
    [["--vary", "fra.strategy=mod-n,bogus"], /^--vary fra\.strategy=bogus: .*"bogus"/],
    [["--vary", "fra.strategy"], /has no list of values, write path=a,b,c/],
    [["--vary", "nowhere.strategy=random"], /nowhere/],
    [["--seeds", "0"], /at least one seed/],
    [["--seeds", "1..20000"], /At most 10000 seeds/],
  ])("refuses %j", async (argv, message) => {
    const { code, out, err } = await box.lbsim(["compare", "small.yaml", ...argv]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});

describe("lbsim reproduce", () => {
  beforeAll(async () => {
    await box.lbsim(["run", "small.yaml", "-o", "kept"]);
    await box.lbsim(["compare", "small.yaml", "--seeds", "2", "-o", "kept"]);
  });

  it("repeats runs and comparisons to the byte, all in a folder of results", async () => {
    const { code, out } = await box.lbsim(["reproduce", "kept"]);
    expect(code).toBe(0);
    expect(out).toBe(
      "✓ kept/small/compare-seeds-1-2: 4 files, the same to the byte\n" +
        "✓ kept/small/seed-7: 4 files, the same to the byte\n",
    );
  });

  it("names what differs and where", async () => {
    await box.lbsim(["run", "small.yaml", "-o", "changed"]);
    const table = await box.read("changed/small/seed-7/table.txt");
    await box.write("changed/small/seed-7/table.txt", table.replace("requests", "requsets"));
    const { code, out } = await box.lbsim(["reproduce", "changed/small/seed-7"]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ changed\/small\/seed-7: 1 of 4 files differ\n {4}table\.txt: differs from line /,
    );
    const { out: json } = await box.lbsim(["reproduce", "changed", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      kind: "reproduction",
      same: false,
      results: [{ folder: "changed/small/seed-7", files: 4, differences: [expect.any(String)] }],
    });
  });

  it("tells which version made what it can't repeat", async () => {
    await box.lbsim(["run", "small.yaml", "-o", "old"]);
    const text = await box.read("old/small/seed-7/manifest.json");
    const old = text.replace(/"lbsim": ".*"/, '"lbsim": "0.0.1"');
    await box.write("old/small/seed-7/manifest.json", old);
    const { code, out } = await box.lbsim(["reproduce", "old"]);
    expect(code).toBe(1);
    expect(out).toContain("made by lbsim 0.0.1, this is ");
  });

  it.each([
    ["nowhere", "", /cannot be read, there is no such file/],
    ["empty", null, /holds no manifest\.json/],
    ["broken", "{", /manifest\.json:1:1: it is not JSON/],
    ["other", "{}", /its format is missing, this version reads 1/],
    ["future", '{ "format": 2 }', /its format is 2, this version reads 1/],
    ["hollow", '{ "format": 1, "kind": "run" }', /it is no manifest of lbsim/],
  ])("refuses %s", async (name, content, message) => {
    if (content === null) await box.write(`${name}/readme`, "");
    else if (content !== "") await box.write(`${name}/manifest.json`, content);
    const { code, out, err } = await box.lbsim(["reproduce", name]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    ["scenario.root", {}, /scenario\.root\.kind is missing/],
    ["scenario.durationMs", "x", /scenario\.durationMs must be a number above 0/],
    ["scenario.durationMs", null, /scenario has no end, neither durationMs nor requestLimit/],
    ["scenario.windowMs", 1e-9, /scenario\.windowMs makes more than 100000 windows/],
    ["scenario.root.targets", [], /scenario\.root\.targets must not be empty/],
    ["scenario.root.strategy.kind", "bogus", /strategy\.kind "bogus" is none of the strategies/],
    ["scenario.roundTripMs", [[1]], /roundTripMs must have a row and a column a place/],
    ["scenario.clients.0.place", 99, /what it describes cannot be run: /],
    ["inputs", [5], /inputs\[0\] must be an object/],
    ["seed", -1.5, /seed must be a whole number from 0 on/],
    ["stopped", { pieces: -1 }, /stopped\.pieces must be a whole number/],
    ["overrides", [null], /overrides\[0\] must be an object/],
    ["kind", "sweep", /its kind must be run or comparison/],
  ])("refuses a manifest whose %s is %j", async (path, value, message) => {
    const text = await box.read("kept/small/seed-7/manifest.json");
    await box.write("edited/manifest.json", edited(text, path, value));
    const { code, out, err } = await box.lbsim(["reproduce", "edited"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^edited\/manifest\.json:1:1: .*\n$/);
    expect(err).toMatch(message);
    const json = await box.lbsim(["reproduce", "edited", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: "diagnostics",
      diagnostics: [{ range: { filename: "edited/manifest.json" } }],
    });
  });

  it("tells a manifest that was cut off", async () => {
    const text = await box.read("kept/small/seed-7/manifest.json");
    await box.write("cutoff/manifest.json", text.slice(0, text.length / 2));
    const { code, err } = await box.lbsim(["reproduce", "cutoff"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^cutoff\/manifest\.json:1:1: it is not JSON, or was cut off; .*\n$/);
  });

  it("tells files that are missing, that are folders, and that are too many", async () => {
    await box.lbsim(["run", "small.yaml", "-o", "odd"]);
    const folder = "odd/small/seed-7";
    await rm(box.path(`${folder}/table.txt`));
    await rm(box.path(`${folder}/series.csv`));
    await box.write(`${folder}/table.txt/inner`, "");
    await box.write(`${folder}/extra.txt`, "");
    const { code, out } = await box.lbsim(["reproduce", "odd"]);
    expect(code).toBe(1);
    expect(out).toContain("    series.csv: is missing\n");
    expect(out).toContain("    table.txt: cannot be read, it is a folder\n");
    expect(out).toContain("    extra.txt: is no file of the result\n");
  });
});

/** The document with one place changed, as `scenario.clients.0.place`. */
function edited(text: string, path: string, value: unknown): string {
  const names = path.split(".");
  const change = (node: unknown, depth: number): unknown => {
    if (depth === names.length) return value;
    const name = names[depth];
    if (Array.isArray(node)) {
      return node.map((item: unknown, i) => (String(i) === name ? change(item, depth + 1) : item));
    }
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, item]: [string, unknown]) =>
        key === name ? [key, change(item, depth + 1)] : [key, item],
      ),
    );
  };
  return JSON.stringify(change(JSON.parse(text), 0));
}
