/** What is said against connections and layers that cannot be. */
import { describe, expect, it } from "vitest";
import { describeScenario } from "../../src/scenario/describe.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

// smallest() is: 1 duration: 1min · 2 clients · 3 requests: { demand: 5ms } · 4 balancer: { name:
// web, … } · 5 what is added
const withBalancer = (text: string): string =>
  smallest().replace("name: web", `name: web, ${text}`);
const connected = (balancer: string, connections = "{}"): string =>
  `${withBalancer(balancer)}connections: ${connections}\n`;

const CASES: readonly (readonly [title: string, text: string, ...lines: string[]])[] = [
  [
    "layer 4 without connections",
    withBalancer("layer: 4"),
    "s.yaml:4:31: layer 4 decides once a connection, and clients have none, " +
      "write connections: { idle: 60s }, or leave layer out",
  ],
  [
    "layer 4 where one region has none",
    connected("layer: 4").replace(
      "10/s } }",
      "10/s } }, far: { arrivals: { poisson: 1/s }, connections: none }",
    ),
    "s.yaml:4:31: layer 4 decides once a connection, and far has none, " +
      "write connections for all clients",
  ],
  [
    "layer 4 beneath a balancer of layer 7 without connections of its own",
    connected("targets: [{ name: in, layer: 4, targets: [{ machines: 2 }] }]").replace(
      ", targets: [{ machines: 4 }]",
      "",
    ),
    "s.yaml:4:53: layer 4 decides once a connection, and web above has none to its targets, " +
      "write pool: { idle: 60s } for web (or pool: fresh), put the layer-4 balancer above web, or " +
      "leave layer out",
  ],
  [
    "users kept by layer 4 beneath layer 7",
    connected(
      "pool: fresh, targets: [{ name: in, layer: 4, persistence: address, targets: [{ machines: 2 }] }]",
    ).replace(", targets: [{ machines: 4 }]", ""),
    "s.yaml:4:82: layer 4 beneath web sees the address of web, not its users, " +
      "leave persistence out here, or write it for web",
  ],
  [
    "what belongs to layer 4",
    connected("spread: maglev, nat: { size: 9 }, direct-return: true"),
    "s.yaml:4:24: spread belongs to layer 4, and web decides once a request, " +
      "leave spread out or write layer: 4",
    "s.yaml:4:40: nat belongs to layer 4, and web decides once a request, " +
      "leave nat out or write layer: 4",
    "s.yaml:4:58: direct-return belongs to layer 4, and web decides once a request, " +
      "leave direct-return out or write layer: 4",
  ],
  [
    "work on packets elsewhere than at layer 4",
    connected("forwarding: { packet: 1us }, targets: [{ machines: 1 }]").replace(
      ", targets: [{ machines: 4 }]",
      "",
    ),
    "s.yaml:4:24: forwarding belongs to layer 4, and web decides once a request, " +
      "leave forwarding out or write layer: 4",
  ],
  [
    "packets in the work of layer 7",
    withBalancer("work: { request: 1ms, packet: 1us }"),
    's.yaml:4:46: unknown field "packet" in work, ' +
      "packets are work at layer 4 alone, as forwarding: write per-kB",
  ],
  [
    "requests in the work of layer 4",
    connected("layer: 4, forwarding: { packet: 1us, request: 1ms }"),
    's.yaml:4:61: unknown field "request" in forwarding, ' +
      "layer 4 cannot tell it: write packet or connection, or layer: 7 and work",
  ],
  [
    "forwarding of nothing, on no cores, in segments of nothing, in less than no time",
    connected("layer: 4, forwarding: { cores: 0, packet: -1us, segment: 0B }"),
    "s.yaml:4:55: cores is 0, it must be at least 1",
    "s.yaml:4:66: packet is -1us, it must not be negative",
    "s.yaml:4:81: segment is 0B, it must be at least 1B",
  ],
  [
    "forwarding that has nothing to do",
    connected("layer: 4, forwarding: { cores: 2 }"),
    "s.yaml:4:46: forwarding does not say what there is to do, " +
      "write for example packet: 1us, or leave forwarding out",
  ],
  [
    "segments where packets cost nothing",
    connected("layer: 4, forwarding: { connection: 1us, segment: 1_000B }"),
    "s.yaml:4:65: segment tells packets, and they cost nothing, " +
      "write for example packet: 1us, or leave segment out",
  ],
  [
    "segments that no packet of IP can carry",
    connected("layer: 4, forwarding: { packet: 1us, segment: 64KiB }"),
    "s.yaml:4:70: segment is 64KiB, it must be at most 65495B",
  ],
  [
    "cookies at layer 4",
    connected("layer: 4, persistence: cookie"),
    "s.yaml:4:47: a layer-4 balancer sees no cookies, leave persistence out or write layer: 7",
  ],
  [
    "a table of nothing, and times below nothing",
    connected("layer: 4, nat: { size: 0, idle: -1s }"),
    "s.yaml:4:47: size is 0, it must be at least 1",
    "s.yaml:4:56: idle is -1s, it must be more than 0",
  ],
  [
    "requests a connection of nought",
    connected("layer: 4", "{ requests: 0, idle: -5s }"),
    "s.yaml:5:26: requests is 0, it must be at least 1",
    "s.yaml:5:35: idle is -5s, it must be more than 0",
  ],
  [
    "early data without TLS 1.3",
    connected("layer: 4", "{ tls: 1.2, resume: 50%, early-data: true }"),
    "s.yaml:5:51: early data needs TLS 1.3, and tls is 1.2, " +
      "write tls: 1.3 or leave early-data out",
  ],
  [
    "settings of a balancer at the top of the file",
    `${smallest()}names: 60s\npool: fresh\n`,
    's.yaml:5:1: unknown field "names" in the scenario, ' +
      "write front-door: { names: … } on the first balancer",
    's.yaml:6:1: unknown field "pool" in the scenario, write pool on a balancer',
  ],
  [
    "sessions resumed without TLS",
    connected("layer: 4", "{ tls: none, resume: 50% }"),
    "s.yaml:5:35: sessions of TLS are to be resumed, and tls is none, " +
      "leave resume out or write tls: 1.3",
  ],
  [
    "replicas that are not there",
    `${connected("layer: 4, replicas: 2")}events: [{ at: 1s, fail-replica: web#3 }, { at: 2s, drain-replica: web }]\n`,
    "s.yaml:6:34: web has no replica 3, it has 2",
    's.yaml:6:68: "web" is not a replica of a balancer, write for example lb#2',
  ],
];

describe("is refused in a line", () => {
  it.each(CASES)("%s", (_, text, ...lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });
});

describe("is told in plain sentences", () => {
  it("connections, layers, tables and what handshakes cost", () => {
    const text = connected(
      "layer: 4, replicas: 2, spread: maglev, nat: { size: 1_000, idle: 5min, shared: true }, direct-return: true",
      "{ requests: 100, tls: 1.3, resume: 50%, early-data: true, lifetime: 10min }",
    ).replace("machines: 4", "machines: 4, handshake: 1ms");
    const told = describeScenario(scenarioOf(text)).join("\n");
    for (const words of [
      "http/1.1 connections with TLS 1.3, 50% of them resumed with early data, 100 requests each at most",
      "closed at an age of constant (value 10min), closed after 1min idle",
      "layer 4: decides once a connection, in flight means open connections",
      "routers spread connections over its replicas by maglev",
      "one table of all replicas for 1,000 connections, forgotten after 5min idle, which when full refuses new ones",
      "responses go straight to the client",
      "a TLS handshake takes 1ms of core time",
    ]) {
      expect(told).toContain(words);
    }
  });

  it("layer 4 beneath layer 7, by whose connections come there", () => {
    const text = connected(
      "pool: fresh, targets: [{ name: in, layer: 4, direct-return: true, targets: [{ machines: 2 }] }]",
    ).replace(", targets: [{ machines: 4 }]", "");
    const told = describeScenario(scenarioOf(text)).join("\n");
    for (const words of [
      "layer 4: decides once a connection of web's own, in flight means open connections",
      "hash its address and port",
      "responses go straight to web",
    ]) {
      expect(told).toContain(words);
    }
  });

  it("layer 4 beneath a balancer without a pool that only websockets pass is in order", () => {
    const text = connected(
      "targets: [{ name: in, layer: 4, targets: [{ machines: 2 }] }]",
      "{ websocket: true }",
    ).replace(", targets: [{ machines: 4 }]", "");
    expect(problemsOf(text)).toEqual([]);
  });

  it("work on handshakes beneath layer 4 is done where the balancer above shakes hands", () => {
    const text = (tls: string): string =>
      connected(
        `pool: { tls: ${tls} }, targets: [{ name: in, layer: 4, targets: [{ machines: 2, handshake: 1ms }] }]`,
      ).replace(", targets: [{ machines: 4 }]", "");
    expect(problemsOf(text("1.3"))).toEqual([]);
    expect(problemsOf(text("none")).join()).toContain("nobody shakes hands with web/in/1");
  });

  it("what forwarding costs, and what goes past it", () => {
    const told = (text: string): string => describeScenario(scenarioOf(connected(text))).join("\n");
    expect(told("layer: 4, forwarding: { cores: 2, packet: 1us, connection: 5us }")).toContain(
      "each replica has 2 cores for forwarding: " +
        "1us for a packet (of 1,460 bytes at most), 5us for a new connection",
    );
    expect(told("layer: 4, direct-return: true, forwarding: { packet: 1us }")).toContain(
      "each replica has 1 core for forwarding: " +
        "1us for a packet (of 1,460 bytes at most, answers' go past it)",
    );
  });

  it("none is what layer 7 has anyway: it takes off what an included file says", () => {
    expect(scenarioOf(connected("forwarding: none, nat: none")).root.layer).toBe(7);
    expect(scenarioOf(connected("layer: 4, forwarding: none")).root.layer4).not.toHaveProperty(
      "forwarding",
    );
  });

  it("a root without a place is decided once a connection by its client", () => {
    const text = `duration: 1min
connections: { idle: none }
clients: { all: { at: frankfurt, arrivals: { poisson: 10/s } } }
requests: { demand: 5ms }
balancer: { name: front, targets: [{ name: a, at: frankfurt, layer: 4, targets: [{ machines: 2 }] }] }
`;
    const { root } = scenarioOf(text);
    expect(root.layer).toBe("door");
    expect(root.targets[0]).toMatchObject({ layer: 4, layer4: { directReturn: false, nat: null } });
    expect(describeScenario(scenarioOf(text)).join("\n")).toContain(
      "decided once a connection, by its client; in flight means open connections",
    );
  });

  it("without connections nothing of them is in the scenario", () => {
    expect(JSON.stringify(scenarioOf(smallest()))).not.toMatch(/layer|connections/);
  });
});
