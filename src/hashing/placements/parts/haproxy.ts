/** What HAProxy's two types of hashing have in common. */

/** SRV_UWGHT_MAX. */
export const HAPROXY_WEIGHTS = { program: "HAProxy", most: 256 } as const;

/** The settings of `hash-type TYPE FUNCTION [avalanche]`. */
export const haproxyFields = (avalanche: boolean) =>
  ({
    hash: {
      kind: "choice",
      of: ["sdbm", "djb2", "wt6", "crc32"],
      default: "sdbm",
      doc: "hash function of keys: sdbm, djb2, wt6 or crc32",
    },
    avalanche: {
      kind: "flag",
      default: avalanche,
      doc: avalanche
        ? "whether keys' hashes are mixed once more; HAProxy does unless a function is named"
        : "whether keys' hashes are mixed once more",
    },
  }) as const;
