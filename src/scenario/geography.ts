/**
 * The places of a scenario and the round trips between them: measured ones, the scenario's own by
 * coordinates, or a matrix. Without geography there is one place and every delay is zero.
 */
import {
  coordinatesOf,
  measuredPlaces,
  roundTripBetween,
  roundTripByDistance,
} from "../world/places.ts";
import { nameProblem } from "./patterns.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readRecord } from "./read-record.ts";
import { readNumber } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import type { Place, Scenario } from "./scenario.ts";
import { networkShape, placeShape } from "./shapes-tree.ts";
import { didYouMean } from "./suggest.ts";
import type { TreeNode } from "./tree.ts";
import { isEmpty, textNode, typeInWords } from "./tree.ts";

/** The one place of a scenario without geography. */
export const HERE = "here";
/**
 * Inside a place of one's own with coordinates: "round trip within same datacenter 500,000 ns"
 * (Dean, LADIS 2009).
 */
const SAME_PLACE_MS = 0.5;

/** Every pair of them has a round trip. */
const MOST_PLACES = 1_000;

interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

export class Geography {
  private readonly reading: Reading;
  private readonly own = new Map<string, Coordinates>();
  private readonly matrix = new Map<string, Map<string, number>>();
  private readonly names: string[] = [];
  private pathFactor = 1.5;
  private samePlaceMs: number | null = null;
  /** By name of one end and of the other, bytes per ms. */
  private readonly links = new Map<string, Map<string, number>>();
  /** Where they are written; null: nowhere, or none that is right. */
  bandwidthsAt: Position | null = null;

  constructor(
    places: TreeNode | null | undefined,
    network: TreeNode | null | undefined,
    reading: Reading,
  ) {
    this.reading = reading;
    if (places) this.readPlaces(places);
    if (network) this.readNetwork(network);
    const count = this.own.size + this.matrix.size;
    if (count > MOST_PLACES) {
      const at = (places ?? network)?.at ?? { file: "", line: 0, column: 0 };
      reading.problems.error(at, `there are ${count} places`, `${MOST_PLACES} are the most`);
      return;
    }
    for (const name of this.own.keys()) this.index(name);
    for (const name of this.matrix.keys()) this.index(name);
  }

  /** The index of the place that the node names, or null after a problem. */
  placeOf(field: string, node: TreeNode): number | null {
    const { problems } = this.reading;
    if (node.type !== "text") {
      problems.error(node.at, `${field} is ${typeInWords(node)}`, "write the name of a place");
      return null;
    }
    const known = [...this.own.keys(), ...this.matrix.keys(), ...measuredPlaces];
    if (known.includes(node.text)) return this.index(node.text);
    // It may stand in the include that failed.
    if (this.reading.isPartial) return this.index(node.text);
    const near = didYouMean(node.text, [...new Set(known)]);
    const would = near.startsWith("known") ? "name a measured place or add it under places" : near;
    problems.error(node.at, `no place is called ${quote(node.text)}`, would);
    return null;
  }

  /** The index of a place by name; it joins the scenario with its first use. */
  index(name: string): number {
    const at = this.names.indexOf(name);
    return at >= 0 ? at : this.names.push(name) - 1;
  }

  nameOf(index: number): string {
    return this.names[index];
  }

  /** Round trip in ms, or null where nothing tells it. */
  roundTripMs(from: number, to: number): number | null {
    const [a, b] = [this.names[from], this.names[to]];
    const given = this.matrix.get(a)?.get(b) ?? this.matrix.get(b)?.get(a);
    if (given !== undefined) return given;
    if (a === b) {
      if (a === HERE) return 0;
      if (this.samePlaceMs !== null) return this.samePlaceMs;
      return this.measured(a, a) ?? (this.own.has(a) ? SAME_PLACE_MS : 0);
    }
    const measured = this.measured(a, b);
    if (measured !== null) return measured;
    const [one, other] = [this.coordinates(a), this.coordinates(b)];
    if (one === null || other === null) return null;
    return roundTripByDistance(one, other, this.pathFactor);
  }

  places(): Place[] {
    return this.names.map((name) => {
      const where = this.coordinates(name);
      return { name, latitude: where?.latitude ?? null, longitude: where?.longitude ?? null };
    });
  }

  /** The whole matrix; 0 between places that nothing connects and no request crosses. */
  matrixMs(): number[][] {
    return this.names.map((_, from) => {
      return this.names.map((_name, to) => this.roundTripMs(from, to) ?? 0);
    });
  }

  /** Between the places of the scenario; nothing where no two of them have one. */
  bandwidths(): Pick<Scenario, "bandwidths"> {
    const between = (a: string, b: string): number | null =>
      this.links.get(a)?.get(b) ?? this.links.get(b)?.get(a) ?? null;
    const matrix = this.names.map((a) => this.names.map((b) => between(a, b)));
    return matrix.some((row) => row.some((one) => one !== null)) ? { bandwidths: matrix } : {};
  }

  private measured(a: string, b: string): number | null {
    if (this.own.has(a) || this.own.has(b)) return null;
    return measuredPlaces.includes(a) && measuredPlaces.includes(b) ? roundTripBetween(a, b) : null;
  }

  private coordinates(name: string): Coordinates | null {
    const own = this.own.get(name);
    if (own !== undefined) return own;
    return measuredPlaces.includes(name) ? coordinatesOf(name) : null;
  }

  private readPlaces(node: TreeNode): void {
    const { problems } = this.reading;
    if (node.type !== "map") {
      const would = "write office: { latitude: 52.5, longitude: 13.4 }";
      problems.error(node.at, `places is ${typeInWords(node)}`, would);
      return;
    }
    for (const { key, keyAt, value } of node.entries.values()) {
      const wrong = nameProblem(key, "a place");
      if (wrong !== null) problems.error(keyAt, wrong.what, wrong.would);
      const record = readRecord(placeShape, value, { noun: `the place ${key}` }, this.reading);
      if (record !== null) this.own.set(key, record.values);
    }
  }

  private readNetwork(node: TreeNode): void {
    const record = readRecord(networkShape, node, { noun: "network" }, this.reading);
    if (record === null) return;
    this.pathFactor = record.values["path-factor"];
    this.samePlaceMs = record.values["same-place"];
    this.readRoundTrips(record.values["round-trips"]);
    // The matrix names places too.
    if (record.values.bandwidths !== null) this.readBandwidths(record.values.bandwidths);
  }

  private readRoundTrips(rows: TreeNode | null): void {
    if (rows === null) return;
    const example = "write paris: { london: 9ms }";
    if (rows.type !== "map") {
      this.reading.problems.error(rows.at, `round-trips is ${typeInWords(rows)}`, example);
      return;
    }
    for (const { key: from, keyAt, value } of rows.entries.values()) {
      this.nameMatrixPlace(from, keyAt);
      if (isEmpty(value)) continue;
      if (value.type !== "map") {
        this.reading.problems.error(
          value.at,
          `round-trips of ${from} is ${typeInWords(value)}`,
          example,
        );
        continue;
      }
      for (const { key: to, keyAt: toAt, value: cell } of value.entries.values()) {
        this.nameMatrixPlace(to, toAt);
        const name = `round trip ${from} to ${to}`;
        const ms = readNumber(name, { min: 0 }, "duration", cell, this.reading.problems);
        if (ms !== null) this.matrix.get(from)?.set(to, ms);
      }
    }
  }

  private readBandwidths(node: TreeNode): void {
    const { problems } = this.reading;
    const example = "write paris: { london: 1Gbit/s }";
    if (node.type !== "map") {
      problems.error(node.at, `bandwidths is ${typeInWords(node)}`, example);
      return;
    }
    for (const { key: from, keyAt, value } of node.entries.values()) {
      this.placeOf("bandwidths", textNode(from, keyAt));
      if (isEmpty(value)) continue;
      if (value.type !== "map") {
        problems.error(value.at, `bandwidths of ${from} is ${typeInWords(value)}`, example);
        continue;
      }
      const row = new Map<string, number>();
      this.links.set(from, row);
      for (const { key: to, keyAt: toAt, value: cell } of value.entries.values()) {
        this.placeOf("bandwidths", textNode(to, toAt));
        const name = `bandwidth ${from} to ${to}`;
        if (from === to) {
          problems.error(toAt, `${name} is inside one place`, "write links between two places");
          continue;
        }
        const bytes = readNumber(name, { above: 0 }, "bandwidth", cell, problems);
        if (bytes === null) continue;
        row.set(to, bytes);
        this.bandwidthsAt = node.at;
      }
    }
  }

  private nameMatrixPlace(name: string, at: Position): void {
    const wrong = nameProblem(name, "a place");
    if (wrong !== null) this.reading.problems.error(at, wrong.what, wrong.would);
    if (!this.matrix.has(name)) this.matrix.set(name, new Map());
  }
}
