/** What each cell of the stage shows, gathered from the engine's columns once a frame. */
import type { NodeColumns, NodeFacts } from "../engine/protocol.ts";
import { UP } from "./codes.ts";
import type { Layout } from "./layout.ts";

/** Part of a new frame in the utilization that is shown. */
const SMOOTH = 0.15;
const known = (value: number): number => (value > 0 ? value : 0);

/** What a cell shows: sums over its machines, or means over those that are up. */
export class CellFigures {
  readonly utilization: Float32Array;
  readonly queued: Float32Array;
  readonly busy: Float32Array;
  readonly cores: Float32Array;
  readonly cacheFill: Float32Array;
  readonly hitRate: Float32Array;
  readonly sessions: Float32Array;
  /** Of all its machines; several states in one cell: up while any is up. */
  readonly state: Uint8Array;
  /** Of its machines, the part that is not up. */
  readonly lost: Float32Array;
  private readonly perMachineCores: Float32Array;

  constructor(
    private readonly layout: Layout,
    nodes: readonly NodeFacts[],
  ) {
    const { cells } = layout;
    this.utilization = new Float32Array(cells);
    this.queued = new Float32Array(cells);
    this.busy = new Float32Array(cells);
    this.cores = new Float32Array(cells);
    this.cacheFill = new Float32Array(cells);
    this.hitRate = new Float32Array(cells);
    this.sessions = new Float32Array(cells);
    this.state = new Uint8Array(cells);
    this.lost = new Float32Array(cells);
    this.perMachineCores = Float32Array.from(nodes, ({ cores }) => cores);
  }

  /** O(machines). */
  fill(frame: NodeColumns): void {
    const { layout, perMachineCores } = this;
    const { starts, members } = layout;
    for (let cell = 0; cell < layout.cells; cell++) {
      let queued = 0;
      let busy = 0;
      let cores = 0;
      let cacheFill = 0;
      let hitRate = 0;
      let sessions = 0;
      let up = 0;
      let state = UP;
      const end = starts[cell + 1];
      for (let i = starts[cell]; i < end; i++) {
        const node = members[i];
        if (frame.state[node] === UP) up++;
        else state = frame.state[node];
        queued += frame.queued[node];
        busy += frame.running[node];
        cores += perMachineCores[node];
        cacheFill += known(frame.cacheFill[node]);
        hitRate += known(frame.hitRate[node]);
        sessions += frame.sessions[node];
      }
      const count = Math.max(1, end - starts[cell]);
      // Cores that are busy at this moment, smoothed: alive at every speed of playing.
      const part = cores > 0 ? busy / cores : 0;
      this.utilization[cell] += (part - this.utilization[cell]) * SMOOTH;
      this.queued[cell] = queued / count;
      this.busy[cell] = busy / count;
      this.cores[cell] = cores / count;
      this.cacheFill[cell] = cacheFill / count;
      this.hitRate[cell] = hitRate / count;
      this.sessions[cell] = sessions;
      this.lost[cell] = 1 - up / count;
      this.state[cell] = up > 0 ? UP : state;
    }
  }
}
