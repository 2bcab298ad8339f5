/**
 * What a machine's counters of time would be if it were settled now, for those who only look on: the
 * rounding of a settled time is part of the run.
 */
import { type Machine, MachineState } from "./machine.ts";
import { countedSince } from "./machines.ts";

/** Core ms. O(cores). */
export function busyMsAt(machine: Machine, nowMs: number): number {
  if (machine.shared !== null) return machine.busyMs + machine.shared.unsettledMs;
  let { busyMs } = machine;
  for (const { request } of machine.cores) {
    if (request !== null) busyMs += nowMs - countedSince(request);
  }
  return busyMs;
}

/** Cores × ms. */
export function inServiceMsAt(machine: Machine, nowMs: number): number {
  const { state, inServiceMs, sinceMs, coreCount } = machine;
  return state === MachineState.Up ? inServiceMs + (nowMs - sinceMs) * coreCount : inServiceMs;
}
