/** An event as a sentence, from its fields. */
import { unreachable } from "../assert.ts";
import type { EventSpec, ReplicaName, Scenario } from "./scenario.ts";
import { countOf, formatChosen, formatNumber, formatShare } from "./words.ts";
import { formatDuration } from "./units.ts";

const MOST_NAMED = 4;

/** `at 5min: 1 machine joins global/fra as 17`. */
export function describeEvent(event: EventSpec, scenario: Scenario): string {
  return `at ${formatDuration(event.atMs)}: ${describeHappening(event, scenario)}`;
}

/** The same without its time: `1 machine joins global/fra as 17`. */
export function describeHappening(event: EventSpec, scenario: Scenario): string {
  switch (event.kind) {
    case "add": {
      const { count, first, cache, warm } = event.machines;
      const last = first + count - 1;
      const numbers = count === 1 ? `${first}` : `${first}..${last}`;
      const state = cache === null ? "" : warm ? ", caches warm" : ", caches cold";
      return `${countOf(count, "machine")} ${count === 1 ? "joins" : "join"} ${event.to} as ${numbers}${state}`;
    }
    case "remove":
      return `${named(event.nodes)} ${verb(event.nodes, "leaves", "leave")} at once`;
    case "drain": {
      const until =
        event.deadlineMs === null ? "" : ` for ${formatDuration(event.deadlineMs)} at most`;
      return `${named(event.nodes)} ${verb(event.nodes, "drains", "drain")}${until}`;
    }
    case "fail": {
      const how =
        event.manner === "crash"
          ? verb(event.nodes, "crashes", "crash")
          : verb(event.nodes, "falls silent", "fall silent");
      return `${named(event.nodes)} ${how}${lasting(event.forMs)}`;
    }
    case "recover":
      return `${named(event.nodes)} ${verb(event.nodes, "recovers", "recover")}`;
    case "fail-randomly": {
      const until = event.untilMs === null ? "" : `, until ${formatDuration(event.untilMs)}`;
      const times = `every ${formatDuration(event.mtbfMs)} for ${formatDuration(event.mttrMs)} on average`;
      return `from then on ${named(event.nodes)} ${verb(event.nodes, "fails", "fail")} ${times} (${event.manner})${until}`;
    }
    case "slow":
      return `${named(event.nodes)} ${verb(event.nodes, "is", "are")} ${formatNumber(event.factor)} times slower${lasting(event.forMs)}`;
    case "cut":
      return `nothing travels between ${between(event.between, scenario)}${lasting(event.forMs)}`;
    case "delay":
      return `the round trip between ${between(event.between, scenario)} grows by ${formatDuration(event.byMs)}${lasting(event.forMs)}`;
    case "mend":
      return `the link between ${between(event.between, scenario)} is whole again`;
    case "rate":
      return `${named(event.clients)} ${verb(event.clients, "asks", "ask")} at ${formatNumber(event.times)} times the rate${lasting(event.forMs)}`;
    case "strategy":
      return `${named(event.nodes)} ${verb(event.nodes, "picks", "pick")} by ${formatChosen(event.strategy, "strategies", "number")}`;
    case "purge":
      return `${named(event.nodes)} ${verb(event.nodes, "forgets", "forget")} ${responses(event)}`;
    case "weight":
      return `${named(event.nodes)} ${verb(event.nodes, "gets", "get")} weight ${formatNumber(event.weight)}`;
    case "fail-replica":
      return `${replicas(event.replicas)} ${verb(event.replicas, "crashes", "crash")}${lasting(event.forMs)}`;
    case "drain-replica": {
      const after = event.deadlineMs;
      const until = after === null ? "" : `, and stops after ${formatDuration(after)}`;
      return `${replicas(event.replicas)} ${verb(event.replicas, "gets", "get")} no new connections${until}`;
    }
    case "add-replica":
      return `${named(event.nodes)} ${verb(event.nodes, "gets", "get")} one more replica`;
    default:
      return unreachable(event);
  }
}

function responses({ classes, share }: Extract<EventSpec, { kind: "purge" }>): string {
  const of = classes === undefined ? "" : ` of ${classes.join(", ")}`;
  return share === undefined
    ? `all responses${of}`
    : `the responses for ${formatShare(share)} of the objects${of}`;
}

const replicas = (names: readonly ReplicaName[]): string =>
  named(names.map(({ node, number }) => `${node}#${number}`));

function verb(nodes: readonly unknown[], one: string, many: string): string {
  return nodes.length === 1 ? one : many;
}

function named(nodes: readonly string[]): string {
  if (nodes.length <= MOST_NAMED) return nodes.join(", ");
  return `${nodes.slice(0, MOST_NAMED - 1).join(", ")} and ${nodes.length - MOST_NAMED + 1} more`;
}

function lasting(forMs: number | null): string {
  return forMs === null ? "" : ` for ${formatDuration(forMs)}`;
}

function between([one, other]: readonly [number, number], { places }: Scenario): string {
  return `${places[one].name} and ${places[other].name}`;
}
