/** Every cache policy that a scenario can name. One line each. */
import type { CacheDefinition } from "./cache.ts";
import { clock } from "./clock.ts";
import { fifo } from "./fifo.ts";
import { lfu } from "./lfu.ts";
import { lru } from "./lru.ts";
import { sieve } from "./sieve.ts";

export const caches: readonly CacheDefinition[] = [lru, fifo, lfu, clock, sieve];
