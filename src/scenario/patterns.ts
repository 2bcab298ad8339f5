/**
 * The grammar by which events, comparisons, `--set`, `expect` and filters name nodes: names with
 * `/` between them, `*` for any (also inside a name: `rack-*`), `3` and `1..4` for machines, which
 * count from 1. A pattern begins at the root, or at a name that is a balancer's alone; `*` at the
 * beginning stands for every balancer at any depth, and alone for every machine and balancer.
 */
import { orList, quote } from "./problem.ts";
import { didYouMean } from "./suggest.ts";
import type { Parsed } from "./units.ts";

/** A balancer as patterns see it. `T` is what the caller wants to find again. */
export interface PatternNode<T> {
  readonly kind: "balancer";
  readonly name: string;
  readonly path: string;
  readonly source: T;
  readonly targets: readonly (PatternNode<T> | PatternMachines<T>)[];
}
/** Machines of one balancer with these numbers. */
export interface PatternMachines<T> {
  readonly kind: "machines";
  readonly numbers: Iterable<number> & { readonly length: number };
  readonly source: T;
}
export type Match<T> =
  | { readonly kind: "balancer"; readonly path: string; readonly node: PatternNode<T> }
  | {
      readonly kind: "machine";
      readonly path: string;
      readonly number: number;
      readonly group: PatternMachines<T>;
      readonly parent: PatternNode<T>;
    };

type Segment =
  | { readonly kind: "any" }
  | { readonly kind: "name"; readonly name: string; readonly matches: (name: string) => boolean }
  | { readonly kind: "numbers"; readonly from: number; readonly to: number };

const LONGEST = 300;
const MOST_MATCHES = 1_000_000;

function parseSegment(text: string): Segment | null {
  if (text === "*") return { kind: "any" };
  const numbers = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text);
  if (numbers !== null) {
    const from = Number(numbers[1]);
    const to = numbers[2] === undefined ? from : Number(numbers[2]);
    return to < from ? null : { kind: "numbers", from, to };
  }
  if (!/^[\p{L}\p{N}_*-]+$/u.test(text)) return null;
  if (!text.includes("*")) return { kind: "name", name: text, matches: (name) => name === text };
  const parts = text.split("*");
  return { kind: "name", name: text, matches: (name) => matchesParts(name, parts) };
}

/** Glob without a regular expression, whose backtracking a hostile pattern could exploit. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const last = parts[parts.length - 1];
  if (!name.startsWith(parts[0]) || !name.endsWith(last)) return false;
  let from = parts[0].length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from + last.length <= name.length;
}

/** All nodes that the pattern names below `root`, in the tree's order, or why it names none. */
export function matchPattern<T>(text: string, root: PatternNode<T>): Parsed<readonly Match<T>[]> {
  const would = `write for example ${exampleOf(root)}`;
  if (text.length > LONGEST) return { ok: false, what: "the pattern is too long", would };
  const segments: Segment[] = [];
  for (const part of text.split("/")) {
    const segment = parseSegment(part);
    if (segment === null) {
      return { ok: false, what: `${quote(text)} is not a pattern of nodes`, would };
    }
    segments.push(segment);
  }
  const starts = beginnings(text, segments, root);
  if (!starts.ok) return starts;
  let found = starts.value;
  for (const [depth, segment] of segments.slice(1).entries()) {
    const next: Match<T>[] = [];
    for (const match of found) if (match.kind === "balancer") descend(match.node, segment, next);
    if (next.length === 0) return nothing(text, found, text.split("/")[depth + 1], segment);
    if (next.length > MOST_MATCHES) {
      return { ok: false, what: `${quote(text)} matches more than ${MOST_MATCHES} nodes`, would };
    }
    found = next;
  }
  return { ok: true, value: found };
}

function exampleOf<T>(root: PatternNode<T>): string {
  const inner = root.targets.find((target) => target.kind === "balancer");
  return inner === undefined ? `${root.name}/1` : `${inner.name} or ${root.name}/${inner.name}`;
}

function asMatch<T>(node: PatternNode<T>): Match<T> {
  return { kind: "balancer", path: node.path, node };
}

/** What the first segment stands for. */
function beginnings<T>(
  text: string,
  segments: readonly Segment[],
  root: PatternNode<T>,
): Parsed<readonly Match<T>[]> {
  const first = segments[0];
  const balancers = allBalancers(root);
  if (first.kind === "numbers") {
    const what = `${quote(text)} names a machine without its balancer`;
    return { ok: false, what, would: `write ${root.name}/${text}` };
  }
  if (first.kind === "any") {
    if (segments.length > 1) return { ok: true, value: balancers.map(asMatch) };
    const all: Match<T>[] = [asMatch(root)];
    for (const node of balancers) descend(node, first, all);
    return { ok: true, value: all };
  }
  const named = balancers.filter((node) => first.matches(node.name));
  if (named.length === 0) {
    const known = [...new Set(balancers.map((node) => node.name))];
    const what = `${quote(text)} matches nothing`;
    return { ok: false, what, would: didYouMean(first.name, known) };
  }
  const exact = named.filter((node) => node === root);
  if (exact.length > 0 && !first.name.includes("*")) return { ok: true, value: [asMatch(root)] };
  if (named.length > 1 && !first.name.includes("*")) {
    const paths = named.slice(0, 3).map((node) => node.path);
    const what = `${named.length} balancers are called ${quote(first.name)}`;
    return { ok: false, what, would: `write ${orList([...paths, `*/${first.name}`])}` };
  }
  return { ok: true, value: named.map(asMatch) };
}

/** Root first, then depth first in the tree's order. */
export function allBalancers<T>(root: PatternNode<T>): PatternNode<T>[] {
  const all: PatternNode<T>[] = [root];
  for (const target of root.targets) {
    if (target.kind === "balancer") for (const node of allBalancers(target)) all.push(node);
  }
  return all;
}

function descend<T>(parent: PatternNode<T>, segment: Segment, into: Match<T>[]): void {
  for (const target of parent.targets) {
    if (target.kind === "balancer") {
      const fits =
        segment.kind === "any" || (segment.kind === "name" && segment.matches(target.name));
      if (fits) into.push(asMatch(target));
    } else if (segment.kind !== "name") {
      for (const number of target.numbers) {
        if (segment.kind === "numbers" && (number < segment.from || number > segment.to)) continue;
        const path = `${parent.path}/${number}`;
        into.push({ kind: "machine", path, number, group: target, parent });
      }
    }
  }
}

function nothing<T>(
  text: string,
  reached: readonly Match<T>[],
  part: string,
  segment: Segment,
): Parsed<never> {
  const what = `${quote(text)} matches nothing`;
  const parents = reached.flatMap((match) => (match.kind === "balancer" ? [match.node] : []));
  if (parents.length === 0) return { ok: false, what, would: "nothing stands below a machine" };
  const [parent] = parents;
  const names = parents.flatMap((node) =>
    node.targets.flatMap((target) => (target.kind === "balancer" ? [target.name] : [])),
  );
  const numbers = machineNumbers(parent);
  if (numbers === "") return { ok: false, what, would: didYouMean(part, [...new Set(names)]) };
  if (segment.kind === "numbers" || names.length === 0) {
    return { ok: false, what, would: `${parent.path} has the machines ${numbers}` };
  }
  return { ok: false, what, would: didYouMean(part, [...new Set(names)]) };
}

/** `1..16`, `1..4, 7`: the numbers of a balancer's machines; empty where it has none. */
function machineNumbers<T>(node: PatternNode<T>): string {
  const runs: [number, number][] = [];
  for (const target of node.targets) {
    if (target.kind !== "machines") continue;
    for (const number of target.numbers) {
      const last = runs[runs.length - 1];
      if (last !== undefined && last[1] === number - 1) last[1] = number;
      else runs.push([number, number]);
    }
  }
  const texts = runs.slice(0, 5).map(([from, to]) => (from === to ? `${from}` : `${from}..${to}`));
  return texts.join(", ") + (runs.length > 5 ? " …" : "");
}

/** `from` … `from + length − 1` without a list of them. */
export function numberRange(
  from: number,
  length: number,
): Iterable<number> & { readonly length: number } {
  return {
    length,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield from + i;
    },
  };
}

/**
 * A setting's path apart at its dots: `fra/1..4.cores` is `fra/1..4` and `cores`. Two dots belong
 * to a range of numbers.
 */
export function splitSettingPath(text: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== ".") part += text[i];
    else if (text[i + 1] === ".") {
      part += "..";
      i++;
    } else {
      parts.push(part);
      part = "";
    }
  }
  parts.push(part);
  return parts;
}

/**
 * What is wrong with a name of the user's own, or null. Names stand in patterns, so its signs are
 * refused.
 */
export function nameProblem(name: string, noun: string): { what: string; would: string } | null {
  if (name === "") return { what: `${noun} has an empty name`, would: "write a name" };
  const sign = /[/.*:,\s]/u.exec(name)?.[0];
  const shown = quote(name);
  const proposed = name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "");
  const usable = /^\p{L}/u.test(proposed) ? proposed : `n-${proposed}`.replace(/-$/, "");
  if (sign !== undefined) {
    const called = /\s/u.test(sign) ? "a space" : `a ${sign}`;
    return { what: `the name ${shown} has ${called} in it`, would: `write ${usable}` };
  }
  if (!/^\p{L}[\p{L}\p{N}_-]*$/u.test(name)) {
    const what = `the name ${shown} is not of letters, digits, - and _ after a letter`;
    return { what, would: `write ${usable}` };
  }
  if (name.length > 60) return { what: `the name ${shown} is too long`, would: "60 letters do" };
  return null;
}
