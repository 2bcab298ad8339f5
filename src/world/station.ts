/** Arithmetic of a station of several cores with one first-in-first-out queue. */
import { TimerQueue } from "../engine/timer-queue.ts";

/**
 * How long who comes now waits for a core: all are busy yet for `restsMs`, and `queuedMs` of work
 * wait before it. O((cores + queue) log cores).
 */
export function waitBehind(restsMs: readonly number[], queuedMs: readonly number[]): number {
  const free = new TimerQueue();
  for (const restMs of restsMs) free.add(restMs, 0);
  for (const workMs of queuedMs) {
    const atMs = free.nextMs;
    free.take();
    free.add(atMs + workMs, 0);
  }
  return free.nextMs;
}
