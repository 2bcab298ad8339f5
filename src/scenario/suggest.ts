/** "Did you mean": the nearest known name to one that nobody knows. */

/** What people write who come from other tools, and the word here. */
const ALIASES = new Map(
  Object.entries({
    algorithm: "strategy",
    policy: "strategy",
    lb_policy: "strategy",
    balance: "strategy",
    servers: "machines",
    server: "machines",
    nodes: "machines",
    instances: "machines",
    hosts: "machines",
    backends: "targets",
    upstreams: "targets",
    children: "targets",
    datacenters: "targets",
    members: "targets",
    location: "at",
    place: "at",
    zone: "at",
    rps: "poisson",
    qps: "poisson",
    rate: "arrivals",
    traffic: "arrivals",
    load: "arrivals",
    service: "demand",
    "service-time": "demand",
    work: "demand",
    cpus: "cores",
    cpu: "cores",
    threads: "cores",
    capacity: "queue",
    "queue-limit": "queue",
    "queue-length": "queue",
    backlog: "queue",
    "miss-penalty": "on-miss",
    miss: "on-miss",
    keys: "objects",
    key: "affinity",
    hash: "affinity",
    sticky: "affinity",
    healthcheck: "health",
    "health-check": "health",
    time: "duration",
    length: "duration",
    "run-time": "duration",
    limit: "stop-after",
    "requests-limit": "stop-after",
    "request-limit": "stop-after",
    "max-requests": "stop-after",
    "warm-up": "warmup",
    hypothesis: "expectation",
    why: "reason",
    description: "question",
    title: "question",
    regions: "clients",
    root: "balancer",
    assert: "expect",
    thresholds: "expect",
    vary: "compare",
    variants: "compare",
    mesh: "network",
    lat: "latitude",
    lon: "longitude",
    lng: "longitude",
    kill: "fail",
    crash: "fail",
    stop: "fail",
    down: "fail",
    up: "recover",
    restart: "recover",
    partition: "cut",
    latency: "delay",
    "round-robbin": "round-robin",
    roundrobin: "round-robin",
    rr: "round-robin",
    wrr: "weighted-round-robin",
    "least-conn": "least-connections",
    leastconn: "least-connections",
    "least-request": "least-connections",
    jsq: "least-connections",
    p2c: "power-of-d",
    "power-of-two": "power-of-d",
    "consistent-hash": "ring-hash",
    "consistent-hashing": "ring-hash",
    ring: "ring-hash",
    modulo: "mod-n",
    hrw: "rendezvous",
    geographic: "geo",
    fixed: "constant",
    deterministic: "constant",
    normal: "lognormal",
    exp: "exponential",
    powerlaw: "zipf",
    mmpp: "bursts",
    "second-chance": "clock",
  }),
);

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours,
 * each 1. Stops at
 * `limit` and then returns more than it. O(|a| · |b|).
 */
export function alignmentDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length];
}

/** The known name that was most likely meant, or null. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > 60) return null;
  const plain = name.toLowerCase().replaceAll(/[_ ]/g, "-");
  if (known.includes(plain)) return plain;
  const alias = ALIASES.get(plain) ?? ALIASES.get(name);
  if (alias !== undefined && known.includes(alias)) return alias;
  const limit = plain.length <= 1 ? 0 : plain.length <= 3 ? 1 : plain.length <= 7 ? 2 : 3;
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const distance = alignmentDistance(plain, candidate, limit);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== null) return best;
  const longer = known.filter((candidate) => plain.length >= 3 && candidate.startsWith(plain));
  return longer.length === 1 ? longer[0] : null;
}

/** What a suggestion reads of an entry of a registry. */
export interface Suggestible {
  readonly name: string;
  readonly summary: string;
  readonly follows: string;
  readonly config?: Readonly<Record<string, string>>;
}

/** More than these are no answer to "did you mean", but come first in the list. */
const MOST_MEANT = 6;

/**
 * As `didYouMean`, of a registry's entries: where no name is near, those that the word stands in
 * come first: in their names, then in what they say of themselves, such as the program whose
 * behaviour they are (`nginx`). O(text of all entries).
 */
export function suggestAmong(name: string, entries: readonly Suggestible[]): string {
  const names = entries.map((entry) => entry.name);
  if (nearestName(name, names) !== null) return didYouMean(name, names);
  const meant = mentioning(name, entries);
  if (meant.length > MOST_MEANT) return didYouMean(name, [...new Set([...meant, ...names])]);
  const quoted = meant.map((each) => `"${each}"`);
  const last = quoted.pop();
  if (last === undefined) return didYouMean(name, names);
  return `did you mean ${quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`}?`;
}

/** Names of entries that speak of it, those with it in the name first. */
function mentioning(name: string, entries: readonly Suggestible[]): string[] {
  const asked = wordsOf(name);
  const plain = asked.join("-");
  // A number stands in many sources, as their year.
  if (plain.length < 3 || plain.length > 60 || !/^\p{L}/u.test(plain)) return [];
  const called = entries.filter((entry) => entry.name.includes(plain));
  const telling = entries.filter((entry) => {
    const { summary, follows, config = {} } = entry;
    const told = new Set(wordsOf([summary, follows, ...Object.entries(config).flat()].join(" ")));
    return !called.includes(entry) && asked.every((word) => told.has(word));
  });
  return [...called, ...telling].map((entry) => entry.name);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The second half of a problem: `did you mean "cache"?` or the list of what is possible. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  if (known.length === 0) return "nothing can stand here";
  const listed = known.slice(0, 16).join(", ");
  return `known are ${listed}${known.length > 16 ? ` and ${known.length - 16} more` : ""}`;
}
