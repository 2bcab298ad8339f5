/** What makes it worth knowing how many bytes a request and its answer have. */
import type { BalancerSpec, Scenario } from "../scenario/scenario.ts";

/** Whether bytes take time on some link. */
export const hasBandwidths = ({ bandwidths, clients }: Scenario): boolean =>
  bandwidths !== undefined || clients.some(({ bandwidth }) => bandwidth !== undefined);

/** Whether they take time on a link, or a balancer's core time, or are told as packets. */
export const countsBytes = (scenario: Scenario): boolean =>
  hasBandwidths(scenario) || worksByBytes(scenario.root);

const worksByBytes = ({ work, layer4, targets }: BalancerSpec): boolean =>
  (work !== undefined && work.perKbMs > 0) ||
  layer4?.forwarding !== undefined ||
  targets.some((target) => target.kind === "balancer" && worksByBytes(target));
