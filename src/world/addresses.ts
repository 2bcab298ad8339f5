/**
 * What a user's packets say they come from: an address of its own, or that of the forward proxy in
 * front of it, which others have too. Proxies are forward ones here, the clients' own (`proxies` of
 * a client region); those in `proxies/` are balancers.
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
  /** Number of its first proxy. */
  readonly first: number;
  readonly addresses: number;
}

/** Addresses by number: each user's own, whether it has one or not, then the proxies'. */
export class Addresses {
  readonly count: number;
  private readonly users: number;
  /** Those with proxies alone, in order. */
  private readonly regions: Region[] = [];

  /**
   * Users are numbered region after region.
   * @param users by region
   * @param proxies by region
   */
  constructor(users: readonly number[], proxies: readonly (ProxiesSpec | undefined)[]) {
    this.users = users.reduce((sum, n) => sum + n, 0);
    let firstUser = 0;
    let first = this.users;
    for (const [i, count] of users.entries()) {
      const spec = proxies[i];
      if (spec !== undefined) {
        const { share, addresses } = spec;
        this.regions.push({ firstUser, proxied: Math.round(share * count), first, addresses });
        first += addresses;
      }
      firstUser += count;
    }
    this.count = first;
  }

  /** The number of the address that the user's packets come from. O(regions with proxies). */
  numberOf(user: number): number {
    for (const { firstUser, proxied, first, addresses } of this.regions) {
      const local = user - firstUser;
      if (local >= 0 && local < proxied) return first + (local % addresses);
    }
    return user;
  }

  /** That address, a signed 32-bit integer. */
  of(user: number): number {
    const number = this.numberOf(user);
    // Whoever has no address of its own has a proxy's.
    return number === user ? (FIRST_ADDRESS + user) | 0 : (FIRST_PROXY + number - this.users) | 0;
  }
}
