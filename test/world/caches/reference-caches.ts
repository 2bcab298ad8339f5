/** The policies as plainly as they can be written: arrays, linear search, one object at a time. */

interface Entry {
  readonly key: number;
  readonly size: number;
  storedAtMs: number;
  frequency: number;
  lastUse: number;
  visited: boolean;
}

export interface ReferenceLimits {
  readonly entries: number;
  readonly bytes: number;
  readonly ttlMs: number;
}

/** Answers as `Cache.touch` does: 0 hit, 1 miss, 2 expired. */
export interface ReferenceCache {
  touch(key: number, size: number, nowMs: number): number;
  forget(isMeant: (key: number) => boolean): void;
  readonly held: readonly number[];
}

/**
 * Order and hand of SIEVE are those of the paper's algorithm 1; index 0 of `queue` is the head
 * (newest).
 */
export function referenceCache(policy: string, limits: ReferenceLimits): ReferenceCache {
  let queue: Entry[] = [];
  let hand: Entry | null = null;
  let uses = 0;
  const used = () => queue.reduce((sum, entry) => sum + entry.size, 0);

  const choose: Record<string, () => Entry> = {
    fifo: () => queue[queue.length - 1],
    lru: () => queue.reduce((a, b) => (b.lastUse < a.lastUse ? b : a)),
    lfu: () =>
      queue.reduce((a, b) =>
        b.frequency < a.frequency || (b.frequency === a.frequency && b.lastUse < a.lastUse) ? b : a,
      ),
    clock: () => {
      for (;;) {
        const last = queue[queue.length - 1];
        if (!last.visited) return last;
        last.visited = false;
        queue = [last, ...queue.slice(0, -1)];
      }
    },
    sieve: () => {
      let at = hand === null ? queue.length - 1 : queue.indexOf(hand);
      while (queue[at].visited) {
        queue[at].visited = false;
        at = at === 0 ? queue.length - 1 : at - 1;
      }
      return queue[at];
    },
  };
  const forget = (gone: Entry) => {
    if (gone === hand) hand = queue[queue.indexOf(gone) - 1] ?? null;
    queue = queue.filter((entry) => entry !== gone);
  };
  const evict = () => {
    const gone = choose[policy]();
    if (policy === "sieve") hand = gone;
    forget(gone);
  };
  const store = (key: number, size: number, nowMs: number) => {
    const entry = { key, size, storedAtMs: nowMs, frequency: 1, lastUse: ++uses, visited: false };
    queue = [entry, ...queue];
  };

  return {
    get held() {
      return queue.map((entry) => entry.key);
    },
    forget(isMeant) {
      for (const entry of queue) if (isMeant(entry.key)) forget(entry);
    },
    touch(key, size, nowMs) {
      const found = queue.find((entry) => entry.key === key);
      if (found !== undefined && nowMs - found.storedAtMs >= limits.ttlMs) {
        forget(found);
        store(key, size, nowMs);
        return 2;
      }
      if (found !== undefined) {
        found.frequency++;
        found.lastUse = ++uses;
        found.visited = true;
        return 0;
      }
      if (size > limits.bytes) return 1;
      while (queue.length + 1 > limits.entries || used() + size > limits.bytes) evict();
      store(key, size, nowMs);
      return 1;
    },
  };
}
