/** nginx's `hash … consistent`: the ring of ketama, of CRC-32. */
import { NONE } from "../../units.ts";
import { CRC32_START, crc32After, crc32Through } from "../functions/crc32.ts";
import type { Members, PlacementTraits, ReadonlyNumbers } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import type { MemberGroup } from "../placement-definition.ts";
import { TextBytes } from "../text.ts";
import { notWhole } from "./parts/whole-weights.ts";
import { MOST_POINTS, Ring } from "./ring.ts";
import type { Places } from "./ring.ts";

const POINTS = 160;
const COLON = ":".charCodeAt(0);
const UNIX = "unix:";

const text = new TextBytes();

/**
 * The checksum's state after host, zero byte and port of a server's text as it stands in the
 * configuration: `10.0.0.1:8080`, `[::1]:80`, `name` (no port), `unix:/path` (no port either).
 */
function serverState(server: string): number {
  text.set(server);
  const { bytes, length } = text;
  const isUnix = server.slice(0, UNIX.length).toLowerCase() === UNIX;
  let colon = length;
  if (!isUnix) {
    // The digits behind the last colon; nothing else may stand there.
    let at = length - 1;
    while (at >= 0 && bytes[at] >= 0x30 && bytes[at] <= 0x39) at--;
    if (at >= 0 && bytes[at] === COLON) colon = at;
  }
  const from = isUnix ? UNIX.length : 0;
  const host = crc32Through(CRC32_START, bytes, { from, to: colon });
  return crc32Through(crc32After(host, 0), bytes, { from: colon + 1, to: length });
}

/**
 * Each server stands at 160 points for each unit of its weight; a key belongs to the first point at
 * or after its CRC-32. A point is the CRC-32 of host, zero byte, port and the four bytes of the
 * server's point before (0 before the first), lowest byte first.
 *
 * Follows nginx 1.22.1, src/http/modules/ngx_http_upstream_hash_module.c (unchanged in this up to
 * 1.31.5). Of servers' points at one place nginx keeps one; which one is left to qsort: with
 * glibc's, that of the server that stands first in the list. Lookup O(1) expected; a change sorts
 * the new points alone and merges them; 12 to 16 bytes a point, as the ring.
 */
export class Ketama extends Ring {
  override readonly traits: PlacementTraits = {
    weighted: true,
    drops: "any",
    // But for points at one place, one pair of 2^32, the order of the list does not matter.
    orderless: false,
    incremental: true,
    reads: "hash",
  };

  constructor() {
    super(POINTS);
  }

  /**
   * nginx goes on along the ring when a server does not answer, and so to other servers' points;
   * after 20 points it gives up and takes the next of weighted round robin, which this does not. Of
   * points at one place only the first is there.
   */
  override next(): number {
    const { owners, positions } = this;
    let point = this.nextPoint();
    while (point > 0 && positions[point] === positions[point - 1]) point = this.nextPoint();
    return point === NONE ? NONE : owners[point];
  }

  protected override ranks(members: Members): ReadonlyNumbers {
    return members.ordinal;
  }

  protected override place(members: Members, label: number, { count, positions }: Places): void {
    const server = serverState(members.path(label));
    let before = 0;
    for (let i = 0; i < count; i++) {
      let state = server;
      for (let bits = 0; bits < 32; bits += 8) state = crc32After(state, (before >>> bits) & 255);
      before = state ^ CRC32_START;
      positions[i] = before;
    }
  }
}

function tooMany(members: readonly MemberGroup[]): string | null {
  let weights = 0;
  for (const { count, weight } of members) weights += count * weight;
  const most = Math.floor(MOST_POINTS / POINTS);
  if (weights <= most) return null;
  return `160 points for each unit of weight: the weights' sum may be ${most}, not ${weights}`;
}

/**
 * nginx's `hash … consistent`, key for key: a ring of 160 points for each unit of weight, of the
 * CRC-32 of the server's text.
 *
 * Follows nginx 1.22.1, ngx_http_upstream_hash_module; the text of a server is its node's name. A
 * target believed down is off the ring here. In nginx its points stay and are walked over, which
 * comes to the same owner, but where 20 points in a row are of servers that are down (then nginx
 * takes round robin) and where a point of a server that is down hides another's at the same place.
 * nginx does not hash an empty key, nor with one server. Cost: O(1) expected a pick; a change sorts
 * the new points alone and merges them (nginx builds its ring anew with the configuration).
 */
export const ketama = definePlacement({
  name: "ketama",
  summary: "nginx's `hash … consistent`: a ring of 160 points for each unit of weight",
  follows: "nginx 1.22.1, ngx_http_upstream_hash_module.c",
  config: { nginx: "hash $key consistent;" },
  fields: {},
  cost: { lookup: "O(1) expected", change: "O(points)", memory: "12 to 16 bytes a point" },
  keyHash: () => "crc32",
  check: (_settings, members = []) =>
    notWhole(members, { program: "nginx", most: Infinity }) ?? tooMany(members),
  create: () => new Ketama(),
});
