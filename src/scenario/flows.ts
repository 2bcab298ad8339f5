/** What clients send through the tree per ms, before anything is simulated. */
import type { Chosen } from "../definition.ts";
import { meanOf } from "../random/registry.ts";
import type { ConnectionsSpec, RequestClass } from "./scenario.ts";

/** A region's requests, or one class of them where rules tell the classes apart. */
export interface Flow {
  readonly place: number;
  readonly ratePerMs: number;
  readonly workPerMs: number;
  /** Of requests and their answers. */
  readonly bytesPerMs: number;
  /** By name; null: all. */
  readonly class: RequestClass | null;
  /** What it consists of; the shares sum to 1. */
  readonly mix: readonly { readonly one: RequestClass; readonly share: number }[];
  /** The connections that it comes by; null: none that anybody opens for it. */
  readonly by: Carrier | null;
}

/** What new connections ask for, and how many there have to be. */
export type Carrier = Pick<ConnectionsSpec, "requests" | "tls" | "resume"> &
  Partial<Pick<ConnectionsSpec, "earlyData" | "websocket">> & {
    /** It ends at a balancer above: `tls` is what nobody has worked for until here. */
    readonly endsAbove?: true;
  };

export type Files = ReadonlyMap<string, Float64Array>;

/** NaN where it stands in a file that is not at hand. */
export function demandMean(demand: Chosen, numbers: Files): number {
  const { file } = demand.settings;
  if (typeof file === "string" && !numbers.has(file)) return NaN;
  return meanOf(demand, numbers);
}

/** Of a request and its answer; 0 where neither has any (a trace's are not known beforehand). */
export function bytesMean(
  { requestSize, responseSize, size }: RequestClass,
  numbers: Files,
): number {
  const answer = responseSize ?? size;
  return sum(
    [requestSize, answer].map((one) =>
      one === undefined || one === null ? 0 : demandMean(one, numbers),
    ),
  );
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
