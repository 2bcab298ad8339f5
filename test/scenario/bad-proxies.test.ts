/** What is refused of balancers of layer 7, each with its place and what would be right. */
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import { describeScenario } from "../../src/scenario/describe.ts";
import { describeProxy } from "../../src/scenario/describe-proxies.ts";
import { describeEvent } from "../../src/scenario/describe-events.ts";
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
    "{ resume: 50% }":
      "4:40: sessions of TLS are to be resumed, and tls is none, leave resume out or write tls: 1.3",
    "{ tls: 1.3, resume: 150% }": "4:50: resume is 150%, it must be at most 100%",
    often: "4:30: pool is a text, write fresh or a map such as { connections: 100, idle: 60s }",
  };
  for (const [value, expected] of Object.entries(cases)) {
    it(`refuses ${value}`, () => {
      expect(told(withBalancer(`pool: ${value}`))).toEqual([expected]);
    });
  }
});

it("a pool may say none of what it has no limit of anyway", () => {
  const none = "{ connections: none, pending: none, requests: none }";
  expect(told(withBalancer(`pool: ${none}`))).toEqual([]);
});

it("explain tells what of a pool's handshakes is resumed", () => {
  const sentences = (pool: string) => describeProxy(scenarioOf(withBalancer(`pool: ${pool}`)).root);
  expect(sentences("{ tls: 1.2, resume: 80% }")).toEqual([
    "keeps any number of connections (http/1.1, TLS 1.2, 80% of them resumed) from each replica to " +
      "each target, closed after 1min without a request",
  ]);
  expect(sentences("{ tls: 1.3, requests: 1, resume: 100% }")).toEqual([
    "a new connection (http/1.1, TLS 1.3, 100% of them resumed) to the target for each request",
  ]);
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
      '5:27: "web" is not a balancer with a response cache, give one a cache: response-cache: { lru: 10_000 }',
    ]);
  });

  const strangers: Readonly<Record<string, string>> = {
    "top#1": '"top#1" is not a pattern of nodes, did you mean "top/ams/shop"?',
    "edge#2": '"edge#2" is not a pattern of nodes, did you mean "edge"?',
    top: '"top" is not a balancer with a response cache, did you mean "top/ams/shop"?',
    ams: '"ams" is not a balancer with a response cache, known are edge, top/ams/shop',
    "fra/edg": '"fra/edg" matches nothing, did you mean "edge"?',
    "fra/shop/9": '"fra/shop/9" matches nothing, known are edge, top/ams/shop',
    "7": '"7" names a machine without its balancer, known are edge, top/ams/shop',
  };
  for (const [pattern, expected] of Object.entries(strangers)) {
    it(`suggests only what can be purged in place of ${pattern}`, () => {
      const shop = "name: shop, targets: [{ machines: 2 }]";
      const cache = "response-cache: { lru: 5 }";
      const fra = `{ name: fra, targets: [{ name: edge, ${cache}, targets: [{ ${shop} }] }] }`;
      const ams = `{ name: ams, targets: [{ ${cache}, ${shop} }] }`;
      const top = `balancer: { name: top, replicas: 2, targets: [${fra}, ${ams}] }`;
      const text = smallest().replace(/^balancer: .*$/m, top);
      expect(told(`${text}events: [{ at: 1s, purge: "${pattern}" }]\n`)).toEqual([
        `5:27: ${expected}`,
      ]);
    });
  }

  const purges: Readonly<Record<string, string>> = {
    "classes: img": '5:41: no class is called "img", known are all',
    "classes: []": "5:41: classes names no class, name one, or leave classes out: all",
    "classes: { all: 1 }": '5:41: no class is called "", known are all',
    "share: 0%": "5:39: share is 0%, it must be more than 0",
    "share: 150%": "5:39: share is 150%, it must be at most 100%",
    "clases: [all]": '5:32: unknown field "clases" in the event purge, did you mean "classes"?',
  };
  for (const [value, expected] of Object.entries(purges)) {
    it(`refuses a purge with ${value}`, () => {
      const events = `events: [{ at: 1s, purge: web, ${value} }]\n`;
      expect(told(withBalancer("response-cache: { lru: 5 }", undefined, events))).toEqual([
        expected,
      ]);
    });
  }

  it("refuses a purge of a class that nobody stores, tells what others forget", () => {
    const requests =
      "requests: { classes: { pages: {}, images: {}, api: {} }, demand: 1ms, objects: { count: 9 } }";
    const text = (purge: string) =>
      withBalancer(
        "response-cache: { lru: 5, classes: [pages, images] }",
        undefined,
        `events: [{ at: 1s, purge: web, ${purge} }]\n`,
      ).replace(/^requests: .*$/m, requests);
    expect(told(text("classes: [pages, api]"))).toEqual([
      "5:49: the response cache of web never stores responses of api, it stores those of pages or images",
    ]);
    const sentence = (purge: string) => {
      const scenario = scenarioOf(text(purge));
      return describeEvent(scenario.events[0], scenario);
    };
    expect(sentence("classes: pages")).toBe("at 1s: web forgets all responses of pages");
    expect(sentence("share: 10%, classes: [pages, images]")).toBe(
      "at 1s: web forgets the responses for 10% of the objects of pages, images",
    );
    expect(sentence("share: 100%")).toBe("at 1s: web forgets all responses");
    expect(scenarioOf(text("share: 100%")).events[0]).not.toHaveProperty("share");
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

describe("a pool that is none", () => {
  it.each(["5", "[]", "0", "often", "{ conections: 3 }"])(
    "%s is told once, not as a missing one above layer 4 too",
    (pool) => {
      const beneath = "[{ name: entry, layer: 4, targets: [{ machines: 1 }] }]";
      expect(told(withBalancer(`pool: ${pool}`, beneath, "connections: {}\n"))).toHaveLength(1);
    },
  );
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
