/** A broken assertion is our own mistake, never the user's: theirs are reported as problems. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** Throws `AssertionError` unless `condition` holds; `message` says what should have held. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the end of a switch over a union: a new member that is forgotten does not compile. */
export function unreachable(value: never): never {
  throw new AssertionError(`not handled: ${String(value)}`);
}
