/**
 * A machine's queue: a list linked both ways through its requests. All O(1). The first one's
 * `previous` is not kept: it would be one more request to touch as each leaves.
 */
import type { Machine } from "./machine.ts";
import type { Request } from "./requests.ts";

/** To the end of the queue. */
export function append(machine: Machine, request: Request): void {
  const { tail } = machine;
  request.next = null;
  request.previous = tail;
  if (tail === null) machine.head = request;
  else tail.next = request;
  machine.tail = request;
  machine.queued++;
}

/** To the front of the queue. */
export function prepend(machine: Machine, request: Request): void {
  const { head } = machine;
  request.next = head;
  if (head === null) machine.tail = request;
  else head.previous = request;
  machine.head = request;
  machine.queued++;
}

/** Out of the queue, wherever it stands. */
export function unlink(machine: Machine, request: Request): void {
  const { next, previous } = request;
  const isFirst = machine.head === request;
  if (isFirst) machine.head = next;
  else previous!.next = next;
  if (next !== null) next.previous = previous;
  else machine.tail = isFirst ? null : previous;
  machine.queued--;
}
