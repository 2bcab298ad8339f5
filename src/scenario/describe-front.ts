/** What stands between clients and the first balancer, in sentences. */
import { countsBytes, hasBandwidths } from "../world/bandwidths.ts";
import type { BalancerSpec, ClientRegion, RequestClass, Scenario } from "./scenario.ts";
import { formatDuration } from "./units.ts";
import { countOf, formatChosen, formatNumber, formatQuantity, formatShare } from "./words.ts";

/** Of a client region: its link, proxies and resolvers, where there are any. */
export function describeLink({ bandwidth, proxies, resolvers }: ClientRegion): string {
  const parts: string[] = [];
  if (bandwidth !== undefined) {
    parts.push(`each on a link of ${formatQuantity(bandwidth, "bandwidth")}`);
  }
  if (proxies !== undefined) {
    const { share, addresses } = proxies;
    const those = countOf(addresses, "address", "addresses");
    parts.push(`${formatShare(share)} of them behind forward proxies with ${those}`);
  }
  if (resolvers !== undefined) {
    const { usersEach, lookupMs, stretched, by } = resolvers;
    const long =
      stretched === 0
        ? ""
        : `, and those of ${formatShare(stretched)} keep answers ${formatNumber(by)} times as long as they may`;
    parts.push(
      `${countOf(usersEach, "user")} a resolver, which takes ${formatDuration(lookupMs)} to learn ` +
        `what it does not know${long}`,
    );
  }
  return parts.map((part) => `; ${part}`).join("");
}

/** Of a root: how its targets are found. Nothing where clients have a list of them. */
export function describeFrontDoor({ frontDoor }: BalancerSpec): string[] {
  if (frontDoor === undefined) return [];
  const how = formatChosen(frontDoor, "front-doors", "number");
  return frontDoor.kind === "names"
    ? [`clients find its targets by ${how}: an answer is one target, whatever becomes of that`]
    : [`clients are brought to its targets by ${how}, each place to the nearest that is usable`];
}

/** Of a class: bytes on the way. */
export function describeSizes(one: RequestClass, scenario: Scenario): string[] {
  const { requestSize, responseSize, size } = one;
  const matters = hasBandwidths(scenario);
  const works = !matters && countsBytes(scenario);
  const written = requestSize !== undefined || responseSize !== undefined;
  if (!matters && !written) return [];
  const said = (chosen: NonNullable<typeof requestSize>): string =>
    formatChosen(chosen, "distributions", "size");
  const answer =
    responseSize !== undefined
      ? `an answer ${said(responseSize)}`
      : size !== null
        ? "an answer has its object's size"
        : "an answer has the bytes of the trace, if there is one";
  const request = requestSize === undefined ? "" : `a request has ${said(requestSize)}, `;
  const end = matters
    ? "they take their time on links with a bandwidth, where transfers do not slow each other down"
    : works
      ? "no link has a bandwidth, so they cost balancers core time alone"
      : "no link has a bandwidth, so they take no time";
  return [`${request}${answer}; ${end}`];
}

/** Links between places. */
export function describeBandwidths({ bandwidths, places }: Scenario): string[] {
  if (bandwidths === undefined) return [];
  const links = bandwidths.flatMap((row, from) =>
    row.flatMap((bandwidth, to) => {
      const twin = bandwidths[to][from];
      if (bandwidth === null || (twin === bandwidth && to < from)) return [];
      const way = twin === bandwidth ? "–" : "→";
      const each = formatQuantity(bandwidth, "bandwidth");
      return [`${places[from].name} ${way} ${places[to].name} ${each}`];
    }),
  );
  return [`Bandwidth of each transfer: ${links.join(", ")}.`];
}
