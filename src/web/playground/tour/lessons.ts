/** The tour, from one server to a tree of datacenters. */
import { basics } from "./lessons-basics.ts";
import { fleets } from "./lessons-fleets.ts";
import { hashing } from "./lessons-hashing.ts";
import type { Lesson } from "./lesson.ts";

export const lessons: readonly Lesson[] = [...basics, ...hashing, ...fleets];
