/**
 * What a layer-7 balancer's own parts cost a request: W1's pool (100 machines, least connections,
 * 80 requests a millisecond) plain and with each part, each in a process of its own and with the
 * same requests. Half of the objects may be stored, so most requests look up, miss, are sent on a
 * connection, and are stored on their way back. `node test/bench/proxy.mjs [--requests N]
 * [--repeats N] [--dist DIR]`
 */
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { measure } from "./processes.mjs";
import { median, table } from "./table.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    repeats: { type: "string", default: "3" },
    dist: { type: "string", default: join(HERE, "../../dist") },
  },
});

const POOL = "pool: { connections: 100, idle: 60s }";
const CACHE = "response-cache: { lru: 10_000, ttl: 60s, cacheable: 50%, coalesce: true }";
const WORK = "work: { cores: 4, request: 10us }";
/**
 * A change that never comes, to a strategy that looks at keys: so who and what is drawn here too.
 */
const ASKS = "events: [{ at: 1h, set: one.strategy, to: ring-hash }]";
const VARIANTS = [
  ["plain", "", ASKS],
  ["plain, nobody asks for an object", ""],
  ["pool", POOL],
  ["response cache", CACHE],
  ["pool and response cache", `${POOL}\n  ${CACHE}`],
  ["work, pool and response cache", `${WORK}\n  ${POOL}\n  ${CACHE}`],
];

const textOf = (parts, rest = "") => `seed: 1
stop-after: 1 requests
clients: { users: { arrivals: { poisson: 80_000/s } } }
requests: { demand: { exponential: 1ms }, objects: { count: 100_000, zipf: 0.8 } }
balancer:
  name: one
  strategy: least-connections
  ${parts}
  targets: [{ machines: 100 }]
${rest}
`;

const run = (count) => ({ settings: [["stop-after", `${count} requests`]] });
const requests = Number(options.requests);
const repeats = Number(options.repeats);

const figures = VARIANTS.map(([name, ...parts]) => {
  const runs = [run(Math.min(requests, 500_000)), ...Array(repeats).fill(run(requests))];
  const task = { dist: resolve(options.dist), file: "proxy.yaml", text: textOf(...parts), runs };
  const [, ...counted] = measure(task);
  return { name, ns: median(counted.map((one) => (one.loopCpuS / one.requests) * 1e9)) };
});
const [{ ns: plain }] = figures;
const rows = figures.map(({ name, ns }) => [name, ns.toFixed(0), (ns / plain).toFixed(2)]);
const lines = table(["balancer", "CPU ns a request", "of plain"], rows);
process.stdout.write(`${lines.join("\n")}\n`);
