import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";

import { registries } from "../../src/scenario/registries.ts";
import { metrics } from "../../src/statistics/metrics/registry.ts";
import { events } from "../../src/world/events.ts";
import { measuredPlaces } from "../../src/world/places.ts";
import { sandbox, SMALL } from "./harness.ts";

const box = sandbox();
beforeAll(() => box.write("small.yaml", SMALL));

describe("lbsim validate", () => {
  it("says which files are valid", async () => {
    const { code, out, err } = await box.lbsim(["validate", "small.yaml", "small.yaml"]);
    expect([code, out, err]).toEqual([0, "small.yaml: valid\nsmall.yaml: valid\n", ""]);
  });

  it("tells every problem with its position, as lines and as data", async () => {
    await box.write(
      "bad.yaml",
      SMALL.replace("timeout: 2s", "timeout: 2").replace("seed:", "sed:"),
    );
    const { code, out, err } = await box.lbsim(["validate", "bad.yaml", "small.yaml"]);
    expect([code, out]).toEqual([2, "small.yaml: valid\n"]);
    expect(err.split("\n").map((line) => line.slice(0, 14))).toEqual([
      "bad.yaml:3:1: ",
      "bad.yaml:15:12",
      "",
    ]);
    const json = await box.lbsim(["validate", "bad.yaml", "--json"]);
    expect([json.code, json.err]).toEqual([2, ""]);
    expect(JSON.parse(json.out)).toMatchObject({
      format: 1,
      kind: "diagnostics",
      valid: false,
      errorCount: 2,
      warningCount: 0,
      diagnostics: [
        {
          severity: "error",
          summary: expect.any(String),
          detail: expect.any(String),
          range: { filename: "bad.yaml", start: { line: 3, column: 1 } },
          snippet: { code: "sed: 7", startLine: 3 },
        },
        { range: { start: { line: 15, column: 12 } }, snippet: { code: "  timeout: 2" } },
      ],
    });
  });

  it.each([
    ["binary", Uint8Array.of(0xff, 0xfe, 0, 1), /binary: ?|is not a text file/],
    ["huge", new Uint8Array(2_000_000).fill(0x20), /larger than 1 MB/],
    ["empty", "", /empty/],
  ])("tells in one line what is wrong with a %s file", async (name, content, message) => {
    await box.write(`${name}.yaml`, content);
    const { code, err } = await box.lbsim(["validate", `${name}.yaml`]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("stops reading a device that never ends", async () => {
    const { code, err } = await box.lbsim(["validate", "/dev/zero"]);
    expect(code).toBe(2);
    expect(err).toContain("larger than 1 MB");
  });

  it("refuses a run that is longer than the clock", async () => {
    await box.write("long.yaml", SMALL.replace(/^duration: .*$/m, "duration: 1e300s"));
    const { code, err } = await box.lbsim(["validate", "long.yaml"]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^long\.yaml:\d+:11: duration: "1e300s" is too long, it must be at most 50000d\n$/,
      ),
    ]);
  });

  it("looks at the files that a scenario names", async () => {
    const traced = SMALL.replace("{ poisson: 150/s }", "{ trace: { file: lost.csv } }");
    await box.write("traced.yaml", traced);
    const { code, err } = await box.lbsim(["validate", "traced.yaml"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^traced\.yaml:8:\d+: .*lost\.csv/);
  });
});

describe("lbsim explain", () => {
  it("tells a scenario in sentences, with the offered load", async () => {
    const { code, out } = await box.lbsim(["explain", "small.yaml"]);
    expect(code).toBe(0);
    expect(out).toContain("Question: Does it run?");
    // 200/s × 5 ms on 3 + 2 cores = 20 %.
    expect(out).toMatch(/global: 200\/s on 5 cores of speed 1, 20%/);
    const json = JSON.parse((await box.lbsim(["explain", "small.yaml", "--json"])).out) as unknown;
    expect(json).toMatchObject({ format: 1, kind: "explanation" });
  });

  it("tells an entry of any registry: whom it follows, its settings", async () => {
    for (const entries of Object.values(registries)) {
      for (const { name, summary } of entries) {
        const { code, out } = await box.lbsim(["explain", name]);
        expect(code).toBe(0);
        expect(out.replace(/\s+/g, " ")).toContain(summary);
        expect(out).toContain("Follows ");
      }
    }
  });

  it("tells a setting wherever it may stand: its default, its fields or what may be chosen", async () => {
    const pool = (await box.lbsim(["explain", "pool"])).out.replace(/\s+/g, " ");
    expect(pool).toContain("pool (setting of balancer): its connections to its targets");
    expect(pool).toContain(
      "streams: requests at once on a connection of HTTP/2 (count; default 100)",
    );
    const session = (await box.lbsim(["explain", "session"])).out;
    expect(session.match(/^session \(setting of \w+\)/gm)).toHaveLength(2);
    const door = (await box.lbsim(["explain", "front-door"])).out;
    for (const { name } of registries["front-doors"]) expect(door).toContain(`\n  ${name}: `);
    expect((await box.lbsim(["explain", "routes"])).out).toContain("\n  path: ");
    const json: { settings: { name: string; of: string }[] } = JSON.parse(
      (await box.lbsim(["explain", "nat", "--json"])).out,
    );
    expect(json.settings.map(({ name, of }) => `${of}.${name}`)).toEqual(["balancer.nat"]);
  });

  it("tells an event with its source and fields, and a metric with its formula", async () => {
    const told = async (name: string): Promise<string> =>
      (await box.lbsim(["explain", name])).out.replace(/\s+/g, " ");
    for (const { name, summary, example } of events) {
      const text = await told(name);
      expect(text).toContain(`${name} (event): ${summary} Follows `);
      expect(text).toContain(`Written ${example} Fields `);
    }
    for (const { name, summary, formula } of metrics) {
      expect(await told(name)).toContain(`${name} (metric): ${summary} Formula: ${formula} In `);
    }
    expect(await told("fail")).toContain("fail-randomly (event)");
    expect(await told("purge")).toContain("left out: all (one or a list; may be left out)");
    const json: { events: { name: string }[]; metrics: { name: string }[] } = JSON.parse(
      (await box.lbsim(["explain", "rate", "--json"])).out,
    );
    expect([json.events[0].name, json.metrics[0].name]).toEqual(["rate", "rate"]);
  });

  it("has README's example of layers, connections and names, and what it prints", async () => {
    const readme = readFileSync("README.md", "utf8");
    const section = readme.slice(readme.indexOf("## Layers, connections, names"));
    const [yaml, output] = [/```yaml\n([^]*?)```/, /\n\n```\n([^]*?)```/].map(
      (fence) => fence.exec(section)?.[1] ?? "none",
    );
    await box.write("site.yaml", yaml);
    const { code, out } = await box.lbsim(["run", "site.yaml"]);
    expect(code).toBe(0);
    expect(out).toContain(output);
  });

  it("calls a name that no file can have a missing file", async () => {
    const { code, err } = await box.lbsim(["explain", `${"x".repeat(300)}.yaml`]);
    expect(code).toBe(2);
    expect(err).toContain("the name is too long");
  });

  it("suggests the nearest name", async () => {
    const { code, err } = await box.lbsim(["explain", "ringhash"]);
    expect(code).toBe(2);
    expect(err).toContain('did you mean "ring-hash"?');
    const others = ["piol", "purg", "availabilty", "exponetial"];
    const errors = await Promise.all(others.map((name) => box.lbsim(["explain", name])));
    for (const [i, name] of ["pool", "purge", "availability", "exponential"].entries()) {
      expect(errors[i].err).toContain(`did you mean "${name}"?`);
    }
  });

  it("takes overrides, and tells problems like all others", async () => {
    const { out } = await box.lbsim(["explain", "small.yaml", "--set", "fra.strategy=maglev"]);
    expect(out).toContain("maglev");
    expect(await box.lbsim(["explain", "lost.yaml"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("lbsim list", () => {
  it("lists every entry of every registry", async () => {
    const { code, out } = await box.lbsim(["list"]);
    expect(code).toBe(0);
    const names = [...Object.values(registries).flat(), ...events, ...metrics].map(
      ({ name }) => name,
    );
    for (const name of [...names, ...measuredPlaces]) expect(out).toContain(`\n  ${name}`);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("lists the settings with what they belong to", async () => {
    const { out } = await box.lbsim(["list", "settings"]);
    expect(out).toMatch(/^ {2}pool +balancer: its connections/m);
    expect(out).toMatch(/^ {2}connections +scenario: of all clients/m);
    expect(out).toMatch(/^ {2}users-each +resolvers: /m);
  });

  it("lists one as data, with its fields", async () => {
    const { out } = await box.lbsim(["list", "strategies", "--json"]);
    const listed: { strategies: { name: string; follows: string }[] } = JSON.parse(out);
    const { strategies } = listed;
    expect(strategies.map(({ name }) => name)).toEqual(
      registries.strategies.map(({ name }) => name),
    );
    expect(strategies.every(({ follows }) => follows.length > 0)).toBe(true);
  });

  it("says what can be listed", async () => {
    expect((await box.lbsim(["list", "strategy"])).err).toContain("did you mean strategies?");
    expect(await box.lbsim(["list", "xyz"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("lbsim init and schema", () => {
  it("writes a starter that is valid and runs, and the schema that it names", async () => {
    const { code, err } = await box.lbsim(["init", "new/../first.yaml"]);
    expect(code).toBe(0);
    expect(err).toContain("written: first.yaml, scenario.schema.json\n");
    const text = await box.read("first.yaml");
    expect(text).toMatch(/^# yaml-language-server: \$schema=scenario\.schema\.json\n/);
    expect(await box.read("scenario.schema.json")).toBe((await box.lbsim(["schema"])).out);
    expect((await box.lbsim(["validate", "first.yaml"])).code).toBe(0);
  });

  it("does not write over a file that is there, but for --force", async () => {
    await box.write("mine.yaml", "mine");
    const { code, err } = await box.lbsim(["init", "mine.yaml"]);
    expect([code, err]).toEqual([2, "lbsim: mine.yaml: is there already, --force replaces it\n"]);
    expect(await box.read("mine.yaml")).toBe("mine");
    expect((await box.lbsim(["init", "mine.yaml", "--force"])).code).toBe(0);
    const lost = await box.lbsim(["init", "no/such/folder.yaml"]);
    expect(lost.err).toBe("lbsim: no/such/folder.yaml: cannot be written, there is no such file\n");
  });

  it("prints the starter to standard output for -", async () => {
    const { out } = await box.lbsim(["init", "-"]);
    expect(out).toContain("question:");
  });
});

const LOG = [
  '10.0.0.1 - - [01/Mar/2024:10:00:00 +0000] "GET /a HTTP/1.1" 200 1200',
  '10.0.0.2 - - [01/Mar/2024:10:00:00 +0000] "GET /b HTTP/1.1" 200 300',
  "not a line of a log",
  '10.0.0.1 - - [01/Mar/2024:10:00:02 +0000] "GET /a?x=1 HTTP/1.1" 200 1200',
].join("\n");

describe("lbsim import access-log", () => {
  beforeAll(() => box.write("access.log", LOG));

  it("makes a trace that a scenario can replay, and tells what it left out", async () => {
    const argv = ["import", "access-log", "access.log", "-o", "trace.csv", "--drop-query"];
    const { code, out, err } = await box.lbsim(argv);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toMatch(/^warning: access\.log:3:1: left out, .*: not a line of a log\n/);
    expect(err).toContain("written to trace.csv: 3 requests of 2 users for 2 objects");
    expect(await box.read("trace.csv")).toBe(
      "time-ms,user,object,bytes,region\n0,0,0,1200,all\n500,1,1,300,all\n2000,0,0,1200,all\n",
    );
    const traced = SMALL.replace(
      "{ poisson: 150/s }",
      "{ trace: { file: trace.csv, region: all } }",
    );
    await box.write("replay.yaml", traced.replace("warmup: 2s", "warmup: 0s"));
    const replay = await box.lbsim(["run", "replay.yaml", "-q"]);
    expect(replay.err).toBe("");
    expect(replay.code).toBe(0);
    const manifest = JSON.parse(await box.read("results/replay/seed-7/manifest.json")) as unknown;
    expect(manifest).toMatchObject({
      inputs: [
        { name: "trace.csv", kind: "trace", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ],
    });
    expect((await box.lbsim(["reproduce", "results/replay"])).code).toBe(0);
    await box.write("moved/trace.csv", await box.read("trace.csv"));
    await box.write("trace.csv", "time-ms,user,object,bytes,region\n0,0,0,1,all\n");
    const lost = await box.lbsim(["reproduce", "results/replay"]);
    expect(lost.code).toBe(2);
    expect(lost.err).toContain("trace.csv: is not found with the content that was used");
    expect((await box.lbsim(["reproduce", "results/replay", "--inputs", "moved"])).code).toBe(0);
  });

  it("sorts clients into regions, and prints figures as data", async () => {
    const argv = ["import", "access-log", "access.log", "-o", "two.csv", "--json"];
    const { code, out } = await box.lbsim([
      ...argv,
      "--region",
      "a=10.0.0.1/32",
      "--region",
      "b=10.0.0.0/8",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      kind: "import",
      output: "two.csv",
      requests: 3,
      users: 2,
      objects: 3,
      malformed: 1,
    });
    expect(await box.read("two.csv")).toMatch(/,a\n.*,b\n.*,a\n$/);
  });

  it("names the trace after the log unless told, and tells all regions", async () => {
    await box.write("logs/web.log", LOG);
    const regions = ["--region", "a=10.0.0.1/32", "--region", "b=10.0.0.0/8"];
    const argv = ["import", "access-log", "logs/web.log", ...regions];
    const { code, err } = await box.lbsim(argv);
    expect(code).toBe(0);
    expect(err).toContain("written to web.log.csv: 3 requests");
    expect(err).toContain("requests by region: a 2, b 1, other 0\n");
    expect(err).toContain("          file: web.log.csv\n          region: b\n");
    const hint = err.slice(err.indexOf("requests by region"));
    expect(Math.max(...hint.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await box.lbsim(argv)).err).toContain("web.log.csv: is there already");
  });

  it.each([
    [["lost.log", "-o", "x.csv"], /lost\.log: cannot be read, there is no such file/],
    [["access.log", "-o", "x.csv", "--format", "xml"], /--format "xml" is not known/],
    [["access.log", "-o", "x.csv", "--region", "a"], /--region: /],
    [["access.log", "-o", "x.csv", "--region", "a=hash:60%", "--region", "b=hash:60%"], /120%/],
    [["small.yaml", "-o", "x.csv"], /small\.yaml: holds no request, line 1: /],
  ])("refuses %j", async (argv, message) => {
    const { code, err } = await box.lbsim(["import", "access-log", ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(await box.list(".")).not.toContain("x.csv");
  });

  it("can be interrupted, and leaves nothing behind", async () => {
    const argv = ["import", "access-log", "access.log", "-o", "x.csv"];
    expect((await box.lbsim(argv, { interruptAtLook: 1 })).code).toBe(130);
    expect(await box.list(".")).not.toContain("x.csv");
  });
});

it("prints the version and the help, which leads with examples", async () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  expect(await box.lbsim(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  const help = await box.lbsim(["--help"]);
  expect(help.code).toBe(0);
  expect(help.out).toMatch(/^Examples:\n {2}lbsim init my\.yaml/);
  expect((await box.lbsim(["run", "--help"])).out).toMatch(/^Examples:/);
  expect(await box.lbsim([])).toMatchObject({ code: 2, out: "" });
});
