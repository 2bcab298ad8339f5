/** What stands between clients and the first balancer: as it is read, and what is refused. */
import { describe, expect, it } from "vitest";
import { describeScenario } from "../../src/scenario/describe.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

// smallest() is: 1 duration: 1min · 2 clients · 3 requests: { demand: 5ms } · 4 balancer: { name:
// web, … }
const withBalancer = (text: string): string => smallest().replace("name: web", text);
const withClients = (text: string, requests = "demand: 5ms"): string =>
  smallest()
    .replace("arrivals: { poisson: 10/s }", `arrivals: { poisson: 10/s }, ${text}`)
    .replace("demand: 5ms", requests);

type Case = readonly [title: string, text: string, ...lines: string[]];
const refused = (cases: readonly Case[]): void =>
  it.each(cases)("%s", (_title, text, ...lines) => expect(problemsOf(text)).toEqual(lines));

describe("front doors are refused", () => {
  refused([
    [
      "with a TTL below nought",
      withBalancer("name: web, front-door: { names: -1s }"),
      "s.yaml:4:45: ttl is -1s, it must be more than 0",
    ],
    [
      "where a root has a place",
      withBalancer("name: web, at: tokyo, front-door: names").replace(
        "{ all: {",
        "{ all: { at: tokyo,",
      ),
      "s.yaml:4:35: web has a place, so nobody has to look for its targets, " +
        "leave at out: the root then decides where each client is",
    ],
    [
      "beneath the root",
      withBalancer("name: top").replace(
        "[{ machines: 4 }]",
        "[{ name: web, front-door: anycast, targets: [{ machines: 4 }] }]",
      ),
      "s.yaml:4:47: clients do not look for web, which stands behind another, " +
        "write front-door on the first balancer, or leave it out",
    ],
    [
      "with persistence, which nobody there could read",
      withBalancer("name: web, front-door: names, persistence: cookie"),
      "s.yaml:4:43: names cannot keep users: there is no request yet to read, " +
        "write persistence on the balancers beneath",
    ],
    [
      "with a layer, since nothing is forwarded there",
      withBalancer("name: web, front-door: names, layer: 7"),
      "s.yaml:4:43: web is where clients are and forwards nothing, write layer on the balancers beneath",
    ],
    [
      "by anycast with a strategy of one's own",
      withBalancer("name: web, front-door: anycast, strategy: random"),
      "s.yaml:4:55: by anycast the network picks the nearest, not random, " +
        "leave strategy out, or write front-door: names",
    ],
    [
      "when resolvers would never be asked",
      withClients("resolvers: { lookup: 5ms }"),
      "s.yaml:2:12: the resolvers of all are never asked, " +
        "write front-door: { names: 60s } on the root, or leave them out",
    ],
    [
      "with resolvers of nobody, that answer before they are asked, and forget early",
      withClients("resolvers: { users-each: 0, lookup: -1ms, stretched: -5%, by: 0.5 }").replace(
        "name: web",
        "name: web, front-door: names",
      ),
      "s.yaml:2:73: users-each is 0, it must be at least 1",
      "s.yaml:2:84: lookup is -1ms, it must not be negative",
      "s.yaml:2:101: stretched is -5%, it must not be negative",
      "s.yaml:2:110: by is 0.5, it must be at least 1",
    ],
  ]);
});

describe("bytes and addresses are refused", () => {
  refused([
    [
      "where a link has a bandwidth and requests have no size",
      withClients("bandwidth: 1MB/s"),
      "s.yaml:2:59: all has a bandwidth, but requests have no size, " +
        "write response-size: 20kB beside demand, or leave the bandwidth out",
    ],
    [
      "where links between places have one, and one of the classes has no size",
      `${withClients("at: tokyo", "demand: 5ms, classes: { a: { share: 40%, size: 1kB }, b: { share: 60% } }").replace("name: web", "name: web, at: london")}network: { bandwidths: { tokyo: { london: 1Gbit/s } } }\n`,
      "s.yaml:5:24: links have a bandwidth, but requests of the class b have no size, " +
        "write response-size: 20kB beside demand, or leave the bandwidth out",
    ],
    [
      "a wrong bandwidth of links once, and not the sizes that it has no use for",
      `${withClients("at: tokyo", "demand: 5ms").replace("name: web", "name: web, at: london")}network: { bandwidths: { tokyo: { tokyo: 0B/s, london: -1MB/s } } }\n`,
      "s.yaml:5:35: bandwidth tokyo to tokyo is inside one place, write links between two places",
      "s.yaml:5:56: bandwidth tokyo to london is -1MB/s, it must be more than 0",
    ],
    [
      "when a bandwidth is nought or inside one place",
      `${withClients("at: tokyo, bandwidth: 0MB/s", "demand: 5ms, response-size: 1kB").replace("name: web", "name: web, at: london")}network: { bandwidths: { tokyo: { tokyo: 1MB/s, london: 0B/s } } }\n`,
      "s.yaml:2:70: bandwidth is 0MB/s, it must be more than 0",
      "s.yaml:5:35: bandwidth tokyo to tokyo is inside one place, write links between two places",
      "s.yaml:5:57: bandwidth tokyo to london is 0B/s, it must be more than 0",
    ],
    [
      "where one region has a bandwidth and another says nothing of its own",
      withClients("bandwidth: 1MB/s", "demand: 5ms, response-size: 1kB").replace(
        "clients: {",
        "clients: { far: { arrivals: { poisson: 1/s } },",
      ),
      "s.yaml:2:12: bytes take time on the links of all, and far has no bandwidth, " +
        "write bandwidth: 10MB/s, or none: bytes take no time there",
    ],
    [
      "when proxies have no address or more users than there are",
      withClients("proxies: { share: -20%, addresses: 0 }"),
      "s.yaml:2:66: share is -20%, it must not be negative",
      "s.yaml:2:83: addresses is 0, it must be at least 1",
    ],
  ]);
});

describe("persistence is refused", () => {
  refused([
    [
      "in a table without room, that forgets at once",
      withBalancer("name: web, persistence: { address: { size: 0, idle: 0s } }"),
      "s.yaml:4:56: size is 0, it must be at least 1",
      "s.yaml:4:65: idle is 0s, it must be more than 0",
    ],
    [
      "by TLS session where none is resumed",
      `${withBalancer("name: web, persistence: tls-session")}connections: { tls: 1.3 }\n`,
      "s.yaml:4:37: users are to be kept by tls-session, and all resumes no TLS sessions, " +
        "write connections: { tls: 1.3, resume: 80% }",
    ],
    [
      "by connection where there are none",
      withBalancer("name: web, persistence: connection"),
      "s.yaml:4:37: users are to be kept by connection, and all has no connections, " +
        "write connections: { idle: 60s }",
    ],
  ]);
});

describe("what is left out", () => {
  it("leaves no trace in the resolved scenario", () => {
    const { root, clients, classes, ...rest } = scenarioOf(smallest());
    expect(root).not.toHaveProperty("frontDoor");
    for (const field of ["bandwidth", "proxies", "resolvers"]) {
      expect(clients[0]).not.toHaveProperty(field);
    }
    for (const field of ["requestSize", "responseSize"]) {
      expect(classes[0]).not.toHaveProperty(field);
    }
    expect(rest).not.toHaveProperty("bandwidths");
    const none = withBalancer("name: web, front-door: none").replace(
      "10/s }",
      "10/s }, proxies: none",
    );
    expect(scenarioOf(none).root).toEqual(root);
    expect(scenarioOf(none).clients).toEqual(clients);
  });

  it("leaves none where none is written, which a comparison needs to switch it off", () => {
    const [written] = scenarioOf(withClients("bandwidth: none, resolvers: none")).clients;
    expect(written).toEqual(scenarioOf(smallest()).clients[0]);
    expect(scenarioOf(`${smallest()}connections: none\n`)).toEqual(scenarioOf(smallest()));
    const off = "pool: none, work: none, response-cache: none, routes: none";
    expect(scenarioOf(withBalancer(`name: web, nat: none, ${off}`))).toEqual(
      scenarioOf(smallest()),
    );
    const blind = `${withBalancer(`name: web, layer: 4, ${off}`)}connections: {}\n`;
    expect(scenarioOf(blind).root.layer).toBe(4);
  });

  it("leaves resolvers waiting where names are compared with a list of one's own", () => {
    const compared = `${withClients("resolvers: {}")}compare: { web.front-door: [none, names] }\n`;
    expect(problemsOf(compared)).toEqual([]);
    expect(scenarioOf(compared).clients[0]).not.toHaveProperty("resolvers");
  });

  it("is written out where it counts", () => {
    const named = scenarioOf(withBalancer("name: web, front-door: names"));
    expect(named.root.frontDoor).toEqual({ kind: "names", settings: { ttl: 60_000 } });
    expect(named.clients[0].resolvers).toEqual({
      usersEach: 1_000,
      lookupMs: 20,
      stretched: 0,
      by: 10,
    });
    const routed = scenarioOf(withBalancer("name: web, front-door: anycast"));
    expect(routed.root.frontDoor).toEqual({ kind: "anycast", settings: { converge: 5_000 } });
    expect(routed.root.strategy.kind).toBe("nearest");
    const proxied = scenarioOf(withClients("proxies: 20%"));
    expect(proxied.clients[0].proxies).toEqual({ share: 0.2, addresses: 1 });
  });
});

it("explain tells of all of it, and that sizes alone take no time", () => {
  const lines = describeScenario(
    scenarioOf(
      withClients(
        "proxies: 20%, bandwidth: 1MB/s, resolvers: { stretched: 5% }",
        "demand: 5ms, request-size: 1kB, size: 3kB",
      ).replace("name: web", "name: web, front-door: { names: 30s }"),
    ),
  ).join("\n");
  expect(lines).toContain("20% of them behind forward proxies with 1 address");
  expect(lines).toContain("those of 5% keep answers 10 times as long as they may");
  expect(lines).toContain("clients find its targets by names (ttl 30s)");
  expect(lines).toContain("an answer has its object's size; they take their time on links");
  const idle = withClients("users: 5", "demand: 5ms, response-size: 9kB");
  expect(describeScenario(scenarioOf(idle)).join("\n")).toContain(
    "no link has a bandwidth, so they take no time",
  );
});
