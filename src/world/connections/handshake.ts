/**
 * What opening a connection costs in round trips, before its first request sets out:
 *
 * | handshake    | round trips | source                                                   |
 * | ------------ | ----------- | -------------------------------------------------------- |
 * | TCP          | 1           | RFC 9293 §3.5: data follows the third segment            |
 * | TLS 1.2 full | 2           | RFC 5246 §7.3, figure 1                                  |
 * | … resumed    | 1           | RFC 5246 §7.3, figure 2                                  |
 * | TLS 1.3 full | 1           | RFC 8446 §2, figure 1                                    |
 * | … resumed    | 1           | RFC 8446 §2.2, figure 3                                  |
 * | … early data | 0           | RFC 8446 §2.3, figure 4: the request goes with the hello |
 *
 * TCP Fast Open and QUIC are not modelled.
 */
import type { TlsVersion } from "../../scenario/scenario.ts";

/** The TLS handshake of a connection. */
export const enum Handshake {
  None,
  Full,
  Resumed,
  /** Resumed with early data. */
  Early,
}

/** What a handshake asks of the cores where it ends, ms; null: nothing. */
export interface HandshakeDemand {
  readonly handshakeMs?: number | null;
  readonly resumedMs?: number | null;
}

/** Core time of one handshake, ms. */
export function handshakeDemandMs(done: Handshake, demand: HandshakeDemand): number {
  if (done === Handshake.None) return 0;
  return (done === Handshake.Full ? demand.handshakeMs : demand.resumedMs) ?? 0;
}

export const TCP_ROUND_TRIPS = 1;

/** Round trips of TCP and TLS together. O(1). */
export function roundTripsOf(tls: TlsVersion, handshake: Handshake): number {
  if (tls === "none" || handshake === Handshake.None) return TCP_ROUND_TRIPS;
  if (handshake === Handshake.Early) return TCP_ROUND_TRIPS;
  return TCP_ROUND_TRIPS + (tls === "1.2" && handshake === Handshake.Full ? 2 : 1);
}
