/**
 * What a user's packets say they come from: an address of its own, or that of the forward proxy in
 * front of it, which others have too.
 */
import type { ProxiesSpec } from "../scenario/scenario.ts";

/** 10.0.0.0, where the users' addresses begin: one after the other. */
const FIRST_ADDRESS = 0x0a000000;
/** 100.64.0.0, the space that carriers share users by (RFC 6598), where the proxies' begin. */
const FIRST_PROXY = 0x64400000;

interface Region {
  readonly firstUser: number;
  /** This many of its users are behind proxies: the first ones. */
  readonly proxied: number;
  readonly firstProxy: number;
  readonly addresses: number;
}

export class Addresses {
  /** Those with proxies alone, in order. */
  private readonly regions: Region[] = [];

  /**
   * Users are numbered region after region.
   * @param users by region
   * @param proxies by region
   */
  constructor(users: readonly number[], proxies: readonly (ProxiesSpec | undefined)[]) {
    let firstUser = 0;
    let firstProxy = FIRST_PROXY;
    for (const [i, count] of users.entries()) {
      const spec = proxies[i];
      if (spec !== undefined) {
        const { share, addresses } = spec;
        this.regions.push({ firstUser, proxied: Math.round(share * count), firstProxy, addresses });
        firstProxy += addresses;
      }
      firstUser += count;
    }
  }

  /** A signed 32-bit integer. O(regions with proxies). */
  of(user: number): number {
    for (const { firstUser, proxied, firstProxy, addresses } of this.regions) {
      const local = user - firstUser;
      if (local >= 0 && local < proxied) return firstProxy + (local % addresses);
    }
    return (FIRST_ADDRESS + user) | 0;
  }
}
