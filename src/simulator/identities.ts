/** What keys and targets are called in a run, so that seeds spread over layouts. */
import { hashText } from "../hashing/text.ts";
import type { RandomStreams } from "../random/streams.ts";

export interface Salts {
  /** Of keys: see `keyOf`. */
  readonly key: number;
  /** Of the names of targets. */
  readonly name: number;
}

export function saltsOf(random: RandomStreams): Salts {
  const layout = random.named("layout");
  return { key: layout.uint32(), name: layout.uint32() };
}

/** Gives each target of one balancer an identity of its own, in order of joining. */
export class Identities {
  private readonly taken = new Set<number>();
  private readonly salt: number;

  constructor(salt: number) {
    this.salt = salt;
  }

  /**
   * A hash of the path and the run's salt; should two siblings' collide, the later one is hashed
   * with another seed.
   */
  of(path: string): number {
    let seed = this.salt;
    let identity = hashText(path, seed);
    while (this.taken.has(identity)) identity = hashText(path, ++seed);
    this.taken.add(identity);
    return identity;
  }
}
