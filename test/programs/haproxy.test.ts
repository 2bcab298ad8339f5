/**
 * A real HAProxy (2.6.12 of Debian 12, and whatever later one places alike) asked for the server of
 * thousands of keys, next to `haproxy-consistent` and `haproxy-map-based`; and for its hashes.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entryOf } from "../../src/definition.ts";
import { avalanche } from "../../src/hashing/functions/haproxy.ts";
import { hashFunctions } from "../../src/hashing/functions/registry.ts";
import { haproxyConsistent } from "../../src/hashing/placements/haproxy-consistent.ts";
import { haproxyMapBased } from "../../src/hashing/placements/haproxy-map-based.ts";
import type { Members } from "../../src/hashing/placement.ts";
import { TextBytes } from "../../src/hashing/text.ts";
import { named } from "../hashing/named.ts";
import {
  NONE_DIFFERENT,
  Program,
  answerOf,
  differences,
  freePorts,
  sampleKeys,
  numbersOf,
} from "./program.ts";

const COUNT = 8;
const keys = sampleKeys(10_000);
const WEIGHTS = [10, 70, 20, 30, 10, 120, 50, 256];
const GONE = 3;
const HASHES = ["sdbm", "djb2", "wt6", "crc32"];
const TYPES = { consistent: haproxyConsistent, "map-based": haproxyMapBased } as const;

/** One backend, and how many of the keys it is asked for. */
interface Case {
  readonly type: keyof typeof TYPES;
  readonly hash: string;
  readonly avalanche: boolean;
  /** Numbers of the servers in its list, which give the answers. */
  readonly servers: readonly number[];
  readonly weights: readonly number[];
  readonly down: readonly number[];
  readonly keys: number;
}

const all = Array.from({ length: COUNT }, (_, i) => i);
const rest = all.filter((server) => server !== GONE);

function* casesOf(type: keyof typeof TYPES): Generator<[string, Case]> {
  const base = { type, hash: "sdbm", avalanche: type === "consistent", down: [], keys: 10_000 };
  const equal = all.map(() => 1);
  yield ["equal weights", { ...base, servers: all, weights: equal }];
  yield ["unequal weights", { ...base, servers: all, weights: WEIGHTS }];
  yield ["a list that lacks one", { ...base, servers: rest, weights: WEIGHTS }];
  yield ["a server that is down", { ...base, servers: all, weights: WEIGHTS, down: [GONE] }];
  const odd = WEIGHTS.map((weight, i) => (i === GONE ? 7 : weight));
  yield ["the odd weight is down", { ...base, servers: all, weights: odd, down: [GONE] }];
  for (const hash of HASHES) {
    for (const mixed of [false, true]) {
      const other = { ...base, hash, avalanche: mixed, keys: 2_500 };
      const name = mixed ? `${hash} avalanche` : hash;
      yield [name, { ...other, servers: all, weights: WEIGHTS }];
    }
  }
}
const cases = [...casesOf("consistent"), ...casesOf("map-based")].map(([name, each], i) => ({
  name: `${each.type}, ${name}`,
  of: each,
  port: i,
}));

let haproxy: Program | null = null;
let ports: number[] = [];
const HASHED = cases.length + COUNT;

function configOf(): string {
  const answering = all.map(
    (server) => `frontend answers${server}
      bind 127.0.0.1:${ports[cases.length + server]}
      http-request return status 200 content-type text/plain string "${answerOf(server)}"`,
  );
  const asked = cases.map(({ of, port }) => {
    const lines = of.servers.map((server) => {
      const address = `127.0.0.1:${ports[cases.length + server]}`;
      const state = of.down.includes(server) ? " disabled" : "";
      return `  server s${server} ${address} weight ${of.weights[server]}${state}`;
    });
    return `listen asked${port}
      bind 127.0.0.1:${ports[port]}
      balance hdr(x-key)
      hash-type ${of.type} ${of.hash}${of.avalanche ? " avalanche" : ""}
    ${lines.join("\n")}`;
  });
  const hashes = HASHES.flatMap((hash) => [hash, `${hash}(1)`]);
  const values = hashes.map((hash) => `@%[req.hdr(x-key),${hash}];`);
  return `global
      nbthread 1
      maxconn 1000
    defaults
      mode http
      http-reuse always
      timeout client 60s
      timeout connect 10s
      timeout server 60s
    frontend hashes
      bind 127.0.0.1:${ports[HASHED]}
      http-request return status 200 content-type text/plain lf-string "${values.join("")}"
    ${[...answering, ...asked].join("\n")}
`;
}

beforeAll(async () => {
  ports = await freePorts(cases.length + COUNT + 1);
  haproxy = await Program.start("haproxy", {
    config: configOf,
    args: (file) => ["-db", "-f", file],
    port: ports[HASHED],
  });
});
afterAll(() => haproxy?.stop());

const text = new TextBytes();
function hashOf(name: string, key: string): number {
  text.set(key);
  return entryOf(hashFunctions, name).hash(text.bytes, text.length);
}

/** Owners by our own structure, as numbers of servers. */
function expected({ type, hash, avalanche: mixed, servers, weights, down }: Case): number[] {
  const every = named(
    servers.map((server) => `s${server}`),
    servers.map((server) => weights[server]),
  );
  const up = Array.from(every.usable).filter((label) => !down.includes(servers[label]));
  const members: Members = { ...every, size: up.length, usable: up };
  const settings = { hash, avalanche: mixed };
  const definition = TYPES[type];
  const placement = definition.create(settings);
  placement.assign(members);
  const keyHash = definition.keyHash!(settings);
  return keys.map((key) => servers[placement.owner(hashOf(keyHash, key))]);
}

describe("haproxy", () => {
  it.each(cases)("gives every key to our owner: $name", async ({ of, port }) => {
    const some = keys.slice(0, of.keys);
    const seen = await numbersOf(ports[port], some);
    expect(differences(some, seen, expected(of))).toEqual(NONE_DIFFERENT);
    expect(new Set(seen).size).toBe(of.servers.length - of.down.length);
  });

  it("hashes keys as our functions of its names do", async () => {
    const some = keys.slice(0, 1000);
    const seen = await numbersOf(ports[HASHED], some, 2 * HASHES.length);
    const mine = some.flatMap((key) =>
      HASHES.flatMap((hash) => {
        const value = hashOf(hash, key);
        return [value >>> 0, avalanche(value) >>> 0];
      }),
    );
    expect(seen).toEqual(mine);
  });
});
