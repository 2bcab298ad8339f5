/**
 * Session persistence: users stay at the target that answered them first, whatever the balancer's
 * strategy would pick. Which of a pool's targets may keep users is the pool's to say
 * (`Pool.keeps`), once for all kinds of persistence.
 */
import type { Definition, Fields, SettingsOf } from "../../definition.ts";

/** Who asks, as a balancer can see it; numbers from 0 on. */
export interface Client {
  readonly user: number;
  /** Number of the address that it comes from; others may have the same. */
  readonly address: number;
  /** Number of its connection; NONE where there are none. */
  readonly connection: number;
}

/** Where the users of one balancer are kept. */
export interface Persistence {
  /**
   * The slot at which this client is kept; NONE: the strategy picks.
   * @param replica the one that asks, from 0 on
   */
  kept(client: Client, replica: number): number;
  /** The answer to a request that the strategy had placed at this slot is with its client. */
  answered(client: Client, slot: number, replica: number): void;
  /**
   * Until when users are kept at this slot if none of them asks any more, ms: NONE where nobody is,
   * Infinity where somebody is for good. O(users).
   */
  heldUntilMs(slot: number): number;
  /**
   * A replica has lost its memory: number of that replica, NONE where all of them have. Left out
   * where nothing is kept in it.
   */
  restarted?(replica: number): void;
  /**
   * A client has opened a connection. Left out where that changes nothing.
   * @param resumed it goes on with the TLS session of its last one
   */
  connected?(client: Client, resumed: boolean): void;
  /**
   * A client's connection is over, and so is the last of its requests. Left out where that changes
   * nothing.
   * @returns the slot at which it was kept; NONE: at none
   */
  ended?(connection: number): number;
  /** Connections that are kept at this slot until they end; left out where none are. O(1). */
  connectionsAt?(slot: number): number;
}

/** How many there are of what clients are told apart by. */
export interface Clientele {
  readonly users: number;
  readonly addresses: number;
  /** Of the balancer, over all places where it stands. */
  readonly replicas: number;
  /** One number: simulated time in ms. */
  readonly clock: { readonly nowMs: number };
}

export interface PersistenceDefinition<F extends Fields = Fields> extends Definition<F> {
  /** What clients must have to be kept by it; left out: nothing that they have not always. */
  readonly needs?: readonly ("connections" | "tls")[];
  create(clientele: Clientele, settings: SettingsOf<F>): Persistence;
}

/** Keeps the field types of one definition for its `create`, and forgets them for the registry. */
export function definePersistence<const F extends Fields>(
  definition: PersistenceDefinition<F>,
): PersistenceDefinition;
export function definePersistence(definition: PersistenceDefinition): PersistenceDefinition {
  return definition;
}
