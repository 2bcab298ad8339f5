import type { Scenario } from "../scenario/scenario.ts";

/** Whether bytes take any time. */
export const hasBandwidths = ({ bandwidths, clients }: Scenario): boolean =>
  bandwidths !== undefined || clients.some(({ bandwidth }) => bandwidth !== undefined);
