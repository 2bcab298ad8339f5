/** What the statistics need to know of a scenario. */
import { offeredLoads } from "../scenario/offered-load.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { NodeRecord } from "../statistics/run-record.ts";
import type { Overload, SummarySettings } from "../statistics/run-summary.ts";

/** `nodes`: of the run's record, for the ids of preferred targets. */
export function settingsOf(scenario: Scenario, nodes: readonly NodeRecord[]): SummarySettings {
  const { name, question, expectation, windowMs, warmupMs, starvation } = scenario;
  const preferred = preferredTargets(scenario, nodes);
  // A rate or a demand that only a file knows gives no figure, and so no remark; nor does
  // what a cache of responses may take off.
  const overloaded = offeredLoads(scenario).flatMap(({ path, load, isBound, own }): Overload[] => [
    ...(load >= 1 && isBound !== true ? [{ path, load }] : []),
    ...(own !== undefined && own.load >= 1 && !own.isBound
      ? [{ path, load: own.load, own: true as const }]
      : []),
  ]);
  return { name, question, expectation, windowMs, warmupMs, starvation, preferred, overloaded };
}

/**
 * By region: node id of the root's target with the least round trip, the first of equals; −1 where
 * that is no balancer with a place (the offered load on one of many single machines says nothing).
 */
function preferredTargets(scenario: Scenario, nodes: readonly NodeRecord[]): number[] {
  return scenario.clients.map((region) => {
    let nearest = Infinity;
    let path: string | null = null;
    for (const target of scenario.root.targets) {
      if (target.place === null) continue;
      const roundTripMs = scenario.roundTripMs[region.place][target.place];
      if (roundTripMs >= nearest) continue;
      nearest = roundTripMs;
      path = target.kind === "balancer" ? target.path : null;
    }
    return path === null ? -1 : (nodes.find((node) => node.path === path)?.id ?? -1);
  });
}
