/**
 * `balancer`: the tree of balancers and groups of machines, with places inherited and machines
 * numbered.
 */
import type { Chosen } from "../definition.ts";
import { millis } from "../units.ts";
import { strategyProblem } from "./check-strategies.ts";
import type { Geography } from "./geography.ts";
import { DEFAULT_ROOT } from "./overrides.ts";
import { nameProblem } from "./patterns.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readFrontDoor, strategyBehind } from "./read-front.ts";
import type { Asked } from "./read-proxies.ts";
import { readProxy } from "./read-proxies.ts";
import { readLayer } from "./read-layers.ts";
import type { LayerRead } from "./read-layers.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import { readSlowStart } from "./read-slow-start.ts";
import { readNumber } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import { strategyNeeds } from "./registries.ts";
import type { BalancerSpec, HealthSpec, MachinesSpec } from "./scenario.ts";
import { balancerShape, healthShape, machinesShape, reportsShape } from "./shapes-tree.ts";
import { nearestName } from "./suggest.ts";
import type { Entry, TreeNode } from "./tree.ts";
import { isEmpty, typeInWords } from "./tree.ts";

/** How often reports travel where a strategy needs them and the scenario does not say. */
export const DEFAULT_REPORT_MS = reportsShape.interval.default;
const MOST_MACHINES = 1_000_000;
/** A request remembers in one bit a tier whether it was placed there. */
const MOST_KEEPING_TIERS = 31;

/** Where a balancer says that it keeps users, and how. */
export interface Keeping {
  readonly persistence: Chosen;
  readonly at: Position;
}

/** Where the parts of the tree stand in the file, for problems that show later. */
export interface TreePositions {
  readonly balancers: ReadonlyMap<string, Position>;
  /** By path of the balancer, one a group. */
  readonly groups: ReadonlyMap<string, readonly Position[]>;
  /** Paths of balancers that say `reports: none`. */
  readonly silent: ReadonlySet<string>;
  readonly keeping: readonly Keeping[];
  /** What rules ask of the classes of requests. */
  readonly asked: Asked;
  /** By path: what each says of its layer. */
  readonly layers: ReadonlyMap<string, LayerRead>;
  /** Work on handshakes, by path of the balancer or of the first machine. */
  readonly handshakes: ReadonlyMap<string, Position>;
  /** By path: where a slow start is asked for. */
  readonly slowStarts: ReadonlyMap<string, Position>;
}

export interface BalancersRead extends TreePositions {
  readonly root: BalancerSpec;
  /** Whether any node but the root names a place. */
  readonly placed: boolean;
}

export function readBalancers(
  node: TreeNode,
  geography: Geography,
  reading: Reading,
): BalancersRead | null {
  const tree = new TreeReader(geography, reading);
  const root = tree.balancer(node, { parent: null, place: null });
  if (root === null) return null;
  if (tree.machines > MOST_MACHINES) {
    reading.problems.error(node.at, `there are ${tree.machines} machines`, "a million is the most");
  }
  const { balancers, groups, silent, keeping, asked, layers, handshakes, slowStarts } = tree;
  const positions = { balancers, groups, silent, keeping, asked, layers, handshakes, slowStarts };
  return { root, ...positions, placed: tree.placed };
}

interface Above {
  readonly parent: string | null;
  readonly place: number | null;
}

class TreeReader {
  readonly balancers = new Map<string, Position>();
  readonly groups = new Map<string, Position[]>();
  readonly silent = new Set<string>();
  readonly keeping: Keeping[] = [];
  readonly asked: Asked = { named: [], conditions: [], weighed: [] };
  readonly handshakes = new Map<string, Position>();
  readonly layers = new Map<string, LayerRead>();
  readonly slowStarts = new Map<string, Position>();
  placed = false;
  machines = 0;
  private readonly geography: Geography;
  private readonly reading: Reading;

  constructor(geography: Geography, reading: Reading) {
    this.geography = geography;
    this.reading = reading;
  }

  balancer(node: TreeNode, above: Above): BalancerSpec | null {
    const { problems } = this.reading;
    const written = node.type === "map" ? node.entries.get("name")?.value : undefined;
    const given = written?.type === "text" && !isEmpty(written) ? written.text : null;
    const name = given ?? (above.parent === null ? DEFAULT_ROOT : "unnamed");
    const noun = given === null && above.parent !== null ? "a balancer" : `the balancer ${name}`;
    const read = readRecord(balancerShape, node, { noun, elsewhere: MACHINE_FIELDS }, this.reading);
    if (read === null) return null;
    if (given === null && above.parent !== null) {
      problems.error(node.at, "a balancer has no name", "write name: or, for machines, machines:");
    }
    const wrong = nameProblem(name, "a balancer");
    if (wrong !== null) problems.error(read.at("name"), wrong.what, wrong.would);
    const path = above.parent === null ? name : `${above.parent}/${name}`;
    this.layers.set(path, readLayer(read, path, this.reading));
    const place = this.place(read.values.at, above);
    this.balancers.set(path, read.has("name") ? read.at("name") : node.at);
    const targets = this.targets(read, { parent: path, place });
    this.checkStrategy(read, targets);
    const { persistence } = read.values;
    if (persistence !== null) this.keep(path, persistence, read.at("persistence"));
    const slowStart = readSlowStart(read, this.reading);
    if (slowStart !== null) this.slowStarts.set(path, read.keyAt("slow-start"));
    const isRoot = above.parent === null;
    const frontDoor = readFrontDoor(read, { name, isRoot, place }, this.reading);
    const proxy = readProxy(read, { path, targets }, this.asked, this.reading);
    const work = proxy.work;
    if (work !== undefined && work.handshakeMs + work.resumedMs > 0) {
      this.handshakes.set(path, read.at("work"));
    }
    return {
      kind: "balancer",
      name,
      path,
      place,
      weight: read.values.weight,
      replicas: read.values.replicas,
      strategy: strategyBehind(frontDoor, read.values.strategy),
      health: this.health(read),
      reportIntervalMs: this.reportInterval(read, path),
      panic: read.values.panic,
      ...(persistence !== null && { persistence }),
      ...(slowStart !== null && { slowStart }),
      ...(frontDoor !== null && { frontDoor }),
      ...proxy,
      targets,
    };
  }

  private place(node: TreeNode | null, above: Above): number | null {
    if (node === null) return above.place;
    if (above.parent !== null) this.placed = true;
    return this.geography.placeOf("at", node) ?? above.place;
  }

  private targets(
    read: RecordRead<typeof balancerShape>,
    above: { readonly parent: string; readonly place: number | null },
  ): (BalancerSpec | MachinesSpec)[] {
    const { problems } = this.reading;
    const list = read.values.targets;
    if (list === null) return [];
    const would = "write for example - { machines: 4 }";
    if (list.type !== "list") {
      problems.error(list.at, `targets is ${typeInWords(list)}`, "write a list, each with a dash");
      return [];
    }
    if (list.items.length === 0) problems.error(list.at, `${above.parent} has no targets`, would);
    const targets: (BalancerSpec | MachinesSpec)[] = [];
    let next = 1;
    for (const item of list.items) {
      if (item.type === "map" && item.entries.has("machines")) {
        const group = this.group(item, above, next);
        if (group === null) continue;
        next += group.count;
        targets.push(group);
        continue;
      }
      if (item.type === "map" && item.entries.size === 0) {
        problems.error(item.at, `a target of ${above.parent} is empty`, would);
        continue;
      }
      const meant = meantMachines(item);
      if (meant !== undefined) {
        const what = `unknown field ${quote(meant.key)} in a target of ${above.parent}`;
        problems.error(meant.keyAt, what, 'did you mean "machines"?');
        continue;
      }
      const balancer = this.balancer(item, above);
      if (balancer === null) continue;
      const twin = targets.some((one) => one.kind === "balancer" && one.path === balancer.path);
      const at = this.balancers.get(balancer.path) ?? item.at;
      if (twin && balancer.name !== "unnamed") {
        const what = `two targets of ${above.parent} are called ${quote(balancer.name)}`;
        problems.error(at, what, "give each its own name");
      }
      targets.push(balancer);
    }
    if (targets.length > 0 && targets.every(({ weight }) => weight === 0)) {
      problems.error(
        list.at,
        `all targets of ${above.parent} weigh 0`,
        "one at least must weigh more",
      );
    }
    return targets;
  }

  private group(
    node: TreeNode,
    above: { readonly parent: string; readonly place: number | null },
    first: number,
  ): MachinesSpec | null {
    const noun = `the machines of ${above.parent}`;
    const elsewhere = new Map([
      ["name", `machines have numbers: this group begins at ${above.parent}/${first}`],
      ["targets", "machines are the last tier: give the balancer an entry of its own"],
    ]);
    const read = readRecord(machinesShape, node, { noun, elsewhere }, this.reading);
    if (read === null) return null;
    const { values } = read;
    this.machines += values.machines;
    const positions = this.groups.get(above.parent) ?? [];
    positions.push(node.at);
    this.groups.set(above.parent, positions);
    if (values.at !== null) this.placed = true;
    for (const field of ["resumed", "handshake"] as const) {
      if ((values[field] ?? 0) > 0) {
        this.handshakes.set(`${above.parent}/${first}`, read.keyAt(field));
      }
    }
    return {
      kind: "machines",
      count: values.machines,
      first,
      place:
        values.at === null ? above.place : (this.geography.placeOf("at", values.at) ?? above.place),
      weight: values.weight,
      cores: values.cores,
      speed: values.speed,
      queueLimit: values.queue,
      discipline: values.discipline,
      cache: values.cache,
      warm: values.warm,
      ...(values.handshake !== null && { handshakeMs: millis(values.handshake) }),
      ...(values.resumed !== null && { resumedMs: millis(values.resumed) }),
    };
  }

  /** What only shows with the number of targets: see `strategyProblem`. */
  private checkStrategy(
    read: RecordRead<typeof balancerShape>,
    targets: readonly (BalancerSpec | MachinesSpec)[],
  ): void {
    const { strategy } = read.values;
    const members = targets.map((one) => {
      return { count: one.kind === "machines" ? one.count : 1, weight: one.weight };
    });
    const wrong = strategyProblem(strategy, members);
    if (wrong === null) return;
    this.reading.problems.error(read.at("strategy"), `${strategy.kind}: ${wrong}`);
  }

  private keep(path: string, persistence: Chosen, at: Position): void {
    this.keeping.push({ persistence, at });
    const tier = path.split("/").length;
    if (tier <= MOST_KEEPING_TIERS) return;
    const what = `tier ${tier} keeps users`;
    this.reading.problems.error(at, what, `only the first ${MOST_KEEPING_TIERS} tiers can`);
  }

  private health(read: RecordRead<typeof balancerShape>): HealthSpec | null {
    if (isNone(read, "health")) return null;
    const node = read.values.health;
    const defaults = {
      interval: healthShape.interval.default,
      timeout: healthShape.timeout.default,
      rise: healthShape.rise.default,
      fall: healthShape.fall.default,
      asks: healthShape.asks.default,
    };
    const values =
      node === null
        ? defaults
        : (readRecord(healthShape, node, { noun: "health" }, this.reading)?.values ?? defaults);
    const { interval, timeout, rise, fall, asks } = values;
    return { intervalMs: millis(interval), timeoutMs: millis(timeout), rise, fall, asks };
  }

  private reportInterval(
    read: RecordRead<typeof balancerShape>,
    path: string,
  ): BalancerSpec["reportIntervalMs"] {
    const { problems } = this.reading;
    const needed = strategyNeeds(read.values.strategy, "reports");
    if (isNone(read, "reports")) {
      this.silent.add(path);
      if (!needed) return null;
      const what = `${read.values.strategy.kind} needs reports, which are switched off`;
      problems.error(read.at("reports"), what, "leave reports out or give an interval");
      return null;
    }
    const node = read.values.reports;
    if (node === null) return needed ? millis(DEFAULT_REPORT_MS) : null;
    if (node.type === "text") {
      const ms = readNumber("reports", reportsShape.interval, "duration", node, problems);
      return millis(ms ?? DEFAULT_REPORT_MS);
    }
    const record = readRecord(reportsShape, node, { noun: "reports" }, this.reading);
    return millis(record?.values.interval ?? DEFAULT_REPORT_MS);
  }
}

/** The key that stands for `machines` in a target that is clearly no balancer: `{ servers: 4 }`. */
function meantMachines(node: TreeNode): Entry | undefined {
  if (node.type !== "map" || node.entries.has("targets") || node.entries.has("name"))
    return undefined;
  return [...node.entries.values()].find(({ key }) => nearestName(key, ["machines"]) !== null);
}

function isNone(read: RecordRead<typeof balancerShape>, field: "health" | "reports"): boolean {
  return read.has(field) && read.values[field] === null;
}

const MACHINE_FIELDS = new Map(
  Object.keys(machinesShape)
    .filter((field) => !Object.hasOwn(balancerShape, field))
    .map((field) => [
      field,
      `it belongs to machines: write targets: [{ machines: 4, ${field}: … }]`,
    ]),
);
