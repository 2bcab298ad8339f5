import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parse } from "yaml";
import { describeEntry, entriesNamed } from "../../src/scenario/describe-entry.ts";
import { describeScenario } from "../../src/scenario/describe.ts";
import { loadInputs } from "../../src/scenario/inputs.ts";
import { offeredLoads } from "../../src/scenario/offered-load.ts";
import { formatProblem } from "../../src/scenario/problem.ts";
import { registries, REGISTRY_NAMES } from "../../src/scenario/registries.ts";
import { scenarioSchema, scenarioSchemaText } from "../../src/scenario/schema.ts";
import { starterScenario } from "../../src/scenario/starter.ts";
import { settingsOf } from "../../src/experiment/settings.ts";
import { simulate } from "../../src/simulator/run.ts";
import { summarize } from "../../src/statistics/run-summary.ts";
import { events } from "../../src/world/events.ts";
import { EXAMPLE } from "./example.ts";
import { loaderOf, problemsOf, read, scenarioOf, smallest } from "./helpers.ts";

const FORWARDED = `duration: 1min
clients: { all: { at: frankfurt, arrivals: { poisson: 1000/s } } }
connections: { requests: 10 }
requests: { demand: 1ms, request-size: 1kB, response-size: 146kB }
balancer:
  name: lb
  at: frankfurt
  layer: 4
  forwarding: { packet: 8us, connection: 20us }
  targets:
    - { name: web, work: { cores: 2, request: 100us }, targets: [{ machines: 8 }] }
`;

const HANDSHAKES = `duration: 1min
clients: { all: { at: frankfurt, arrivals: { poisson: 400/s } } }
connections: { requests: 4 }
requests: { demand: 1ms }
balancer:
  { name: edge, at: frankfurt, layer: 7, pool: { requests: 10, tls: 1.3 }, EDGE, targets: [
    { name: shield, work: { handshake: 1ms }, targets: [{ machines: 8 }] } ] }
`;

describe("explain", () => {
  it("tells the design's example in plain sentences", () => {
    expect(describeScenario(scenarioOf(EXAMPLE)).join("\n")).toMatchInlineSnapshot(`
      "Question: One machine joins Frankfurt. How much of the cache is lost, and what do users feel?
      Expected: mod-n moves 16/17 of the keys and p99 jumps; a ring moves about 1/17 and hardly anybody notices.

      The run lasts 10min. The first 2min are not counted. Series have windows of 10s. Seed 7.

      Clients
        europe at frankfurt: 400,000 users, arrivals poisson (rate 8,000/s), 8,000/s on average
        brazil at sao-paulo: 90,000 users, arrivals diurnal (mean 1,500/s, peak 2.2, period 1d, utc-offset 0), 1,500/s on average

      Requests
        1,000,000 objects, popularity zipf (exponent 1); hash strategies hash the object
        demand exponential (mean 5ms) of core time at speed 1
        a cache miss adds lognormal (median 30ms, sigma 0.6), without a core
        clients give up after 2s; the work runs on to its end

      Balancers
        global where each client is: geo (latency 1, utilization 2, health 1); probes every 2s, timeout 1s, up after 2, down after 3; reports every 1s; panic below 50%
          fra at frankfurt: ring-hash (nodes 100, hash mix); 2 replicas, each counting only its own; probes every 2s, timeout 1s, up after 2, down after 3; panic below 50%
            machines 1..16: 4 cores each, fifo queue of 1,000, lru (entries 20,000) cache, warm
          gru at sao-paulo: least-connections (ties oldest, by own); probes every 2s, timeout 1s, up after 2, down after 3; panic below 50%
            machines 1..6: 4 cores each, unlimited fifo queue

      Offered load (arrival rate × mean demand / capacity; misses that hold a core come on top)
        global: 9,500/s on 88 cores of speed 1, 53.98%
          global/fra: 8,000/s on 64 cores of speed 1, 62.5%
          global/gru: 1,500/s on 24 cores of speed 1, 31.25%

      Events
        at 5min: 1 machine joins global/fra as 17, caches cold
        at 7min: global/fra/3 crashes for 1min

      Compared
        fra.strategy: mod-n, ring-hash, maglev, rendezvous

      Expected to hold
        miss-rate of global/fra from 5min to 6min below 20%
        p99 below 250ms"
    `);
  });

  it("offers each tier what its strategy would send", () => {
    // Europe's 8 a ms go to Frankfurt, Brazil's 1.5 to São Paulo, each by 5 ms: 40/64 and 7.5/24 of
    // their cores.
    const loads = offeredLoads(scenarioOf(EXAMPLE));
    expect(loads.map(({ path, load }) => [path, Number(load.toFixed(4))])).toEqual([
      ["global", 0.5398],
      ["global/fra", 0.625],
      ["global/gru", 0.3125],
    ]);
  });

  it("offers layer 4's own cores the packets that pass, layer 7's its requests", () => {
    // 1,000/s of 1 kB (1 packet of 1,460 bytes) and 146 kB (100): 101 × 8 µs a request; straight
    // back one of them. Layer 7 beneath it: 2 cores, 100 µs a request. 100/s new connections at
    // least: 20 µs, and two round trips of TCP and TLS 1.3, of 4 packets (2 where answers go past).
    const loads = (more: string): readonly (string | undefined)[] => {
      const text = FORWARDED.replace("layer: 4", `layer: 4\n  ${more}`);
      return describeScenario(scenarioOf(text))
        .filter((line) => line.includes("own cores") && line.includes("%"))
        .map((line) => /own cores (.*)/.exec(line)?.[1]);
    };
    const more = "at least; more where connections end before their last request";
    expect(loads("replicas: 1")).toEqual([`81.32% ${more}`, "5%"]);
    expect(loads("replicas: 2")[0]).toBe(`40.66% ${more}`);
    expect(loads("direct-return: true")[0]).toBe(`1.16% ${more}`);
  });

  it("offers own cores the handshakes that there have to be", () => {
    const shaking = "work: { handshake: 2ms, resumed: 0.3ms }";
    const own = (connections: string, edge = shaking): readonly (string | undefined)[] => {
      const text = HANDSHAKES.replace("{ requests: 4 }", connections).replace("EDGE", edge);
      return describeScenario(scenarioOf(text))
        .filter((line) => /\/s on \d/.test(line))
        .map((line) => /own cores (.*)/.exec(line)?.[1]);
    };
    const more = "at least; more where connections end before their last request";
    // 400/s by 4 requests each are 100 connections a second of 2 ms, or of 0.3 resumed; no other
    // request needs a new connection of the edge's, of 10 requests to the shield: 40/s of 1 ms.
    expect(own("{ requests: 4 }")).toEqual([`20% ${more}`, `4% ${more}`]);
    expect(own("{ requests: 4, resume: 80% }")[0]).toBe(`6.4% ${more}`);
    expect(own("{ requests: 1 }")[0]).toBe("80%");
    expect(own("{ requests: 4 }", "work: { request: 1ms, handshake: 8ms }")[0]).toBe(
      "120% at least, more than it can serve; more where connections end before their last request",
    );
    expect(own("{}")[0]).toBe(
      "new connections alone, and how many there will be is not known beforehand",
    );
    expect(own("{}", "work: { request: 1ms, handshake: 2ms }")[0]).toBe(
      "40%, new connections come on top",
    );
    // Without TLS nobody shakes hands, and behind a cache of responses there is no least.
    expect(own("{ requests: 4, tls: none }")[0]).toBeUndefined();
    expect(own("{ requests: 4 }", "work: { request: 1ms }, response-cache: { lru: 9 }")[1]).toBe(
      "new connections alone, and how many there will be is not known beforehand",
    );
  });

  it.each([
    ["layer 4", FORWARDED],
    ["handshakes", HANDSHAKES.replace("EDGE", "work: { handshake: 2ms }")],
  ])("offers own cores what a run measures where connections last: %s", (_, text) => {
    const scenario = scenarioOf(
      text
        .replace("duration: 1min", "duration: 1min\nwarmup: 20s")
        .replace("all: {", "all: { users: 100,"),
    );
    const record = simulate(scenario);
    const { balancers } = summarize(record, settingsOf(scenario, record.nodes), "0");
    for (const { path, own } of offeredLoads(scenario)) {
      const busy =
        balancers.find((one) => one.path === path)?.metrics["balancer-utilization"] ?? NaN;
      const load = own?.load ?? NaN;
      // Of 16,000 requests or more σ is 0.8 %, and we allow 4 σ.
      expect(Math.abs(busy / load - 1), `${path}: ${busy} for ${load}`).toBeLessThan(0.032);
    }
  });

  it("tells every entry of every registry with its source", () => {
    for (const from of REGISTRY_NAMES) {
      for (const entry of registries[from]) {
        const [first, second] = describeEntry(from, entry);
        expect(first).toContain(entry.summary);
        expect(second).toBe(`Follows ${entry.follows}`);
      }
    }
    expect(entriesNamed("uniform").map(({ from }) => from)).toEqual([
      "distributions",
      "popularities",
    ]);
  });
});

describe("a placement explained", () => {
  const told = (name: string): string =>
    entriesNamed(name)
      .flatMap(({ from, entry }) => describeEntry(from, entry))
      .join("\n");

  it.each([
    ["ketama", "its own keys alone: any target\n", "In nginx: hash $key consistent;"],
    ["jump", "the last target of the list", "Weights are ignored"],
    ["maglev", "its own keys alone: none", "Shares follow the targets' weights"],
    ["memento", "Owners depend on earlier changes too", "its own keys alone: any target"],
    ["haproxy-consistent", "a server that is down keeps its id", "hash-type consistent"],
    ["envoy-maglev", "In Envoy: lb_policy: MAGLEV", "the present targets alone"],
    ["bounded-load", "In HAProxy: hash-balance-factor", "In Envoy: consistent_hashing_lb_config"],
  ])("%s", (name, ...parts) => {
    for (const part of parts) expect(told(name)).toContain(part);
  });
});

describe("the JSON schema", () => {
  const schema = z.fromJSONSchema(scenarioSchema());

  it("accepts the example and the starter", () => {
    for (const text of [EXAMPLE, starterScenario()]) {
      expect(schema.safeParse(parse(text)).error?.issues).toBeUndefined();
    }
  });

  it("accepts every event's own example", () => {
    for (const { example } of events) {
      const result = schema.safeParse({ ...parse(smallest()), events: [parse(example)] });
      expect(result.error?.issues, example).toBeUndefined();
    }
  });

  it("accepts persistence and slow start in all their forms", () => {
    const forms = ["persistence: cookie", "persistence: { cookie: 30min }", "persistence: none"];
    forms.push("persistence: { cookie: { lifetime: 5s } }", "slow-start: 0", "slow-start: 30s");
    forms.push("slow-start: { window: 30s, from: 5% }");
    for (const form of forms) {
      const text = smallest().replace("name: web", `name: web, strategy: maglev, ${form}`);
      expect(problemsOf(text), form).toEqual([]);
      expect(schema.safeParse(parse(text)).error?.issues, form).toBeUndefined();
    }
  });

  it("refuses unknown fields and wrong units", () => {
    expect(schema.safeParse(parse(smallest("cach: 1\n"))).success).toBe(false);
    expect(schema.safeParse(parse(smallest().replace("1min", "60"))).success).toBe(false);
  });

  it("is the file that is shipped (npx vitest run test/scenario/documents.test.ts -u writes it anew)", async () => {
    await expect(scenarioSchemaText()).toMatchFileSnapshot("../../scenarios/scenario.schema.json");
  });
});

it("the starter is valid, and names its schema first", () => {
  expect(problemsOf(starterScenario())).toEqual([]);
  expect(starterScenario("x.json").split("\n")[0]).toBe("# yaml-language-server: $schema=x.json");
});

describe("events", () => {
  it.each(events.map(({ name, example }) => [name, example]))(
    "%s has an example that is valid",
    (_, example) => {
      const text = EXAMPLE.replace(/events:[^]*?compare/, `events:\n  - ${example}\n\ncompare`)
        .replace("at: sao-paulo, users", "at: london, users")
        .replace("replicas: 2\n", "replicas: 2\n      response-cache: { lru: 100 }\n")
        .replace(/expect:[^]*$/, "");
      expect(problemsOf(text)).toEqual([]);
    },
  );
});

describe("inputs", () => {
  const at = { file: "s.yaml", line: 1, column: 1 };
  const load = (text: string, kind: "numbers" | "trace"): ReturnType<typeof loadInputs> =>
    loadInputs([{ name: "f", path: "f.csv", kind, at }], loaderOf({ "f.csv": text }));

  it("numbers: one a line or a CSV, headings and comments passed over", () => {
    const loaded = load("size,next\n1, 2.5\n\n3_000 # three thousand\n1e-3\n", "numbers");
    expect("numbers" in loaded && [...(loaded.numbers.get("f") ?? [])]).toEqual([
      1, 2.5, 3_000, 0.001,
    ]);
  });

  it("tells lines that are no numbers", () => {
    const loaded = load("1\n-2 x\n", "numbers");
    expect("problems" in loaded && loaded.problems.map(formatProblem)).toEqual([
      'f.csv:2:1: "-2" is not a number, write numbers that are not negative',
      'f.csv:2:4: "x" is not a number, write numbers that are not negative',
    ]);
    const none = load("heading\n", "numbers");
    expect("problems" in none && none.problems.map(formatProblem)).toEqual([
      "f.csv:1:1: the file holds no number, write one a line",
    ]);
  });

  it("traces, with their lines", () => {
    const header = "time-ms,user,object,bytes,region\n";
    const loaded = load(`${header}0,1,2,100,all\n5.5,0,1,20,all\n`, "trace");
    expect("traces" in loaded && loaded.traces.get("f")).toMatchObject({ users: 2, objects: 3 });
    const wrong = load(`${header}x,1,2,100,all\n`, "trace");
    expect("problems" in wrong && wrong.problems.map(formatProblem)[0]).toMatch(
      /^f\.csv:2:1: time-ms/,
    );
  });

  it("a file that is not there is told where it is named", () => {
    const loaded = loadInputs([{ name: "f", path: "f.csv", kind: "trace", at }], loaderOf({}));
    expect("problems" in loaded && loaded.problems.map(formatProblem)).toEqual([
      's.yaml:1:1: cannot read "f.csv": there is no such file',
    ]);
  });
});

const check = (text: string): void => {
  const result = read(text);
  if ("problems" in result) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const problem of result.problems) {
      expect(formatProblem(problem)).not.toMatch(/\n/);
      expect(problem.line).toBeGreaterThan(0);
    }
  } else {
    expect(JSON.parse(JSON.stringify(result.scenario))).toEqual(result.scenario);
  }
};

describe("whatever the text", () => {
  const lines = EXAMPLE.split("\n");
  const words = [...new Set(EXAMPLE.match(/[\w./%-]+/g))];
  const odd = [
    "*",
    "&a",
    "*a",
    "<<",
    "null",
    "~",
    "[]",
    "{}",
    "0",
    "-1",
    "1e309",
    "__proto__",
    "none",
    "''",
    '"',
    "\t",
    "- ",
    ": ",
    "#",
    "!!int",
    "../..",
    "frankfurt",
    "..",
    "constructor",
  ];

  it("words exchanged, lines moved, dropped and doubled: a scenario or problems, never a throw", () => {
    const mutation = fc.record({
      line: fc.nat(lines.length - 1),
      kind: fc.constantFrom("drop", "double", "move", "word", "odd", "indent", "cut"),
      from: fc.constantFrom(...words),
      to: fc.constantFrom(...words, ...odd),
      other: fc.nat(lines.length - 1),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const now = [...lines];
        for (const { line, kind, to, other } of mutations) {
          const at = line % now.length;
          const text = now[at] ?? "";
          const place = text.match(/[\w./%-]+/g) ?? [""];
          const word = place[other % place.length];
          if (kind === "drop") now.splice(at, 1);
          else if (kind === "double") now.splice(at, 0, text);
          else if (kind === "move") now.splice(other % now.length, 0, ...now.splice(at, 1));
          else if (kind === "indent") now[at] = `${" ".repeat(other % 5)}${text}`;
          else if (kind === "cut") now[at] = text.slice(0, other);
          else now[at] = word === "" ? to : text.replace(word, () => to);
        }
        check(now.join("\n"));
      }),
      { numRuns: 200 },
    );
  });

  it("any text at all", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), check), { numRuns: 200 });
  });
});
