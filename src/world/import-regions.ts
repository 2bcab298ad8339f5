/**
 * Which region a client address belongs to, by rules as people write them:
 * `europe=83.0.0.0/8,2a00::/12` (blocks of addresses) or `asia=hash:30%` (that share of the
 * addresses, by their hash).
 */
import { hashText } from "../hashing/text.ts";
import { mix32 } from "../hashing/mix32.ts";

interface Block {
  /** Four 32-bit words; an IPv4 address is the last word of ::ffff:0:0/96. */
  readonly words: Int32Array;
  readonly bits: number;
}

export interface RegionRule {
  readonly name: string;
  /** Empty for a rule by hash. */
  readonly blocks: readonly Block[];
  /** 0..1; 0 for a rule by blocks. */
  readonly share: number;
}

/** The one region of a log without rules. */
export const ALL_CLIENTS = "all";
/** Those whom no rule takes. */
export const OTHER_CLIENTS = "other";

/** A rule, or in words what is wrong with it and what would be right. */
export function parseRegionRule(text: string): RegionRule | string {
  const [, name = "", rest = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (!/^[\p{L}\p{N}_-]+$/u.test(name)) {
    return `"${text}" names no region, write name=83.0.0.0/8 or name=hash:30%`;
  }
  const hash = /^hash:(\d+(?:\.\d+)?)%$/.exec(rest);
  if (hash !== null) {
    const share = Number(hash[1]) / 100;
    if (share <= 0 || share > 1) return `"${rest}" is no share, write more than 0% and up to 100%`;
    return { name, blocks: [], share };
  }
  const blocks: Block[] = [];
  for (const part of rest.split(",")) {
    const block = parseBlock(part.trim());
    if (block === null) {
      return `"${part.trim()}" is no block of addresses, write 83.0.0.0/8, 2a00::/12 or hash:30%`;
    }
    blocks.push(block);
  }
  return { name, blocks, share: 0 };
}

/** Finds the region of an address; O(blocks). */
export class RegionRules {
  /** In order of the rules; then, where somebody may be left over, those. */
  readonly names: readonly string[];
  private readonly rules: readonly RegionRule[];

  /** Asserts nothing: see `problemWith`. */
  constructor(rules: readonly RegionRule[]) {
    this.rules = rules;
    const rest = rules.length === 0 ? ALL_CLIENTS : OTHER_CLIENTS;
    this.names = [...new Set([...rules.map(({ name }) => name), rest])];
  }

  /** What is wrong between the rules; null: nothing. */
  static problemWith(rules: readonly RegionRule[]): string | null {
    // Shares are read from per cents: a sum of 100 % may miss 1 by some roundings.
    const sum = rules.reduce((total, { share }) => total + share, 0);
    if (sum <= 1 + 1e-9) return null;
    return `the shares by hash add up to ${Math.round(sum * 1000) / 10}%, write at most 100%`;
  }

  /**
   * Index in `names`. Blocks go first, in order of the rules; an address in none of them is drawn
   * by its hash among the shares, equal for equal addresses in every log.
   */
  regionOf(address: string): number {
    const words = parseAddress(address);
    if (words !== null) {
      for (const { name, blocks } of this.rules) {
        if (blocks.some((block) => contains(block, words))) return this.names.indexOf(name);
      }
    }
    let left = (mix32(hashText(address)) >>> 0) / 2 ** 32;
    for (const { name, share } of this.rules) {
      if (left < share) return this.names.indexOf(name);
      left -= share;
    }
    return this.names.length - 1;
  }
}

function contains({ words, bits }: Block, address: Int32Array): boolean {
  for (let word = 0; word < 4; word++) {
    const left = bits - 32 * word;
    if (left <= 0) return true;
    const differ = words[word] ^ address[word];
    if (left < 32 ? differ >>> (32 - left) !== 0 : differ !== 0) return false;
  }
  return true;
}

/** `83.0.0.0/8`, `2a00::/12`, or one address. */
function parseBlock(text: string): Block | null {
  const [address, prefix, ...more] = text.split("/");
  const words = parseAddress(address);
  if (words === null || more.length > 0) return null;
  const most = address.includes(":") ? 128 : 32;
  if (prefix === undefined) return { words, bits: 128 };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > most) return null;
  return { words, bits: 128 - most + Number(prefix) };
}

/** An IPv4 or IPv6 address as four words; null for anything else (a host name, say). */
export function parseAddress(text: string): Int32Array | null {
  if (!text.includes(":")) {
    const word = parseDotted(text);
    return word === null ? null : Int32Array.of(0, 0, 0xffff, word);
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0]);
  const tail = halves.length === 2 ? parseGroups(halves[1]) : [];
  if (head === null || tail === null) return null;
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return null;
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  return Int32Array.from({ length: 4 }, (_, i) => (groups[2 * i] << 16) | groups[2 * i + 1]);
}

/** 16-bit groups between colons; the last may be a dotted IPv4 address. */
function parseGroups(text: string): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const dotted = i === parts.length - 1 ? parseDotted(part) : null;
    if (dotted !== null) groups.push(dotted >>> 16, dotted & 0xffff);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function parseDotted(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let word = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    word = (word << 8) | Number(part);
  }
  return word;
}
