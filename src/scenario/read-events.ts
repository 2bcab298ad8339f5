/**
 * `events`: each record's verb decides its shape; patterns are resolved on the tree as it stands at
 * the event's time.
 */
import type { Millis } from "../units.ts";
import { millis } from "../units.ts";
import { eventDefinitions, events as registry } from "../world/events.ts";
import type { Geography } from "./geography.ts";
import { EventMaker } from "./make-events.ts";
import { NodeTree } from "./node-tree.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import type { BalancerSpec, ClientRegion, EventSpec } from "./scenario.ts";
import { didYouMean, nearestName } from "./suggest.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { isEmpty, typeInWords } from "./tree.ts";
import { formatDuration } from "./units.ts";

type Definitions = typeof eventDefinitions;
export type EventName = keyof Definitions;
/** An event's record, read by its shape, but with its patterns still unresolved. */
export type ReadEvent = {
  readonly [K in EventName]: {
    readonly name: K;
    readonly read: RecordRead<Definitions[K]["fields"]>;
    readonly atMs: Millis;
    readonly at: Position;
    /** Among those of its name, in the order of the file, from 1. */
    readonly number: number;
  };
}[EventName];

export interface EventContext {
  readonly root: BalancerSpec;
  readonly clients: readonly ClientRegion[];
  /** Names of the classes of requests. */
  readonly classes: readonly string[];
  readonly geography: Geography;
  readonly durationMs: number | null;
  readonly reading: Reading;
}

export interface EventsRead {
  readonly events: readonly EventSpec[];
  /** All nodes that there ever were: what `expect` may name. */
  readonly everyNode: NodeTree;
}

type ShapeContext = Pick<EventContext, "durationMs" | "reading">;

/** What can be said of events without the nodes that they name. */
export function checkEvents(node: TreeNode | null, context: ShapeContext): void {
  readShapes(node, context);
}

export function readEvents(node: TreeNode | null, context: EventContext): EventsRead {
  const read = readShapes(node, context);
  // Stable: events of one time keep the order of the file.
  read.sort((a, b) => a.atMs - b.atMs);
  const maker = new EventMaker(context, new NodeTree(context.root), new NodeTree(context.root));
  const events = read.flatMap((event) => maker.make(event));
  return { events, everyNode: maker.everyNode };
}

function readShapes(node: TreeNode | null, context: ShapeContext): ReadEvent[] {
  const { problems } = context.reading;
  const read: ReadEvent[] = [];
  const numbers = new Map<EventName, number>();
  if (node !== null && node.type !== "list") {
    problems.error(
      node.at,
      `events is ${typeInWords(node)}`,
      "write a list, each event with a dash",
    );
  }
  for (const item of node?.type === "list" ? node.items : []) {
    const event = readEvent(item, numbers, context);
    if (event !== null) read.push(event);
  }
  return read;
}

/** @param numbers how many there are of each name so far */
function readEvent(
  node: TreeNode,
  numbers: Map<EventName, number>,
  { reading, durationMs }: ShapeContext,
): ReadEvent | null {
  const { problems } = reading;
  if (node.type !== "map") {
    const would = "write for example { at: 5min, fail: fra/3 }";
    problems.error(node.at, `an event is ${typeInWords(node)}`, would);
    return null;
  }
  const verb = verbOf(node, reading);
  if (verb === null) return null;
  const written = (field: string): boolean => {
    const entry = node.entries.get(field);
    return entry !== undefined && !isEmpty(entry.value);
  };
  const marked = registry.find((one) => one.verb === verb && one.marks?.some(written) === true);
  const name = marked?.name ?? verb;
  if (!isEventName(name)) return null;
  const read = readRecord(
    eventDefinitions[name].fields,
    node,
    { noun: `the event ${name}` },
    reading,
  );
  if (read === null) return null;
  // A null stands for a problem that has been told.
  const atMs = millis(read.values.at ?? 0);
  if (durationMs !== null && atMs >= durationMs) {
    const what = `the event at ${formatDuration(atMs)} is outside the run`;
    problems.error(read.at("at"), what, `the run ends at ${formatDuration(durationMs)}`);
    return null;
  }
  const number = (numbers.get(name) ?? 0) + 1;
  numbers.set(name, number);
  // The record was read by the shape of this very name; TypeScript does not follow that through the
  // union.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { name, read, atMs, at: node.at, number } as ReadEvent;
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(eventDefinitions, name);
}

function verbOf(node: MapNode, { problems }: Reading): string | null {
  const verbs = [...new Set(registry.map(({ verb }) => verb))];
  const said = [...node.entries.keys()].filter((key) => verbs.includes(key));
  if (said.length === 1) return said[0];
  if (said.length > 1) {
    const what = `one event says ${said.map(quote).join(" and ")}`;
    problems.error(node.at, what, "write an event for each");
    return null;
  }
  const fields = new Set(registry.flatMap((one) => Object.keys(one.fields)));
  const strange = [...node.entries.values()].find(({ key }) => !fields.has(key));
  if (strange !== undefined && nearestName(strange.key, verbs) !== null) {
    const what = `no event is called ${quote(strange.key)}`;
    problems.error(strange.keyAt, what, didYouMean(strange.key, verbs));
  } else {
    problems.error(
      node.at,
      "the event does not say what happens",
      `write one of ${verbs.join(", ")}`,
    );
  }
  return null;
}
