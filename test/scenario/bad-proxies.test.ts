/** What is refused of balancers of layer 7, each with its place and what would be right. */
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import { describeScenario } from "../../src/scenario/describe.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

/** The smallest scenario with these fields of its balancer, which stand on line 4. */
const withBalancer = (fields: string, targets = "[{ machines: 4 }]", extra = ""): string =>
  smallest(extra).replace(/targets: .*$/m, `${fields}, targets: ${targets} }`);
const two =
  "[{ name: api, targets: [{ machines: 1 }] }, { name: web, targets: [{ machines: 1 }] }]";
const told = (text: string): string[] =>
  problemsOf(text).map((line) => line.replace(/^s\.yaml:/, ""));

describe("layer 4", () => {
  const fields = {
    work: "{ request: 1ms }",
    pool: "fresh",
    "response-cache": "{ lru: 100 }",
    routes: "[{ to: web }]",
  };
  for (const [field, value] of Object.entries(fields)) {
    it(`has no ${field}`, () => {
      const [problem] = told(withBalancer(`layer: 4, ${field}: ${value}`)).filter((line) =>
        line.includes("at layer 4"),
      );
      expect(problem).toContain(`4:34: web has ${field} at layer 4: `);
      expect(problem).toContain("leave it out or write layer: 7");
    });
  }
});

describe("pool", () => {
  const cases: Readonly<Record<string, string>> = {
    "{ connections: 0 }": "4:45: connections is 0, it must be at least 1",
    "{ requests: 0 }": "4:42: requests is 0, it must be at least 1",
    "{ idle: -1s }": "4:38: idle is -1s, it must not be negative",
    "{ streams: 5 }": "4:32: HTTP/1.1 has no streams, write protocol: http/2, or leave streams out",
    "{ pending: 5 }":
      "4:32: nobody waits for what has no limit, say how many connections there may be, or leave pending out",
    "{ tls: 1.1 }": '4:37: tls is "1.1", did you mean "1.2"?',
    often: "4:30: pool is a text, write fresh or a map such as { connections: 100, idle: 60s }",
  };
  for (const [value, expected] of Object.entries(cases)) {
    it(`refuses ${value}`, () => {
      expect(told(withBalancer(`pool: ${value}`))).toEqual([expected]);
    });
  }
});

describe("response-cache", () => {
  const cases: Readonly<Record<string, string>> = {
    "{ ttl: 5s }":
      "4:40: response-cache has no policy, write one of lru, fifo, lfu, clock or sieve: lru: 10_000",
    "{ lru: 5, fifo: 5 }":
      "4:40: response-cache has both lru and fifo, write one of lru, fifo, lfu, clock or sieve: lru: 10_000",
    "{ lru: 5, ttl: -1s }": "4:55: ttl is -1s, it must be more than 0",
    "{ lru: 5, classes: [img] }": '4:60: no class is called "img", known are all',
    "{ lru: 0 }": "4:47: entries is 0, it must be at least 1",
    "{ lru: { entries: 5, ttl: 1s }, ttl: 2s }":
      "4:72: response-cache has two TTLs, write one of them",
  };
  for (const [value, expected] of Object.entries(cases)) {
    it(`refuses ${value}`, () => {
      expect(told(withBalancer(`response-cache: ${value}`))).toEqual([expected]);
    });
  }

  it("only balancers that have one can be purged", () => {
    const events = "events: [{ at: 1s, purge: web }]\n";
    expect(told(withBalancer("layer: 7", undefined, events))).toEqual([
      '5:27: "web" is not a balancer with a response cache, name another node',
    ]);
  });
});

describe("routes", () => {
  const cases: Readonly<Record<string, string>> = {
    "[{ class: all, to: api }]":
      "4:32: the routes of web have no default, end with one without conditions: { to: web }",
    "[{ to: ape }]": '4:39: web has no target "ape", did you mean "api"?',
    "[{ to: api }, { class: all, to: web }]":
      "4:46: this route of web is never reached, one without conditions takes all: write it last",
    "[{ class: alt, to: api }, { to: web }]": '4:42: no class is called "alt", did you mean "all"?',
    "[{ headers: 5, to: api }, { to: web }]":
      "4:44: headers is a number, write headers: { x-beta: on }",
    "{ to: api }": "4:32: routes is a map, write a list: [{ class: api, to: api }, { to: web }]",
  };
  for (const [value, expected] of Object.entries(cases)) {
    it(`refuses ${value}`, () => {
      expect(told(withBalancer(`routes: ${value}`, two))).toEqual([expected]);
    });
  }

  it("leave nothing for persistence to decide", () => {
    expect(told(withBalancer("routes: [{ to: web }], persistence: cookie", two))).toEqual([
      "4:47: web has routes and persistence, its rules alone decide: let the targets that they name keep users",
    ]);
  });
});

describe("work of its own", () => {
  // 10 requests a second of 40 ms and 5 ms for 1,000 bytes, on two replicas of one core.
  const text = (rate: string): string =>
    withBalancer(
      "replicas: 2, work: { request: 40ms, per-kB: 5ms, handshake: 1ms }",
      undefined,
      "connections: {}\n",
    )
      .replace("demand: 5ms", "demand: 5ms, request-size: 2kB, response-size: 6kB")
      .replace("10/s", rate);
  const ownLoad = (rate: string): string => describeScenario(scenarioOf(text(rate))).join("\n");

  it("is told beside the load on machines", () => {
    // 10/s × (40 + 8 × 5 ms) / 2.
    expect(ownLoad("10/s")).toContain("on its own cores 40%");
    expect(ownLoad("30/s")).toContain("on its own cores 120%: more than it can serve");
    expect(ownLoad("10/s")).toContain("5ms for 1,000 bytes of it and its answer");
  });

  it("that is more than its cores can do is remarked on in results", () => {
    const overloadedAt = (rate: string) => settingsOf(scenarioOf(text(rate)), []).overloaded;
    expect(overloadedAt("10/s")).toEqual([]);
    expect(overloadedAt("30/s")).toEqual([{ path: "web", load: 1.2, own: true }]);
  });
});
