/** Why a key lands where it does. */
import { NONE } from "../units.ts";
import type { Members } from "../hashing/placement.ts";
import { utf8 } from "../hashing/text.ts";
import type { Structure } from "./measurement.ts";

export interface Explanation {
  readonly structure: string;
  readonly hash: string;
  /** In hexadecimal, as many digits as the hash function has. */
  readonly value: string;
  readonly owner: string;
  /** One line a step. */
  readonly steps: readonly string[];
}

export function explainKey(structure: Structure, members: Members, key: string): Explanation {
  const { hash } = structure;
  const placement = structure.create();
  placement.assign(members);
  const bytes = utf8(key);
  const high = hash.hash(bytes, bytes.length);
  const { low } = hash;
  const label = placement.owner(high, low);
  return {
    structure: structure.name,
    hash: hash.name,
    value: `0x${hex(high)}${hash.bits === 64 ? hex(low) : ""}`,
    owner: label === NONE ? "" : members.path(label),
    steps: placement.explain(high, (one) => members.path(one), low),
  };
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
