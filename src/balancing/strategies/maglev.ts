import { Maglev, isPrime, nextPrime } from "../../hashing/maglev.ts";
import { defineStrategy } from "../strategy.ts";
import { Placed } from "./parts/placed.ts";

const LARGEST_TABLE = 2 ** 27;

/**
 * A table of prime size that the targets fill in turns, each by its own permutation; the key's hash
 * is looked up in it.
 *
 * Follows the Maglev paper, §3.4. Shares differ by hardly more than one entry; a change moves the
 * lost target's keys and some others (§5.3). Cost: O(1) a pick; a change builds the table anew,
 * O(table × log table). Left open: the order of turns (by identity), weights (a target of weight w
 * has a part w / greatest of the turns, at least one entry), the hashes.
 */
export const maglev = defineStrategy({
  name: "maglev",
  summary: "a lookup table that the targets fill in turns",
  follows: "Eisenbud et al., NSDI 2016, Maglev, §3.4",
  fields: {
    table: {
      kind: "count",
      min: 2,
      max: LARGEST_TABLE,
      default: 65_537,
      doc: "entries of the table: a prime, better 100 times the targets or more",
    },
  },
  primary: "table",
  needs: ["key"],
  check: ({ table }, targets = 1) => {
    if (!isPrime(table)) return `${table} is not a prime; the next one is ${nextPrime(table)}`;
    if (table >= targets) return null;
    const better = nextPrime(100 * targets);
    return `${table} entries are too few for ${targets} targets: take at least ${better}`;
  },
  create: (view, { table }) => new Placed(view, new Maglev(table)),
});
