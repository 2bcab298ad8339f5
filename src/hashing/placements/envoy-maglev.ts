/** Envoy's Maglev. */
import { NONE } from "../../units.ts";
import { restOf } from "../mix32.ts";
import { remainder64, text64 } from "../word64.ts";
import { Xxh64 } from "../functions/xxh64.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";
import { TextBytes } from "../text.ts";
import { checkEnvoyWeights, normalizedWeights } from "./parts/envoy.ts";
import { isPrime, nextPrime, populate, MAGLEV_TRAITS } from "./maglev.ts";

/** As the configuration's protocol allows (maglev.proto). */
const LARGEST_TABLE = 5_000_011;

const offsetHash = new Xxh64(0);
const skipHash = new Xxh64(1);
const text = new TextBytes();

/** In order of their UTF-8 bytes, which is that of their code points. */
function byText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [new TextBytes().set(a), new TextBytes().set(b)];
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) {
    if (left.bytes[i] !== right.bytes[i]) return left.bytes[i] - right.bytes[i];
  }
  return left.length - right.length;
}

/**
 * Maglev's table, claimed by the hosts in order of their names, from an offset XXH64(name) modulo
 * the table's size M in steps of XXH64(name, seed 1) modulo M − 1, plus 1. In round i = 1, 2, … a
 * host of the weight w claims an entry if i × w is not below its target, which starts at 0 and
 * grows by the greatest weight at each claim. A key belongs to the entry of its 64-bit hash modulo
 * M.
 *
 * Follows Envoy, source/extensions/load_balancing_policies/maglev/maglev_lb.cc at 104df3de. Weights
 * are parts of their sum, in the same doubles, so that rounding falls as it does there. A change
 * builds the table anew, O(M log M) expected; lookup O(1); 4 bytes an entry (Envoy packs them
 * closer).
 */
export class EnvoyMaglev implements Placement {
  readonly traits = MAGLEV_TRAITS;
  private table = new Int32Array(0);
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  assign(members: Members): void {
    const { size } = this;
    const parts = normalizedWeights(members);
    const hosts = Array.from({ length: members.size }, (_, i) => {
      const label = members.usable[i];
      return { label, name: members.path(label), part: parts[i] };
    });
    hosts.sort((a, b) => byText(a.name, b.name));
    const remainder = (hash: Xxh64, name: string, divisor: number): number => {
      text.set(name);
      const high = hash.hash(text.bytes, text.length);
      return remainder64(high, hash.low, divisor);
    };
    const greatest = parts.reduce((most, part) => Math.max(most, part), 0);
    const target = new Float64Array(hosts.length);
    this.table = populate(
      size,
      {
        offsets: hosts.map(({ name }) => remainder(offsetHash, name, size)),
        skips: hosts.map(({ name }) => remainder(skipHash, name, size - 1) + 1),
        weights: null,
      },
      (host, round) => {
        if ((round + 1) * hosts[host].part < target[host]) return false;
        target[host] += greatest;
        return true;
      },
    );
    if (hosts.length === 0) return;
    const { table } = this;
    for (let i = 0; i < size; i++) table[i] = hosts[table[i]].label;
  }

  owner(key: number, rest: number = restOf(key)): number {
    return this.table.length === 0 ? NONE : this.table[remainder64(key, rest, this.size)];
  }

  bytes(): number {
    return this.table.byteLength;
  }

  explain(key: number, nameOf: NameOf, rest: number = restOf(key)): readonly string[] {
    const owner = this.owner(key, rest);
    if (owner === NONE) return NO_NODES;
    const { size, table } = this;
    const name = nameOf(owner);
    const held = table.reduce((sum, label) => sum + (label === owner ? 1 : 0), 0);
    return [
      `hash ${text64(key, rest)}`,
      `mod ${size} entries = entry ${remainder64(key, rest, size)}: ${name}`,
      `${name} holds ${held} of ${size} entries`,
    ];
  }
}

/**
 * Envoy's Maglev, key for key: the table of the Maglev paper with Envoy's hashes and its way with
 * weights.
 *
 * Follows Envoy, maglev_lb.cc at 104df3de; the name of a host is its node's name (`10.0.0.1:8080`,
 * where Envoy takes the address unless told to take the hostname). Keys are hashed by XXH64. A host
 * that is down leaves the table, as in Envoy. Envoy takes any table of prime size up to 5,000,011;
 * one with fewer entries than hosts is refused here, since some hosts would get nothing. Cost: O(1)
 * a pick; a change builds the table anew. Left open: nothing; weights between whole numbers are
 * rounded.
 */
export const envoyMaglev = definePlacement({
  name: "envoy-maglev",
  summary: "Envoy's Maglev: the paper's table with Envoy's hashes and weights",
  follows: "Envoy, maglev_lb.cc at 104df3de; Eisenbud et al., NSDI 2016, Maglev, §3.4",
  config: { Envoy: "lb_policy: MAGLEV" },
  fields: {
    table: {
      kind: "count",
      min: 2,
      max: LARGEST_TABLE,
      default: 65_537,
      doc: "entries of the table: a prime (Envoy's table_size)",
    },
  },
  primary: "table",
  cost: { lookup: "O(1)", change: "O(table × log table)", memory: "4 bytes an entry" },
  keyHash: () => "xxh64",
  check: ({ table }, members = []) => {
    if (!isPrime(table)) return `${table} is not a prime; the next one is ${nextPrime(table)}`;
    const targets = memberCount(members);
    if (table < targets) {
      return `${table} entries are too few for ${targets} targets: some would get nothing`;
    }
    return checkEnvoyWeights(members);
  },
  create: ({ table }) => new EnvoyMaglev(table),
});
