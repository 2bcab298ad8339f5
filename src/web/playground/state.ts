/** A small store: one value, replaced as a whole, and who wants to hear of it. */
import { useEffect, useState } from "preact/hooks";

export interface Store<T extends object> {
  readonly get: () => T;
  /** Changes some fields; all who listen are told. */
  readonly set: (change: Partial<T>) => void;
  /** Calls back after each change; returns what ends that. */
  readonly listen: (listener: () => void) => () => void;
}

export function storeOf<T extends object>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (change) => {
      value = { ...value, ...change };
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A part of the store's value; the component is drawn anew when that part is another one. */
export function useStore<T extends object, P>(store: Store<T>, part: (value: T) => P): P {
  const [, setTurn] = useState(0);
  const now = part(store.get());
  useEffect(() => {
    let last = part(store.get());
    // What changed between drawing and listening would go unheard.
    if (!Object.is(last, now)) setTurn((turn) => turn + 1);
    return store.listen(() => {
      const next = part(store.get());
      if (Object.is(next, last)) return;
      last = next;
      setTurn((turn) => turn + 1);
    });
  }, [store]);
  return now;
}
