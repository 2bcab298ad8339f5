/** All kinds of session persistence. */
import { address } from "./address.ts";
import { connection } from "./connection.ts";
import { cookie } from "./cookie.ts";
import type { PersistenceDefinition } from "./persistence.ts";
import { tlsSession } from "./tls-session.ts";

export const persistences: readonly PersistenceDefinition[] = [
  cookie,
  address,
  tlsSession,
  connection,
];
