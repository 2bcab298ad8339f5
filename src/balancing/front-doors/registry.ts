/** All ways to find the root's targets but a client's own list of them, which needs no entry. */
import { anycast } from "./anycast.ts";
import type { FrontDoorDefinition } from "./front-door.ts";
import { names } from "./names.ts";

export const frontDoors: readonly FrontDoorDefinition[] = [names, anycast];
