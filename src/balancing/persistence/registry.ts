/** All kinds of session persistence. */
import { cookie } from "./cookie.ts";
import type { PersistenceDefinition } from "./persistence.ts";

export const persistences: readonly PersistenceDefinition[] = [cookie];
