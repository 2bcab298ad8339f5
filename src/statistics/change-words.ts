/**
 * Changes of pools in words: each named with its own balancer, many of one kind in one sentence,
 * since a datacenter that goes dark would else fill a page.
 */

export interface WordedChange {
  /** Path of the balancer whose pool changed. */
  readonly balancer: string;
  readonly what: string;
}

/** Up to so many targets of one kind of change are named, more are counted. */
const MOST_NAMED = 2;
/** What befalls targets is told as names and one of these; the rest stands for itself. */
const OF_TARGETS = /^(.+) (joined|left|drains|believed up|believed down|has weight .+)$/;
const COUNTED = /^(\d+) targets$/;

interface Kind {
  readonly balancer: string;
  readonly verb: string;
  readonly names: Set<string>;
  /** Targets that the change itself only counted. */
  counted: number;
}

/** In the order in which each kind first occurred. O(changes). */
export function changesInWords(changes: readonly WordedChange[]): string[] {
  const kinds = new Map<string, Kind>();
  for (const { balancer, what } of changes) {
    const [, who = "", verb = what] = OF_TARGETS.exec(what) ?? [];
    const key = `${balancer}: ${verb}`;
    const kind = kinds.get(key) ?? { balancer, verb, names: new Set<string>(), counted: 0 };
    kinds.set(key, kind);
    const count = COUNTED.exec(who);
    if (count !== null) kind.counted += Number(count[1]);
    else if (who !== "") for (const name of who.split(", ")) kind.names.add(name);
  }
  return [...kinds.values()].map(sentence);
}

function sentence({ balancer, verb, names, counted }: Kind): string {
  const list = [...names];
  const count = list.length + counted;
  if (count === 0) return `${balancer}: ${verb}`;
  if (counted === 0 && count <= MOST_NAMED) return `${balancer}: ${list.join(", ")} ${verb}`;
  // Machines are called by their number; a number of targets may be anything.
  const machines = counted === 0 && list.every((name) => /^\d+$/.test(name));
  const plural = verb === "drains" ? "drain" : verb.replace(/^has /, "have ");
  return `${count} ${machines ? "machines" : "targets"} of ${balancer} ${plural}`;
}
