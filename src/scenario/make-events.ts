/**
 * From an event that was read to the events of the scenario: patterns, places and regions by name
 * become what they name.
 */
import type { Millis } from "../units.ts";
import { entryOf } from "../definition.ts";
import { millis } from "../units.ts";
import { MOST_RATE_PER_MS } from "../world/arrivals/arrivals.ts";
import { MOST_WEIGHT } from "../world/events.ts";
import { arrivals as processes } from "../world/arrivals/registry.ts";
import { LiveStrategies } from "./check-strategies.ts";
import { cacheIn, EventNames } from "./event-names.ts";
import type { NodeMatch, NodeTree } from "./node-tree.ts";
import { splitSettingPath } from "./patterns.ts";
import { orList, quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import type { EventContext, EventName, ReadEvent } from "./read-events.ts";
import { readPick } from "./read-pick.ts";
import { boundBroken, readNumber } from "./read-values.ts";
import { registries } from "./registries.ts";
import type { EventSpec, MachinesSpec } from "./scenario.ts";
import type { TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";
import { formatDuration, parseQuantity } from "./units.ts";
import { formatRate } from "./words.ts";

/** That one event adds. */
const MOST_MACHINES = 100_000;

type Of<K extends EventName> = Extract<ReadEvent, { readonly name: K }>;
interface Base {
  readonly atMs: Millis;
  readonly where: string;
}
export class EventMaker {
  /** Machines that joined are in it, those that left still are. */
  readonly everyNode: NodeTree;
  private readonly context: EventContext;
  private readonly names: EventNames;
  private readonly now: NodeTree;
  private readonly strategies: LiveStrategies;

  constructor(context: EventContext, now: NodeTree, everyNode: NodeTree) {
    this.context = context;
    this.now = now;
    this.strategies = new LiveStrategies(now);
    this.names = new EventNames(context, now);
    this.everyNode = everyNode;
  }

  /**
   * Called in order of time. None after a problem; several where a pattern names several balancers
   * to join.
   */
  make(event: ReadEvent): EventSpec[] {
    const base = { atMs: event.atMs, where: whereOf(event.at) };
    switch (event.name) {
      case "add":
        return this.add(event, base);
      case "remove":
      case "drain":
        return this.leave(event, base);
      case "fail":
      case "fail-randomly":
      case "recover":
        return this.fail(event, base);
      case "slow": {
        const nodes = this.names.machines(event.read.values.slow);
        const { by, for: lasting } = event.read.values;
        if (nodes.length === 0) return [];
        return [{ ...base, kind: "slow", nodes, factor: by, forMs: lastingMs(lasting) }];
      }
      case "cut": {
        const between = this.names.link("cut", event.read.values.cut);
        const forMs = lastingMs(event.read.values.for);
        return between === null ? [] : [{ ...base, kind: "cut", between, forMs }];
      }
      case "delay": {
        const between = this.names.link("delay", event.read.values.delay);
        const { by, for: lasting } = event.read.values;
        if (between === null) return [];
        const forMs = lastingMs(lasting);
        return [{ ...base, kind: "delay", between, byMs: millis(by), forMs }];
      }
      case "mend": {
        const between = this.names.link("mend", event.read.values.mend);
        return between === null ? [] : [{ ...base, kind: "mend", between }];
      }
      case "rate": {
        const clients = this.names.regions(event.read.values.rate);
        const { times, for: lasting } = event.read.values;
        if (clients.length === 0) return [];
        this.checkRates(clients, times, event.read.at("times"));
        return [{ ...base, kind: "rate", clients, times, forMs: lastingMs(lasting) }];
      }
      case "purge":
        return this.purge(event, base);
      case "set":
        return this.set(event, base);
      case "fail-replica": {
        const replicas = this.names.replicas(event.read.values["fail-replica"]);
        const forMs = lastingMs(event.read.values.for);
        return replicas.length === 0 ? [] : [{ ...base, kind: "fail-replica", replicas, forMs }];
      }
      case "drain-replica": {
        const replicas = this.names.replicas(event.read.values["drain-replica"]);
        const deadlineMs = lastingMs(event.read.values.deadline);
        if (replicas.length === 0) return [];
        return [{ ...base, kind: "drain-replica", replicas, deadlineMs }];
      }
      case "add-replica": {
        const nodes = this.names.moreReplicas(event.read.values["add-replica"]);
        return nodes.length === 0 ? [] : [{ ...base, kind: "add-replica", nodes }];
      }
      default:
        return event satisfies never;
    }
  }

  private error(at: Position, what: string, would = ""): void {
    this.context.reading.problems.error(at, what, would);
  }

  private checkRates(names: readonly string[], times: number, at: Position): void {
    const { clients, durationMs } = this.context;
    for (const { name, arrivals } of clients) {
      if (!names.includes(name) || !registries.arrivals.some((one) => one.name === arrivals.kind)) {
        continue;
      }
      const rate =
        times * entryOf(processes, arrivals.kind).meanRate(arrivals.settings, durationMs);
      if (!(rate > MOST_RATE_PER_MS)) continue;
      const would = `${formatRate(MOST_RATE_PER_MS)} is the most`;
      this.error(at, `${name} would ask at ${formatRate(rate)}`, would);
    }
  }

  private add(event: Of<"add">, base: Base): EventSpec[] {
    const { values } = event.read;
    const count = this.machineCount(values.add);
    const targets = this.names.nodes(values.to, (match) => match.kind === "balancer", "a balancer");
    if (count === null) return [];
    return targets.flatMap((match): EventSpec[] => {
      if (match.kind !== "balancer" || match.node.source.kind !== "balancer") return [];
      const spec = match.node.source;
      const like = spec.targets.find((target) => target.kind === "machines");
      if (like === undefined) {
        const inner = spec.targets.map((target) => (target.kind === "balancer" ? target.name : ""));
        const what = `${match.path} has no machines of its own`;
        this.error(event.read.at("to"), what, `name ${orList(inner)}`);
        return [];
      }
      const machines: MachinesSpec = {
        ...like,
        count,
        first: this.now.nextNumber(match.path),
        cores: values.cores ?? like.cores,
        speed: values.speed ?? like.speed,
        queueLimit: event.read.has("queue") ? values.queue : like.queueLimit,
        cache: event.read.has("cache") ? values.cache : like.cache,
        weight: values.weight ?? like.weight,
        warm: values.warm,
      };
      this.now.join(match.path, machines);
      this.everyNode.join(match.path, machines);
      const wrong = this.strategies.problem(match.path);
      if (wrong !== null) this.error(event.read.at("add"), wrong);
      return [{ ...base, kind: "add", to: match.path, machines }];
    });
  }

  private machineCount(node: TreeNode | null): number | null {
    if (node === null) return null;
    const would = "write for example add: 1 machine";
    if (node.type !== "text") {
      this.error(node.at, `add is ${typeInWords(node)}`, would);
      return null;
    }
    const match = /^(\S+)(?: machines?)?$/.exec(node.text);
    const parsed = match === null ? null : parseQuantity(match[1], "count");
    if (parsed?.ok !== true) {
      this.error(node.at, `add: ${quote(node.text)} is not a number of machines`, would);
      return null;
    }
    const bound = boundBroken(parsed.value, { min: 1, max: MOST_MACHINES }, "count");
    if (bound === null) return parsed.value;
    this.error(node.at, `add is ${node.text}`, bound);
    return null;
  }

  private leave(event: Of<"remove"> | Of<"drain">, base: Base): EventSpec[] {
    const pattern = event.name === "remove" ? event.read.values.remove : event.read.values.drain;
    const root = this.now.root.path;
    const matches = this.names.nodes(
      pattern,
      (match) => match.path !== root,
      "below the first balancer",
    );
    if (matches.length === 0) return [];
    const nodes = matches.map(({ path }) => path);
    for (const match of matches) this.checkRoutes(match, event.at);
    if (event.name === "drain") {
      const deadlineMs = lastingMs(event.read.values.deadline);
      return [{ ...base, kind: "drain", nodes, deadlineMs }];
    }
    for (const match of matches) {
      this.now.leave(match);
      this.strategies.left(match);
    }
    return [{ ...base, kind: "remove", nodes }];
  }

  /** A rule knows one target. */
  private checkRoutes({ path }: NodeMatch, at: Position): void {
    const cut = path.lastIndexOf("/");
    const above = this.now.balancer(path.slice(0, cut))?.source;
    if (above?.routes?.some(({ to }) => to === path.slice(cut + 1)) !== true) return;
    const what = `${above.path} has routes to ${path}, which leaves: their requests will fail`;
    this.context.reading.problems.warn(at, what, "let fail say that it comes back, or route else");
  }

  private fail(event: Of<"fail"> | Of<"fail-randomly"> | Of<"recover">, base: Base): EventSpec[] {
    const pattern = event.name === "recover" ? event.read.values.recover : event.read.values.fail;
    const nodes = this.names.nodes(pattern, () => true, "a node").map(({ path }) => path);
    if (event.name === "recover")
      return nodes.length === 0 ? [] : [{ ...base, kind: "recover", nodes }];
    const { manner } = event.read.values;
    if (event.name === "fail") {
      const forMs = lastingMs(event.read.values.for);
      return nodes.length === 0 ? [] : [{ ...base, kind: "fail", nodes, manner, forMs }];
    }
    const { mtbf, mttr, until } = event.read.values;
    if (until !== null && until <= event.atMs) {
      const what = `until ${formatDuration(until)} is before the event begins`;
      this.error(event.read.at("until"), what, `it begins at ${formatDuration(event.atMs)}`);
    }
    if (nodes.length === 0) return [];
    const times = { mtbfMs: millis(mtbf), mttrMs: millis(mttr), untilMs: lastingMs(until) };
    const { number } = event;
    return [{ ...base, kind: "fail-randomly", number, nodes, manner, ...times }];
  }

  private purge({ read }: Of<"purge">, base: Base): EventSpec[] {
    const { purge, classes: named, share } = read.values;
    const matches = this.names.caching(purge);
    const classes = this.names.classes(named, read.has("classes") ? read.at("classes") : null);
    for (const { name, at } of classes) {
      const isStored = (match: NodeMatch) => cacheIn(match)?.classes?.includes(name) ?? true;
      if (matches.length === 0 || matches.some(isStored)) continue;
      const [{ path }] = matches;
      const stored = orList(cacheIn(matches[0])!.classes!);
      const what = `the response cache of ${path} never stores responses of ${name}`;
      this.error(at, what, `it stores those of ${stored}`);
    }
    if (matches.length === 0) return [];
    const nodes = matches.map(({ path }) => path);
    const which = classes.length > 0 && { classes: classes.map(({ name }) => name) };
    return [{ ...base, kind: "purge", nodes, ...which, ...(share < 1 && { share }) }];
  }

  private set(event: Of<"set">, base: Base): EventSpec[] {
    const { set: path, to } = event.read.values;
    const would = "write for example set: fra.strategy or fra/3.weight";
    if (path === null || to === null) return [];
    const parts = path.type === "text" ? splitSettingPath(path.text) : [];
    const [pattern, setting] = parts;
    if (path.type !== "text" || parts.length !== 2 || !/^(?:strategy|weight)$/.test(setting)) {
      this.error(path.at, "strategy and weight are what can be set during a run", would);
      return [];
    }
    if (setting === "weight") {
      const root = this.now.root.path;
      const matches = this.names.matches(path, pattern, (match) => match.path !== root, "a target");
      const weight = readNumber("to", WEIGHT, "number", to, this.context.reading.problems);
      const nodes = matches.map((match) => match.path);
      if (weight === null || nodes.length === 0) return [];
      const wrong = this.strategies.reweigh(matches, weight);
      if (wrong !== null) this.error(to.at, wrong);
      return [{ ...base, kind: "weight", nodes, weight }];
    }
    const words = { name: "to", from: "strategies", unit: "number" } as const;
    const strategy = readPick(words, to, this.context.reading);
    const matches = this.names.balancers(path, pattern);
    if (strategy === null || matches.length === 0) return [];
    for (const match of matches) {
      const wrong = this.strategies.choose(match, strategy);
      if (wrong !== null) this.error(to.at, wrong);
    }
    return [{ ...base, kind: "strategy", nodes: matches.map((match) => match.path), strategy }];
  }
}

const WEIGHT = { min: 0, max: MOST_WEIGHT };

function lastingMs(value: number | null): Millis | null {
  return value === null ? null : millis(value);
}

/** `file:line` without folders: a result says the same wherever it was made. */
export function whereOf(at: Position): string {
  const name = at.file.slice(at.file.lastIndexOf("/") + 1);
  return at.line > 0 ? `${name}:${at.line}` : name;
}
