/**
 * The numbers that stand in the engine's columns, by name; held to the protocol by the compiler.
 */
import {
  DOT_MARKS,
  DOT_STATES,
  type DotMarkName,
  type DotStateName,
  NODE_STATES,
  type NodeStateName,
} from "../engine/protocol.ts";

const node = (name: NodeStateName): number => NODE_STATES.indexOf(name);
export const UP = node("up");
export const CRASHED = node("crashed");
export const SILENT = node("silent");
export const REMOVED = node("removed");
export const DRAINING = node("draining");

const dot = (name: DotStateName): number => DOT_STATES.indexOf(name);
export const FETCHING = dot("fetching");
export const QUEUED = dot("queued");
export const RUNNING = dot("running");
export const RETURNING = dot("returning");
export const LOST = dot("lost");

const mark = (name: DotMarkName): number => DOT_MARKS.indexOf(name);
export const PLAIN = mark("plain");
export const HIT = mark("hit");
export const MISS = mark("miss");
export const FAILED = mark("failed");
export const RETRY = mark("retry");
