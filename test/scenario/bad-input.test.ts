import { describe, expect, it } from "vitest";
import {
  loaderOf,
  problemsOf,
  SMALL_BALANCER,
  SMALL_CLIENTS,
  SMALL_REQUESTS,
  smallest,
} from "./helpers.ts";
import {
  formatProblem,
  MAX_SCENARIO_BYTES,
  readScenario,
} from "../../src/scenario/read-scenario.ts";

// smallest() is: 1 duration: 1min · 2 clients · 3 requests: { demand: 5ms } · 4 balancer: { name:
// web, … }
const targets = "[{ machines: 4 }]";
const withMachines = (text: string): string => smallest().replace(targets, `[{ ${text} }]`);
const withBalancer = (text: string): string => smallest().replace("name: web", text);
const withRequests = (text: string): string => smallest().replace("demand: 5ms", text);
const withEvents = (...lines: string[]): string =>
  smallest(`events:\n${lines.map((line) => `  - ${line}\n`).join("")}`);

/** Title, text, the lines that people see. */
/** With caches, and a price for their misses. */
const cached = (): string =>
  smallest()
    .replace("demand: 5ms", "demand: 5ms, on-miss: 20ms")
    .replace("machines: 4", "machines: 4, cache: { lru: 100 }");

type Case = readonly [title: string, text: string, ...lines: string[]];

function tell(cases: readonly Case[]): void {
  it.each(cases)("%s", (_title, text, ...lines) => expect(problemsOf(text)).toEqual(lines));
}

describe("fields", () => {
  tell([
    [
      "an origin without cores",
      `${cached()}origin: { queue: 5 }\n`,
      "s.yaml:5:9: the origin has no cores, write cores: … (fetches served at once)",
    ],
    [
      "an origin of no cores, and what it does not know",
      `${cached()}origin: { cores: 0, disk: 5 }\n`,
      "s.yaml:5:18: cores is 0, it must be at least 1",
      's.yaml:5:21: unknown field "disk" in the origin, known are at, cores, queue',
    ],
    [
      "an origin behind no cache",
      `${smallest()}origin: { cores: 2 }\n`,
      "s.yaml:5:9: no machine has a cache to fetch for, write cache: { lru: 1_000 }",
    ],
    [
      "an origin whose fetches take no time",
      `${cached().replace("on-miss: 20ms", "affinity: object")}origin: { cores: 2 }\n`,
      "s.yaml:5:9: a fetch takes no time at the origin, write on-miss: 20ms",
    ],
    [
      "an origin somewhere while machines stand nowhere",
      `${cached()}origin: { cores: 2, at: tokyo }\n`,
      "s.yaml:5:9: the origin stands at a place, and no machine does, leave at out",
    ],
  ]);
  tell([
    [
      "an unknown field, with what was meant",
      withMachines("machines: 4, cach: { lru: 5 }"),
      's.yaml:4:49: unknown field "cach" in the machines of web, did you mean "cache"?',
    ],
    [
      "a word of other tools",
      withMachines("servers: 4"),
      's.yaml:4:36: unknown field "servers" in a target of web, did you mean "machines"?',
    ],
    [
      "a field of machines on a balancer",
      withBalancer("name: web, cores: 4"),
      's.yaml:4:24: unknown field "cores" in the balancer web, ' +
        "it belongs to machines: write targets: [{ machines: 4, cores: … }]",
    ],
    [
      "a wrong type",
      smallest().replace(targets, "5"),
      "s.yaml:4:33: targets is a number, write a list, each with a dash",
    ],
    [
      "several mistakes at once, in order",
      withMachines("machines: 4, cores: 0, speed: -1, queue: -1, discipline: fivo, warm: maybe"),
      "s.yaml:4:56: cores is 0, it must be at least 1",
      "s.yaml:4:66: speed is -1, it must be more than 0",
      "s.yaml:4:77: queue is -1, it must not be negative",
      's.yaml:4:93: discipline is "fivo", did you mean "fifo"?',
      's.yaml:4:105: warm is "maybe", write true or false',
    ],
    [
      "what nobody else can know",
      "question: hi\nduration: 1min\n",
      "s.yaml:1:1: the scenario has no clients, write clients: … (client regions by name)",
      "s.yaml:1:1: the scenario has no requests, write requests: … (what clients ask for)",
      "s.yaml:1:1: the scenario has no balancer, " +
        "write balancer: … (the first balancer, and beneath it all others)",
    ],
    [
      "a layer that is not modelled",
      withBalancer("name: web, layer: 5"),
      "s.yaml:4:31: layer 5 is not modelled, " +
        "write 4 (decided once a connection) or 7 (once a request)",
    ],
  ]);
});

describe("units", () => {
  tell([
    [
      "a missing unit",
      smallest().replace("10/s", "8000"),
      "s.yaml:2:40: rate: 8000 has no unit, write 8000/s",
    ],
    [
      "a unit of the wrong kind",
      smallest().replace("10/s", "5ms"),
      's.yaml:2:40: rate: "5ms" is a duration, a rate is wanted here, such as 8_000/s',
    ],
    [
      "a unit spelled otherwise",
      smallest().replace("1min", "1mins"),
      's.yaml:1:11: duration: "mins" is not a unit of duration, write 1min',
    ],
    [
      "a bare rate where a process is wanted",
      smallest().replace("{ poisson: 10/s }", "8_000/s"),
      "s.yaml:2:29: arrivals is a bare quantity, write { poisson: 8_000/s }",
    ],
    [
      "requests per second of other tools",
      smallest().replace("poisson: 10/s", "rps: 10/s"),
      's.yaml:2:31: arrivals: no arrival process is called "rps", did you mean "poisson"?',
    ],
    [
      "a timeout of zero",
      withRequests("demand: 5ms, timeout: 0s"),
      "s.yaml:3:35: timeout is 0s, it must be more than 0",
    ],
    [
      "a negative timeout",
      withRequests("demand: 5ms, timeout: -2s"),
      "s.yaml:3:35: timeout is -2s, it must be more than 0",
    ],
    [
      "a negative number of machines",
      withMachines("machines: -4"),
      "s.yaml:4:46: machines is -4, it must be at least 1",
    ],
  ]);
});

describe("shares", () => {
  tell([
    [
      "that do not add up",
      withRequests("demand: 5ms, classes: { a: { share: 50% }, b: { share: 20% } }"),
      "s.yaml:3:35: the shares of the classes add up to 70%, they must add up to 100%",
    ],
    [
      "that are missing in part",
      withRequests("demand: 5ms, classes: { a: { share: 50% }, b: {} }"),
      "s.yaml:3:35: no share is given for b, give all classes a share or none",
    ],
    [
      "of a client region",
      withRequests("demand: 5ms, classes: { a: {}, b: {} }").replace(
        "all: {",
        "all: { classes: { a: 10%, c: 80% },",
      ),
      "s.yaml:2:28: the shares of all add up to 90%, they must add up to 100%",
      's.yaml:2:38: no class is called "c", known are a, b',
    ],
    [
      "above one",
      withRequests("demand: 5ms, objects: { count: 10, hot: { objects: 2, share: 80 } }"),
      "s.yaml:3:74: share is 80, it must be at most 100%, write 80%",
    ],
    [
      "above one, in percent",
      withRequests("demand: 5ms, objects: { count: 10, hot: { objects: 2, share: 120% } }"),
      "s.yaml:3:74: share is 120%, it must be at most 100%",
    ],
    [
      "of more hot objects than there are",
      withRequests("demand: 5ms, objects: { count: 10, hot: { objects: 20, share: 80% } }"),
      "s.yaml:3:53: 20 objects are hot of 10, hot cannot have more",
    ],
  ]);
});

describe("sessions", () => {
  const differing = `requests:
  demand: 5ms
  session: 64KiB
  classes: { a: {}, b: { session: 1MiB }, c: { session: none } }
`;
  tell([
    [
      "without a unit",
      withRequests("demand: 5ms, session: 64"),
      "s.yaml:3:35: state: 64 has no unit, write 64B or 64KiB",
    ],
    [
      "of a wrong kind",
      withRequests("demand: 5ms, session: 5ms"),
      's.yaml:3:35: state: "5ms" is a duration, a size is wanted here, such as 64KiB',
    ],
    [
      "without a state",
      withRequests("demand: 5ms, session: { open: 5ms }"),
      "s.yaml:3:35: session has no state, write state: … " +
        "(how much there is of it; drawn once for each user)",
    ],
    [
      "with costs that cannot be",
      withRequests(
        "demand: 5ms, session: { state: 1B, save: -1ms, open: 2, bandwidth: 0MB/s, carry: 1ms }",
      ),
      "s.yaml:3:54: save is -1ms, it must not be negative",
      "s.yaml:3:66: open: 2 has no unit, write 2ms or 2s",
      "s.yaml:3:80: bandwidth is 0MB/s, it must be more than 0",
      's.yaml:3:87: unknown field "carry" in session, known are state, save, open, bandwidth',
    ],
    [
      "as a list",
      withRequests("demand: 5ms, session: [64KiB]"),
      "s.yaml:3:35: session is a list, write a map of fields such as state, save, open",
    ],
    [
      "that differ, of one user",
      smallest().replace(SMALL_REQUESTS, differing),
      "s.yaml:6:35: the sessions of a and b differ, a user has one session: " +
        "write it once, beside classes, and session: none in those that need none",
    ],
  ]);
});

describe("names and tiers", () => {
  tell([
    [
      "two targets of one name",
      smallest().replace(
        targets,
        "[{ name: a, targets: [{ machines: 1 }] }, { name: a, targets: [{ machines: 1 }] }]",
      ),
      's.yaml:4:83: two targets of web are called "a", give each its own name',
    ],
    [
      "an empty tier",
      smallest().replace(targets, "[]"),
      "s.yaml:4:33: web has no targets, write for example - { machines: 4 }",
    ],
    [
      "an empty target",
      smallest().replace(targets, "[{}, { machines: 1 }]"),
      "s.yaml:4:34: a target of web is empty, write for example - { machines: 4 }",
    ],
    [
      "a balancer without targets",
      smallest().replace(targets, "[{ name: a }]"),
      "s.yaml:4:34: the balancer a has no targets, " +
        "write targets: … (balancers and groups of machines)",
    ],
    [
      "a name with a space",
      withBalancer("name: we b"),
      's.yaml:4:19: the name "we b" has a space in it, write we-b',
    ],
    [
      "names with a slash and a dot",
      withBalancer("name: a/b").replace("all:", "a.b:"),
      's.yaml:2:12: the name "a.b" has a . in it, write a-b',
      's.yaml:4:19: the name "a/b" has a / in it, write a-b',
    ],
    [
      "a name with a star",
      withBalancer("name: a*"),
      's.yaml:4:19: the name "a*" has a * in it, write a',
    ],
    [
      "a name like a machine's",
      withBalancer("name: 12"),
      's.yaml:4:19: the name "12" is not of letters, digits, - and _ after a letter, write n-12',
    ],
    [
      "weights that are all zero",
      withMachines("machines: 4, weight: 0"),
      "s.yaml:4:33: all targets of web weigh 0, one at least must weigh more",
    ],
  ]);
});

describe("choices", () => {
  tell([
    [
      "a strategy by its nickname",
      withBalancer("name: web, strategy: p2c"),
      's.yaml:4:34: strategy: no strategy is called "p2c", did you mean "power-of-d"?',
    ],
    [
      "an unknown setting of a strategy",
      withBalancer("name: web, strategy: { ring-hash: { node: 5 } }"),
      's.yaml:4:49: unknown field "node" in ring-hash, did you mean "nodes"?',
    ],
    [
      "two strategies at once",
      withBalancer("name: web, strategy: { maglev: 65537, random: 1 }"),
      's.yaml:4:34: strategy is a map of "maglev", "random", not one strategy, ' +
        "write one name, or { name: { … } } with its fields",
    ],
    [
      "a table size that is not prime",
      withBalancer("name: web, strategy: { maglev: 100 }"),
      "s.yaml:4:36: maglev: 100 is not a prime; the next one is 101",
    ],
    [
      "a persistence misspelt",
      withBalancer("name: web, persistence: adress"),
      's.yaml:4:37: persistence: no persistence is called "adress", did you mean "address"?',
    ],
    [
      "a cookie of no lifetime",
      withBalancer("name: web, persistence: { cookie: 0s }"),
      "s.yaml:4:47: lifetime is 0s, it must be more than 0",
    ],
    [
      "a cookie for nobody",
      withBalancer("name: web, persistence: cookie").replace(
        "demand: 5ms",
        "demand: 5ms, affinity: none",
      ),
      "s.yaml:4:37: users are to be kept, but with affinity none requests have no users, " +
        "leave persistence out, or write affinity: user",
    ],
    [
      "a slow start without a unit",
      withBalancer("name: web, strategy: weighted-random, slow-start: 30"),
      "s.yaml:4:63: slow-start: 30 has no unit, write 30ms or 30s",
    ],
    [
      "a slow start of negative length",
      withBalancer("name: web, slow-start: -1s"),
      "s.yaml:4:36: slow-start is -1s, it must not be negative",
    ],
    [
      "a slow start from nothing",
      withBalancer("name: web, strategy: maglev, slow-start: { window: 1s, from: 0% }"),
      "s.yaml:4:74: from is 0%, it must be at least 1%",
    ],
    [
      "a slow start without a window",
      withBalancer("name: web, slow-start: { from: 20% }"),
      "s.yaml:4:36: slow-start has no window, " +
        "write window: … (from joining, or being believed up, to the whole weight)",
    ],
    [
      "reports that are switched off but needed",
      withBalancer("name: web, strategy: geo, reports: none"),
      "s.yaml:4:48: geo needs reports, which are switched off, leave reports out or give an interval",
    ],
  ]);
});

describe("times", () => {
  tell([
    [
      "a warm-up as long as the run",
      smallest("warmup: 60s\n"),
      "s.yaml:5:9: the warm-up of 1min is the whole run, it must be shorter than 1min",
    ],
    [
      "an endless run",
      SMALL_CLIENTS + SMALL_REQUESTS + SMALL_BALANCER,
      "s.yaml:1:1: the run has no end, write duration: 10min or stop-after: 1_000_000 requests",
    ],
    [
      "too many windows",
      smallest("window: 1us\n"),
      "s.yaml:5:9: 60000000 windows are more than 100000, write a wider window",
    ],
  ]);
});

describe("events", () => {
  tell([
    [
      "patterns that match nothing",
      withEvents(
        "{ at: 5s, fail: web/9 }",
        "{ at: 5s, fail: wep/1 }",
        "{ at: 5s, fail: web/a/b }",
        "{ at: 5s, fail: web// }",
        "{ at: 5s, fail: 3 }",
      ),
      's.yaml:6:21: "web/9" matches nothing, web has the machines 1..4',
      's.yaml:7:21: "wep/1" matches nothing, did you mean "web"?',
      's.yaml:8:21: "web/a/b" matches nothing, web has the machines 1..4',
      's.yaml:9:21: "web//" is not a pattern of nodes, write for example web/1',
      's.yaml:10:21: "3" names a machine without its balancer, write web/3',
    ],
    [
      "a machine that has left, and one that has not come yet",
      withEvents(
        "{ at: 5s, remove: web/2 }",
        "{ at: 6s, fail: web/2 }",
        "{ at: 7s, fail: web/5 }",
        "{ at: 8s, add: 1 machine, to: web }",
        "{ at: 9s, fail: web/5 }",
      ),
      's.yaml:7:21: "web/2" matches nothing, web has the machines 1, 3..4',
      's.yaml:8:21: "web/5" matches nothing, web has the machines 1, 3..4',
    ],
    [
      "outside the run",
      withEvents("{ at: 5min, fail: web/1 }"),
      "s.yaml:6:11: the event at 5min is outside the run, the run ends at 1min",
    ],
    [
      "verbs: unknown, none, two, no map",
      withEvents(
        "{ at: 5s, kill: web/1 }",
        "{ at: 5s }",
        "{ at: 5s, fail: web/1, slow: web/2 }",
        "5",
      ),
      's.yaml:6:15: no event is called "kill", did you mean "fail"?',
      "s.yaml:7:5: the event does not say what happens, " +
        "write one of add, remove, drain, fail, recover, slow, cut, delay, mend, rate, purge, set, " +
        "fail-replica, drain-replica, add-replica",
      's.yaml:8:5: one event says "fail" and "slow", write an event for each',
      "s.yaml:9:5: an event is a number, write for example { at: 5min, fail: fra/3 }",
    ],
    [
      "places, regions and settings that are not there",
      withEvents(
        "{ at: 5s, cut: [paris, here] }",
        "{ at: 5s, add: x machine, to: web }",
        "{ at: 5s, rate: eu, times: 2 }",
        "{ at: 5s, set: web.cores, to: 2 }",
        "{ at: 5s, set: web.strategy, to: randon }",
        "{ at: 5s, slow: web/1 }",
        "{ at: 5s, remove: web }",
      ),
      's.yaml:6:21: nothing of this scenario stands at "paris", known are here',
      's.yaml:7:20: add: "x machine" is not a number of machines, write for example add: 1 machine',
      's.yaml:8:21: no client region is called "eu", known are all',
      "s.yaml:9:20: strategy and weight are what can be set during a run, " +
        "write for example set: fra.strategy or fra/3.weight",
      's.yaml:10:38: to: no strategy is called "randon", did you mean "random"?',
      "s.yaml:11:5: the event slow has no by, write by: … (their speed is divided by this)",
      's.yaml:12:23: "web" is not below the first balancer, name another node',
    ],
    [
      "machines for a balancer that has none",
      withEvents("{ at: 5s, add: 1, to: web }").replace(
        targets,
        "[{ name: a, targets: [{ machines: 1 }] }, { name: b, targets: [{ machines: 1 }] }]",
      ),
      "s.yaml:6:27: web has no machines of its own, name a or b",
    ],
  ]);
});

describe("places", () => {
  tell([
    [
      "a misspelled one",
      withBalancer("name: web, at: frankfrt"),
      's.yaml:4:28: no place is called "frankfrt", did you mean "frankfurt"?',
    ],
    [
      "machines that stand nowhere",
      smallest().replace("{ arrivals", "{ at: frankfurt, arrivals"),
      "s.yaml:4:34: the machines of web stand nowhere, " +
        "write at: frankfurt here or on a balancer above",
    ],
    [
      "clients that live nowhere",
      withBalancer("name: web, at: frankfurt"),
      "s.yaml:2:12: the client region all has no place, write at: frankfurt",
    ],
    [
      "a way that nobody knows",
      smallest("network: { round-trips: { a: { b: 3ms } } }\n")
        .replace("name: web", "name: web, at: london")
        .replace("{ arrivals", "{ at: a, arrivals"),
      "s.yaml:4:19: no round trip between a and london is known, " +
        "write network: { round-trips: { a: { london: 30ms } } } or coordinates under places",
    ],
  ]);
});

describe("expect and compare", () => {
  tell([
    [
      "expectations",
      smallest(
        [
          "expect:",
          "  - { metric: p98, below: 5ms }",
          "  - { metric: p99, below: 5 }",
          "  - { metric: p99 }",
          "  - { metric: p99, of: wob, below: 5ms }",
          "  - { metric: p99, during: 5min..6min, below: 5ms }",
          "  - { metric: p99, during: 1s..2s, below: 5ms }",
          "  - { metric: availability, of: region:x, above: 20 ms }",
          "",
        ].join("\n"),
      ),
      's.yaml:6:15: no metric is called "p98", did you mean "p90"?',
      "s.yaml:7:27: below: 5 has no unit, write 5ms or 5s",
      "s.yaml:8:5: the expectation has no bound, write below: or above:",
      's.yaml:9:24: "wob" matches nothing, did you mean "web"?',
      "s.yaml:10:28: the span is outside the run, the run ends at 1min",
      "s.yaml:11:28: the span lies within the warm-up, which is not counted, it ends at 5s",
      's.yaml:12:33: nothing is called "region:x", known are all',
      's.yaml:12:50: above: "20 ms" is a duration, a share is wanted here, such as 20% or 0.2',
    ],
    [
      "comparisons: every value is tried",
      smallest(
        [
          "compare:",
          "  web.strategy: [random, radnom, { maglev: 4 }]",
          "  wob.strategy: [random]",
          "  requests.dmand: [5ms]",
          "  seed: 5",
          "",
        ].join("\n"),
      ),
      's.yaml:6:26: strategy: no strategy is called "radnom", did you mean "random"?',
      "s.yaml:6:36: maglev: 4 is not a prime; the next one is 5",
      's.yaml:7:3: "wob" matches nothing, did you mean "web"?',
      's.yaml:8:20: unknown field "dmand" in requests, did you mean "demand"?',
      "s.yaml:9:9: compare seed is a number, write for example fra.strategy: [mod-n, maglev]",
    ],
  ]);
});

describe("YAML", () => {
  tell([
    ["an empty file", "", "s.yaml:1:1: the file is empty, begin with a line such as question: …"],
    [
      "a list",
      "- a\n",
      "s.yaml:1:1: a scenario is a map, not a list, begin with a line such as question: …",
    ],
    [
      "duplicate keys",
      smallest("duration: 2min\n"),
      's.yaml:5:1: duplicate key "duration", it stands in line 1 already',
    ],
    ["tabs", "a:\n\t- b\n", "s.yaml:2:1: a tab indents this line, indent with spaces"],
    [
      "two documents",
      smallest("---\na: 1\n"),
      "s.yaml:5:1: a second document begins here, one file holds one scenario",
    ],
    [
      "a star without quotes",
      smallest("compare:\n  *.strategy: [random]\n"),
      "s.yaml:6:13: Alias ending in : is ambiguous, a text that begins with * stands in quotes",
    ],
    [
      "a tag",
      `question: !foo bar\n${smallest()}`,
      "s.yaml:1:11: Unresolved tag: !foo, write the value without a tag",
    ],
    [
      "an anchor within itself",
      smallest("reason: &a [*a]\n"),
      "s.yaml:5:12: reason is a list, write a text",
      "s.yaml:5:13: the alias *a stands inside its own anchor, write it out",
    ],
    [
      "brackets without end",
      "[".repeat(100_000),
      "s.yaml:1:1: nested more than 64 deep, a scenario needs some ten levels",
    ],
  ]);

  it("anchors that explode are refused at the line that makes them too many", () => {
    // Nine to the power of the line: 9^5 is below 100,000 in all, 9^6 is not.
    const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [i, name] of Array.from("bcdefghi").entries()) {
      const before = "abcdefgh"[i];
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`);
    }
    expect(problemsOf(lines.join("\n"))).toEqual([
      "s.yaml:6:8: the alias *e stands for more than 100000 values, write out what is needed",
    ]);
  });

  it("aliases and merge keys within reason are fine", () => {
    const text = smallest().replace(
      targets,
      "[&m { machines: 4, cores: 2 }, { <<: *m, cores: 8 }]",
    );
    expect(problemsOf(text)).toEqual([]);
  });
});

const problemsIn = (files: Record<string, string | Uint8Array>): string[] => {
  const result = readScenario("s.yaml", loaderOf(files));
  return "problems" in result ? result.problems.map(formatProblem) : [];
};

describe("files", () => {
  it("a missing one", () => {
    expect(problemsIn({})).toEqual(['s.yaml:1:1: cannot read "s.yaml": there is no such file']);
  });

  it("one that the host refuses for another reason", () => {
    const result = readScenario("s.yaml", () => {
      throw new Error("the disk is on fire");
    });
    expect("problems" in result && result.problems.map(formatProblem)).toEqual([
      's.yaml:1:1: cannot read "s.yaml": the disk is on fire',
    ]);
  });

  it("binary ones", () => {
    const binary = ['s.yaml:1:1: "s.yaml" is not a text file, it must be UTF-8'];
    expect(problemsIn({ "s.yaml": new Uint8Array([0xff, 0xfe, 0x41, 0]) })).toEqual(binary);
    expect(problemsIn({ "s.yaml": "a\0b" })).toEqual(binary);
  });

  it("a huge one", () => {
    const huge = ['s.yaml:1:1: "s.yaml" has more than 1 MB, is it the right file?'];
    expect(problemsIn({ "s.yaml": new Uint8Array(MAX_SCENARIO_BYTES + 1) })).toEqual(huge);
  });

  it("includes that go in a circle, with their chain", () => {
    const files = {
      "s.yaml": `include: a.yaml\n${smallest()}`,
      "a.yaml": "include: b.yaml\n",
      "b.yaml": "include: [s.yaml]\n",
    };
    expect(problemsIn(files)).toEqual([
      "b.yaml:1:11: the files include each other: s.yaml → a.yaml → b.yaml → s.yaml, " +
        "leave out one include",
    ]);
  });

  it("problems of included files stand in those, after the file's own", () => {
    const files = {
      "s.yaml": "include: [base.yaml, none.yaml]\nbalancer: { layer: 3 }\n",
      "base.yaml": smallest("cach: 1\n"),
    };
    expect(problemsIn(files)).toEqual([
      's.yaml:1:22: cannot read "none.yaml": there is no such file',
      "s.yaml:2:20: layer 3 is not modelled, " +
        "write 4 (decided once a connection) or 7 (once a request)",
      expect.stringMatching(/^base\.yaml:5:1: unknown field "cach" in the scenario, known are /),
    ]);
  });
});
