/**
 * The order in which the nodes would own one key, found a node at a time as far as it is asked for.
 */
import { NONE } from "../../../units.ts";

/** A key's nodes as the structure meets them, some more than once. */
export interface Steps {
  /** Begins at a key, `rest` of which is 0 for structures that read 32 bits. */
  start(key: number, rest: number): void;
  /** The label of the next node met, however often it was met before; NONE at the end. */
  next(): number;
}

/**
 * Keeps what it found for the last key, so that asking for ranks 0, 1, 2 … takes each step once.
 * All arrays are kept from key to key. 8 bytes a label.
 */
export class Walk {
  private readonly steps: Steps;
  private key = 0;
  private rest = 0;
  private begun = false;
  private labels = 0;
  private found = new Int32Array(0);
  private count = 0;
  private metIn = new Int32Array(0);
  private round = 0;

  constructor(steps: Steps) {
    this.steps = steps;
  }

  /** The nodes are no longer those that were walked. @param labels all labels are smaller */
  changed(labels: number): void {
    this.begun = false;
    this.labels = labels;
  }

  /** The node of that rank for the key, 0 the owner; NONE if there are not so many. */
  at(key: number, rank: number, rest = 0): number {
    if (!this.begun || key !== this.key || rest !== this.rest) this.begin(key, rest);
    while (this.count <= rank) {
      const label = this.steps.next();
      if (label === NONE) return NONE;
      if (this.metIn[label] === this.round) continue;
      this.metIn[label] = this.round;
      this.found[this.count++] = label;
    }
    return this.found[rank];
  }

  bytes(): number {
    return this.found.byteLength + this.metIn.byteLength;
  }

  /** Only once somebody asks: most structures are never walked. */
  private grow(): void {
    this.metIn = new Int32Array(2 * this.labels);
    this.found = new Int32Array(2 * this.labels);
    this.round = 0;
  }

  private begin(key: number, rest: number): void {
    if (this.labels > this.metIn.length) this.grow();
    this.begun = true;
    this.key = key;
    this.rest = rest;
    this.count = 0;
    this.round++;
    this.steps.start(key, rest);
  }
}
