/**
 * How many packets bytes take: full segments and a rest, and one at least, since something is said
 * either way (RFC 9293 §3.7.1). Acknowledgements without bytes are not counted.
 * @param bytes not below 0
 * @param segmentBytes above 0
 */
export const packetsOf = (bytes: number, segmentBytes: number): number =>
  Math.max(1, Math.ceil(bytes / segmentBytes));
