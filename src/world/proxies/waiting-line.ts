/** Requests that wait at a balancer, in order, linked through themselves; any may leave early. */
import type { Request } from "../requests.ts";

export class WaitingLine {
  head: Request | null = null;
  tail: Request | null = null;
  length = 0;

  append(request: Request): void {
    request.next = null;
    request.previous = this.tail;
    if (this.tail === null) this.head = request;
    else this.tail.next = request;
    this.tail = request;
    this.length++;
  }

  /** The first one, taken out; null where nobody waits. */
  shift(): Request | null {
    const { head } = this;
    if (head !== null) this.remove(head);
    return head;
  }

  /** One of those that wait here. O(1). */
  remove(request: Request): void {
    const { previous, next } = request;
    if (previous === null) this.head = next;
    else previous.next = next;
    if (next === null) this.tail = previous;
    else next.previous = previous;
    request.previous = null;
    this.length--;
  }

  clear(): void {
    this.head = this.tail = null;
    this.length = 0;
  }
}
