/**
 * `lbsim report`, `run --report` and `compare --report`: what is written where, and what is
 * refused.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { PAGE_FORMAT } from "../../src/report/page/page-model.ts";
import type { PageModel } from "../../src/report/page/page-model.ts";
import { VERSION } from "../../src/version.ts";
import { sandbox, SMALL } from "./harness.ts";
import type { Options, Ran } from "./harness.ts";

const box = sandbox();
/** Stands for the built page: what is around the model does not matter here. */
const PAGE = `<!doctype html><title>x</title><script type="application/json" id="model"></script>\n`;
beforeAll(async () => {
  await box.write("pages/report/index.html", PAGE);
  await box.write("small.yaml", SMALL);
  await lbsim(["run", "small.yaml"]);
  await lbsim(["compare", "small.yaml", "--seeds", "1..3"]);
});

const lbsim = (argv: readonly string[], options: Options = {}): Promise<Ran> =>
  box.lbsim(argv, { pages: box.path("pages"), ...options });

const RUN = "results/small/seed-7";
const COMPARISON = "results/small/compare-seeds-1-3";

async function modelIn(file: string): Promise<PageModel> {
  const text = await box.read(file);
  const inside = /<script type="application\/json" id="model">(.*)<\/script>/.exec(text);
  return JSON.parse(inside![1]) as PageModel;
}

describe("lbsim report", () => {
  it("writes one page into the folder of a run, which stays reproducible", async () => {
    const { code, out, err } = await lbsim(["report", RUN]);
    expect([code, out, err]).toEqual([0, "", `written to ${RUN}/report.html\n`]);
    const { kind, format, name, variants, footer } = await modelIn(`${RUN}/report.html`);
    expect([kind, format, name]).toEqual(["run", PAGE_FORMAT, "small"]);
    const manifest = JSON.parse(await box.read(`${RUN}/manifest.json`)) as { fingerprint: string };
    expect(variants.map(({ label, seed, fingerprint }) => [label, seed, fingerprint])).toEqual([
      ["small", 7, manifest.fingerprint],
    ]);
    expect(footer.map(({ label, text }) => `${label} ${text}`)).toEqual([
      "seed 7",
      `fingerprint ${manifest.fingerprint}`,
      `version lbsim ${VERSION}`,
      "again lbsim run small.yaml",
    ]);
    expect((await lbsim(["reproduce", RUN])).out).toBe(`✓ ${RUN}: 4 files, the same to the byte\n`);
    expect((await box.list(RUN)).filter((file) => file.includes("tmp"))).toEqual([]);
  });

  it("shows one run of each variant of a comparison, and the table of all seeds", async () => {
    const argv = ["report", COMPARISON, "-o", "page.html", "--json"];
    const { code, out, err } = await lbsim(argv);
    const { kind, variants, comparison } = await modelIn("page.html");
    expect([code, err]).toEqual([0, ""]);
    const bytes = Buffer.byteLength(await box.read("page.html"));
    expect(JSON.parse(out)).toEqual({
      format: 1,
      kind: "reports",
      lbsim: VERSION,
      partial: false,
      reports: [{ folder: COMPARISON, file: "page.html", bytes }],
    });
    expect([kind, ...variants.map(({ label, seed }) => `${label} ${seed}`)]).toEqual([
      "comparison",
      "mod-n 1",
      "ring-hash 1",
    ]);
    expect(comparison?.title).toBe("Variants: mean of 3 seeds and its 95 % interval");
    expect(await box.list(COMPARISON)).not.toContain("report.html");
  });

  it("is the same to the byte, made at once or afterwards", async () => {
    await lbsim(["run", "small.yaml", "--report", "-o", "at-once"]);
    await lbsim(["compare", "small.yaml", "--seeds", "1..3", "--report", "-o", "at-once"]);
    for (const [folder, name] of [
      [RUN, "run.html"],
      [COMPARISON, "comparison.html"],
    ]) {
      await lbsim(["report", folder, "-o", name]);
      const atOnce = await box.read(`${folder.replace("results", "at-once")}/report.html`);
      expect(atOnce).toBe(await box.read(name));
    }
    const { out } = await lbsim(["reproduce", "at-once"]);
    expect(out).toMatch(/^✓ .*\n✓ .*\n$/);
  });

  it("takes whole folders, each result with its own page", async () => {
    const { code, err } = await lbsim(["report", "results"]);
    expect([code, err]).toEqual([
      0,
      `written to ${COMPARISON}/report.html\nwritten to ${RUN}/report.html\n`,
    ]);
  });

  it("tells of a run that was stopped what it did until then", async () => {
    await lbsim(["run", "small.yaml", "-o", "cut"], { interruptAtLook: 2 });
    const { code } = await lbsim(["report", "cut/small/seed-7", "-o", "cut.html"]);
    expect(code).toBe(0);
    expect((await modelIn("cut.html")).notes.join(" ")).toMatch(/^Partial: stopped by hand at/);
  });

  it("writes nothing when Ctrl-C comes first", async () => {
    const { code } = await lbsim(["report", RUN, "-o", "never.html"], { interruptAtLook: 1 });
    expect(code).toBe(130);
    expect((await box.list(".")).filter((name) => name.startsWith("never"))).toEqual([]);
  });
});

describe("a report is refused, in one line and with exit 2,", () => {
  const refused = async (argv: readonly string[], options: Options = {}): Promise<string> => {
    const { code, out, err } = await lbsim(argv, options);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^[^\n]+\n$/);
    return err;
  };

  /** A copy of the comparison, with one of its files changed. */
  async function changed(file: string, change: (text: string) => string): Promise<string> {
    const folder = "changed/small/compare";
    for (const name of ["manifest.json", "summary.json"]) {
      const text = await box.read(`${COMPARISON}/${name}`);
      await box.write(`${folder}/${name}`, name === file ? change(text) : text);
    }
    return folder;
  }

  it("where the page is not built", async () => {
    const line = "lbsim: the report's page: is not built; npm run build makes it\n";
    const options = { pages: box.path("nowhere") };
    expect(await refused(["report", RUN], options)).toBe(line);
    expect(await refused(["run", "small.yaml", "--report"], options)).toBe(line);
  });

  it("where the page is of another version", async () => {
    await box.write("old/report/index.html", "<html></html>");
    const line = await refused(["report", RUN], { pages: box.path("old") });
    expect(line).toMatch(/page is of another version/);
  });

  it("where there is no folder to write it to", async () => {
    const argv = ["run", "small.yaml", "--report", "--no-write"];
    expect(await refused(argv)).toMatch(/leave out --no-write/);
  });

  it("where one file should hold two results", async () => {
    const argv = ["report", RUN, COMPARISON, "-o", "x.html"];
    expect(await refused(argv)).toMatch(/there are 2 results: leave it out/);
  });

  it("of a folder that is no result", async () => {
    await box.write("empty/readme.txt", "");
    expect(await refused(["report", "empty"])).toMatch(/holds no manifest\.json/);
    expect(await refused(["report", "nowhere"])).toMatch(/cannot be read/);
  });

  it("of an older format", async () => {
    const older = (text: string) => text.replace('"format": 1', '"format": 0');
    const manifest = await changed("manifest.json", older);
    expect(await refused(["report", manifest])).toBe(
      `${manifest}/manifest.json:1:1: its format is 0, this version reads 1\n`,
    );
    const summary = await changed("summary.json", older);
    expect(await refused(["report", summary])).toBe(
      `${summary}/summary.json:1:1: its format is 0, this version reads 1\n`,
    );
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, -20), /it is not JSON, or was cut off/],
    ["without its comparison", () => '{"format": 1}', /comparison is missing/],
    [
      "without a row",
      (text: string) => text.replace('"seeds": [1, 2, 3],\n        "fing', '"fing'),
      /comparison\.rows\[0\]\.seeds is missing/,
    ],
    [
      "with a verdict that there is not",
      (text: string) => text.replace('"verdict": "', '"verdict": "<b>'),
      /verdict must be one of/,
    ],
    [
      "with a text for a figure",
      (text: string) => text.replace(/("overall": \{[^}]*"p99": )[\d.]+/, '$1"x"'),
      /its runs' figures are no numbers/,
    ],
    [
      "with other runs",
      (text: string) => text.replace(/("fingerprints": \[\s*")\w{4}/, "$1zzzz"),
      /it is of other runs than manifest\.json/,
    ],
  ])("of a summary %s", async (_, change, line) => {
    const folder = await changed("summary.json", change);
    expect(await refused(["report", folder])).toMatch(line);
    expect(await box.list(folder)).toEqual(["manifest.json", "summary.json"]);
  });

  it("of a result that no longer is what its manifest says", async () => {
    const folder = await changed("manifest.json", (text) =>
      text.replaceAll('"rate": 0.15', '"rate": 0.16'),
    );
    expect(await refused(["report", folder])).toMatch(
      /run again it ends with fingerprint \w{16}, not \w{16}: it was changed since it ran/,
    );
    expect(await box.list(folder)).not.toContain("report.html");
  });

  it("of a run whose figures were touched, or are gone", async () => {
    const before = await box.read(`${RUN}/summary.json`);
    await box.write(`${RUN}/summary.json`, before.replace("{", "{ "));
    expect(await refused(["report", RUN])).toMatch(/summary\.json: differs from line 1 on/);
    await box.write(`${RUN}/summary.json`, before);
  });
});
