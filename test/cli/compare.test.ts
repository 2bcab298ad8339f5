import { beforeAll, describe, expect, it } from "vitest";

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
    expect(out).toContain("Before and after: the change at 5 s, global/fra: 4 joined");
    expect(out).toContain("Differences to mod-n, with 95 % intervals");
    // From 3 to 4 machines mod-n keeps min(3,4)/lcm(3,4) = 1/4 of the keys and a ring 3/4, so it moves 50 points
    // less. With 100 points a machine the newcomer's share of 25 % has σ ≈ 25 %/√100 = 2.5 points: 4 σ are 10.
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
    expect(one.out).toContain("One seed has no interval");
  });

  it("keeps complete pairs when it is interrupted, and can repeat them", async () => {
    // A run looks twice: before its only piece is run, and not again. Five looks: two seeds are begun, and
    // the first variant of the third one is cut off.
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
    const { code, out } = await box.lbsim(argv, { interruptAtLook: 1 });
    expect([code, out]).toEqual([130, ""]);
    expect(await box.list("none")).toEqual([]);
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
});
