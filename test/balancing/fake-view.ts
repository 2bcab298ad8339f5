/** A pool for tests of strategies: the same beliefs as a real one, each set by hand. */
import { placements, strategies } from "../../src/balancing/registry.ts";
import type { PoolView, RequestView, Strategy } from "../../src/balancing/strategy.ts";
import { entryOf } from "../../src/definition.ts";
import type { Chosen, Fields, Setting, Settings } from "../../src/definition.ts";
import { mix32 } from "../../src/hashing/mix32.ts";
import { hashText } from "../../src/hashing/text.ts";
import { RandomStreams } from "../../src/random/streams.ts";

export interface Target {
  readonly name?: string;
  readonly weight?: number;
  /** Requests per ms. */
  readonly capacity?: number;
  /** Round trip in ms by origin; the last one holds for all further origins. */
  readonly distances?: readonly number[];
}

interface MutableNumbers {
  length: number;
  [index: number]: number;
}

const append = (to: MutableNumbers, value: number): number[] => [...Array.from(to), value];

export class FakePool implements PoolView {
  size = 0;
  slots = 0;
  usable: MutableNumbers = [];
  weight: MutableNumbers = [];
  identity: MutableNumbers = [];
  ordinal: MutableNumbers = [];
  inFlight: MutableNumbers = [];
  reportedUtilization: MutableNumbers = [];
  reportedInFlight: MutableNumbers = [];
  reportedAtMs: MutableNumbers = [];
  reportedHealthy: MutableNumbers = [];
  capacity: MutableNumbers = [];
  nowMs = 0;
  readonly targets: Target[] = [];
  private readonly out = new Set<number>();
  private strategy: Strategy | null = null;

  constructor(targets: readonly Target[] = []) {
    for (const target of targets) this.join(target);
  }

  /** Settings that are not given are the defaults. */
  use(name: string, settings: Settings = {}, seed = 1): this {
    const definition = entryOf(strategies, name);
    const all = { ...defaultsOf(definition.fields), ...settings };
    const random = new RandomStreams(seed).named("picks");
    this.strategy = definition.create(this, all, random);
    this.refresh();
    return this;
  }

  /** Arrays are replaced, as they are when a real pool grows. */
  join(target: Target): number {
    const slot = this.slots++;
    this.targets.push(target);
    this.weight = append(this.weight, target.weight ?? 1);
    this.identity = append(this.identity, hashText(`pool/${target.name ?? slot}`));
    this.ordinal = append(this.ordinal, slot);
    this.inFlight = append(this.inFlight, 0);
    this.reportedUtilization = append(this.reportedUtilization, -1);
    this.reportedInFlight = append(this.reportedInFlight, 0);
    this.reportedAtMs = append(this.reportedAtMs, -1);
    this.reportedHealthy = append(this.reportedHealthy, 1);
    this.capacity = append(this.capacity, target.capacity ?? 1);
    return slot;
  }

  takeOut(...slots: number[]): void {
    for (const slot of slots) this.out.add(slot);
    this.refresh();
  }

  bringBack(...slots: number[]): void {
    for (const slot of slots) this.out.delete(slot);
    this.refresh();
  }

  refresh(): void {
    const usable = this.targets.map((_, slot) => slot).filter((slot) => !this.out.has(slot));
    this.usable = usable;
    this.size = usable.length;
    this.strategy?.membershipChanged();
  }

  /** A pick, and nothing else. */
  pick(request: RequestView): number {
    return this.strategy!.pick(request);
  }

  /** A pick that is counted as sent. */
  send(request: RequestView): number {
    const slot = this.pick(request);
    this.setInFlight(slot, this.inFlight[slot] + 1);
    return slot;
  }

  back(slot: number): void {
    this.setInFlight(slot, this.inFlight[slot] - 1);
  }

  setInFlight(slot: number, count: number): void {
    this.inFlight[slot] = count;
    this.strategy?.inFlightChanged?.(slot);
  }

  report(
    slot: number,
    report: { utilization?: number; inFlight?: number; healthy?: number },
  ): void {
    this.reportedUtilization[slot] = report.utilization ?? 0;
    this.reportedInFlight[slot] = report.inFlight ?? 0;
    this.reportedHealthy[slot] = report.healthy ?? 1;
    this.reportedAtMs[slot] = this.nowMs;
    this.strategy?.reported?.(slot);
  }

  get keyed(): boolean {
    return this.strategy?.owner !== undefined;
  }

  get keepsToOwners(): boolean {
    return this.keyed && this.strategy?.strays !== true;
  }

  owner(request: RequestView): number {
    return this.strategy!.owner!(request.key, request.rawKey);
  }

  name(slot: number): string {
    return this.targets[slot].name ?? String(slot);
  }

  path(slot: number): string {
    return `pool/${this.name(slot)}`;
  }

  roundTripMs(slot: number, origin: number): number {
    const distances = this.targets[slot].distances ?? [10];
    return distances[Math.min(origin, distances.length - 1)];
  }
}

export const equalTargets = (count: number): Target[] => Array.from({ length: count }, () => ({}));

/** The i-th of a series of requests by different users. */
export const request = (i: number, origin = 0): RequestView => ({
  key: mix32(i + 0x51ed270b),
  rawKey: i,
  origin,
  attempt: 1,
});

/** How many of `count` picks each slot gets. */
export function shares(pool: FakePool, count: number): Float64Array {
  const picks = new Float64Array(pool.slots);
  for (let i = 0; i < count; i++) picks[pool.pick(request(i))] += 1 / count;
  return picks;
}

export function defaultsOf(fields: Fields): Settings {
  const settings: Record<string, Setting> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = ("default" in field ? field.default : undefined) ?? null;
    settings[name] = field.kind === "placement" && value !== null ? nested(String(value)) : value;
  }
  return settings;
}

function nested(name: string): Chosen {
  return { kind: name, settings: defaultsOf(entryOf(placements, name).fields) };
}
