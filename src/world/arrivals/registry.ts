/** Every arrival process that a scenario can name. One line each. */
import type { ArrivalDefinition } from "./arrivals.ts";
import { bursts } from "./bursts.ts";
import { closed } from "./closed.ts";
import { constant } from "./constant.ts";
import { diurnal } from "./diurnal.ts";
import { piecewise } from "./piecewise.ts";
import { poisson } from "./poisson.ts";
import { trace } from "./trace.ts";

export const arrivals: readonly ArrivalDefinition[] = [
  poisson,
  constant,
  bursts,
  diurnal,
  piecewise,
  closed,
  trace,
];
