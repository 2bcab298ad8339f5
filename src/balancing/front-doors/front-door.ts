/**
 * How clients find the targets of a root that stands nowhere: who tells them, and how long they go
 * on believing it. What a root would answer is its strategy's and its pool's to say; a front door
 * says when clients ask.
 */
import type { Definition, Fields, SettingsOf } from "../../definition.ts";

/** What the simulator goes by; durations in ms. */
export type FrontDoorRules =
  | { readonly kind: "names"; readonly ttlMs: number }
  | { readonly kind: "anycast"; readonly convergeMs: number };

export interface FrontDoorDefinition<F extends Fields = Fields> extends Definition<F> {
  rules(settings: SettingsOf<F>): FrontDoorRules;
}

/** Keeps the field types of one definition for its `rules`, and forgets them for the registry. */
export function defineFrontDoor<const F extends Fields>(
  definition: FrontDoorDefinition<F>,
): FrontDoorDefinition;
export function defineFrontDoor(definition: FrontDoorDefinition): FrontDoorDefinition {
  return definition;
}
