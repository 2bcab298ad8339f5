/**
 * What a request costs by the number of targets: one tier, the same load a machine, every strategy
 * of the registry.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { measure } from "./processes.mjs";
import { median } from "./table.mjs";

const LOAD = 0.8;
/** Hashing spreads unevenly: at a lower load none of 10,000 machines on a ring is overloaded. */
const KEYED_LOAD = 0.5;
/**
 * Envoy's ring has 1,024 points whatever the pool: of 10,000 machines with one each every seventh
 * would get more than it can serve, and queues would grow all the time. With the ring growing as
 * the pool, all sizes are alike.
 */
const ENVOY_POINTS_A_TARGET = 100;
/** O(n) a pick by definition, as their own pages say. */
const LINEAR = new Set(["rendezvous", "straw2"]);

/** The registry's strategies, as one writes them, and those variants whose cost may differ. */
export async function strategiesOf(dist) {
  const { strategies } = await import(pathToFileURL(resolve(dist, "balancing/registry.js")).href);
  const plain = strategies
    .filter(({ name }) => !LINEAR.has(name))
    .map(({ name, needs }) => ({
      text: name,
      keyed: needs.includes("key"),
      weighted: name.startsWith("weighted"),
    }));
  const ties = ["first", "random"].map((rule) => `{ least-connections: ${rule} }`);
  const more = ties.map((text) => ({ text, keyed: false, weighted: false }));
  return [...plain, ...more, { text: "least-connections", keyed: false, weighted: true }];
}

/**
 * Half of the machines at two thirds of the mean speed and weight, half at four thirds: the same
 * load on each.
 */
const unequal = (targets) => `
    - { machines: ${targets / 2}, weight: 1, speed: 0.6667 }
    - { machines: ${targets / 2}, weight: 2, speed: 1.3333 }`;

function scenarioText({ text, keyed, weighted }, targets) {
  const load = keyed ? KEYED_LOAD : LOAD;
  const envoy = text === "envoy-ring-hash";
  const strategy = envoy ? `{ ${text}: ${ENVOY_POINTS_A_TARGET * targets} }` : text;
  return `seed: 1
stop-after: 1 requests
clients: { users: { arrivals: { poisson: ${load * targets * 1000}/s } } }
requests: { demand: { exponential: 1ms }, objects: { count: 10_000_000, uniform: true } }
balancer:
  name: one
  strategy: ${strategy}
  targets: ${weighted ? unequal(targets) : `[{ machines: ${targets} }]`}
`;
}

const run = (count) => ({ settings: [["stop-after", `${count} requests`]] });

/**
 * ns of CPU a request in the loop, by size; the median of `repeats` runs after one to warm up, one
 * process a size.
 */
export function costs(dist, strategy, sizes, requests, repeats) {
  return sizes.map((targets) => {
    const runs = [run(Math.min(requests, 500_000)), ...Array(repeats).fill(run(requests))];
    const task = { dist, file: "flatness.yaml", text: scenarioText(strategy, targets), runs };
    const [, ...counted] = measure(task);
    return median(counted.map(({ loopCpuS, requests: done }) => (loopCpuS / done) * 1e9));
  });
}
