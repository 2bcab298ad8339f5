/**
 * A real nginx (1.22.1 of Debian 12, and whatever later one is installed) asked for the server of
 * 10,000 keys, next to `ketama`.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc32 } from "../../src/hashing/functions/crc32.ts";
import { Ketama } from "../../src/hashing/placements/ketama.ts";
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
const WEIGHTS = [1, 7, 2, 3, 1, 12, 5, 4];
const GONE = 3;

/** One upstream and the port on which it is asked. */
interface Case {
  readonly port: number;
  /** Numbers of the servers in its list. */
  readonly servers: readonly number[];
  readonly weights: readonly number[];
  readonly down: readonly number[];
}

let nginx: Program | null = null;
let texts: string[] = [];
let cases: Record<string, Case> = {};

function configOf(folder: string): string {
  const answering = texts.map(
    (text, i) => `server { listen ${text}; return 200 "${answerOf(i)}"; }`,
  );
  const asked = Object.entries(cases).map(([name, { port, servers, weights, down }]) => {
    const lines = servers.map(
      (server) =>
        `server ${texts[server]} weight=${weights[server]}${down.includes(server) ? " down" : ""};`,
    );
    return `upstream ${name} { hash $http_x_key consistent; ${lines.join(" ")} keepalive 16; }
      server { listen 127.0.0.1:${port}; location / {
        proxy_pass http://${name}; proxy_http_version 1.1; proxy_set_header Connection "";
      } }`;
  });
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
    events { worker_connections 512; }
    http { access_log off; keepalive_requests 1000000; ${paths.join(" ")}
      ${[...answering, ...asked].join("\n")}
    }`;
}

beforeAll(async () => {
  const ports = await freePorts(COUNT + 4);
  // Addresses that differ before the port too, and one that has none.
  texts = Array.from({ length: COUNT }, (_, i) =>
    i === COUNT - 1 ? "" : `127.0.${i % 3}.${i + 1}:${ports[i]}`,
  );
  const all = texts.map((_, i) => i);
  const equal = all.map(() => 1);
  const rest = all.filter((server) => server !== GONE);
  cases = {
    equal: { port: ports[COUNT], servers: all, weights: equal, down: [] },
    weighted: { port: ports[COUNT + 1], servers: all, weights: WEIGHTS, down: [] },
    shorter: { port: ports[COUNT + 2], servers: rest, weights: WEIGHTS, down: [] },
    down: { port: ports[COUNT + 3], servers: all, weights: WEIGHTS, down: [GONE] },
  };
  nginx = await Program.start("nginx", {
    config: (folder) => {
      texts[COUNT - 1] = `unix:${folder}/last.sock`;
      return configOf(folder);
    },
    args: (file, folder) => ["-p", folder, "-e", "stderr", "-c", file],
    port: cases["equal"].port,
  });
});
afterAll(() => nginx?.stop());

/** Owners by our own ring, as numbers of servers. */
function expected({ servers, weights, down }: Case): number[] {
  const every = named(
    servers.map((server) => texts[server]),
    servers.map((server) => weights[server]),
  );
  const up = Array.from(every.usable).filter((label) => !down.includes(servers[label]));
  const members: Members = { ...every, size: up.length, usable: up };
  const ring = new Ketama();
  ring.assign(members);
  const text = new TextBytes();
  return keys.map((key) => {
    text.set(key);
    return servers[ring.owner(crc32.hash(text.bytes, text.length))];
  });
}

describe("nginx", () => {
  it.each([
    ["equal", "servers of equal weights"],
    ["weighted", "servers of unequal weights"],
    ["shorter", "a list that lacks one of them"],
    ["down", "a server that is down"],
  ])("gives every key to ketama's owner: %s, %s", async (name) => {
    const seen = await numbersOf(cases[name].port, keys);
    const owners = expected(cases[name]);
    expect(differences(keys, seen, owners)).toEqual(NONE_DIFFERENT);
    // Not by chance: everybody has a part.
    const missing = cases[name].servers.length - cases[name].down.length;
    expect(new Set(seen).size).toBe(missing);
  });
});
