/** Keys and nodes for the tests of placement structures. */
import type { Fields, Setting, Settings } from "../../src/definition.ts";
import { mix32 } from "../../src/hashing/mix32.ts";
import { membersOf } from "../../src/hashing/placement.ts";
import type { Members, Placement } from "../../src/hashing/placement.ts";
import { hashText } from "../../src/hashing/text.ts";

/** Hashed, as a request's key is. */
export const keys = (count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => mix32(i + 0x51ed270b));

export const identityOf = (name: string): number => hashText(name);

/** Nodes named in order of joining; a label is the place in the list. */
export const nodesOf = (names: readonly string[], weights?: readonly number[]): Members =>
  membersOf(names.map(identityOf), weights);

export const names = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, i) => `dc/rack-${(first + i) % 7}/${first + i}`);

/** The names of the owners. */
export function ownersOf(placement: Placement, nodes: readonly string[], of: Int32Array): string[] {
  return Array.from(of, (key) => nodes[placement.owner(key)]);
}

export function tally(owners: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return counts;
}

/** A definition's settings where none is given. */
export function defaultsOf(fields: Fields): Settings {
  const settings: Record<string, Setting> = {};
  for (const [name, field] of Object.entries(fields)) {
    settings[name] = ("default" in field ? field.default : undefined) ?? null;
  }
  return settings;
}
