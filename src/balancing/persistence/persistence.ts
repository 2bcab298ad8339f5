/**
 * Session persistence: users stay at the target that answered them first, whatever the balancer's
 * strategy would pick. Which of a pool's targets may keep users is the pool's to say
 * (`Pool.keeps`), once for all kinds of persistence.
 */
import type { Definition, Fields, SettingsOf } from "../../definition.ts";

/** Where the users of one balancer are kept; all its replicas share it. */
export interface Persistence {
  /** The slot at which this user is kept; NONE: the strategy picks. */
  kept(user: number): number;
  /** The answer to a request that the strategy had placed at this slot is with its user. */
  answered(user: number, slot: number): void;
  /**
   * Until when users are kept at this slot, ms: NONE where nobody is, Infinity where somebody is
   * for good. O(users).
   */
  heldUntilMs(slot: number): number;
}

export interface PersistenceDefinition<F extends Fields = Fields> extends Definition<F> {
  /** @param clock one number: simulated time in ms */
  create(users: number, clock: { readonly nowMs: number }, settings: SettingsOf<F>): Persistence;
}

/** Keeps the field types of one definition for its `create`, and forgets them for the registry. */
export function definePersistence<const F extends Fields>(
  definition: PersistenceDefinition<F>,
): PersistenceDefinition;
export function definePersistence(definition: PersistenceDefinition): PersistenceDefinition {
  return definition;
}
