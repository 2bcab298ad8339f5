import { defineFrontDoor } from "./front-door.ts";

/**
 * One address for all targets: the network brings everyone to the nearest that is announced. A
 * target is announced while the root believes it usable; the network follows a change after
 * `converge`, and until then packets go where they went before.
 *
 * Follows RFC 4786 §3 and §4.4 (a route is withdrawn when the service behind it has gone). The time
 * change takes is the network's: three minutes on average between networks in Labovitz et al.,
 * "Delayed Internet Routing Convergence" (SIGCOMM 2000). Ours: the default, and that nearest by
 * round trip stands for nearest by the routing protocol; all clients of a place change at once.
 */
export const anycast = defineFrontDoor({
  name: "anycast",
  summary: "one address for all: the network brings everyone to the nearest target",
  follows: "RFC 4786",
  fields: {
    converge: {
      kind: "duration",
      min: 0,
      default: 5_000,
      doc: "from a change of what is usable until the network follows it",
    },
  },
  primary: "converge",
  rules: ({ converge }) => ({ kind: "anycast", convergeMs: converge }),
});
