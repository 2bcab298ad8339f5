/**
 * What a scenario has in it, as `registry/entry`: what was tried, for the test that asks whether
 * everything was.
 */
import type { Chosen } from "../../src/definition.ts";
import type { registries } from "../../src/scenario/registries.ts";
import type { BalancerSpec, MachinesSpec, Scenario } from "../../src/scenario/scenario.ts";
import { tiersOf } from "../../src/world/topology.ts";

/** Of events only those that came before the run's end. */
export function occurrencesIn(scenario: Scenario, endMs: number): Set<string> {
  const names = new Set<string>();
  const picked = (from: keyof typeof registries, chosen: Chosen | null): void => {
    if (chosen !== null) names.add(`${from}/${chosen.kind}`);
  };
  const machines = ({ discipline, cache }: MachinesSpec): void => {
    names.add(`discipline/${discipline}`);
    picked("caches", cache);
  };
  const balancer = ({
    strategy,
    persistence,
    slowStart,
    frontDoor,
    targets,
  }: BalancerSpec): void => {
    picked("strategies", strategy);
    picked("persistences", persistence ?? null);
    picked("front-doors", frontDoor ?? null);
    if (slowStart !== undefined) names.add("slow-start");
    for (const target of targets) {
      if (target.kind === "balancer") balancer(target);
      else machines(target);
    }
  };
  balancer(scenario.root);
  names.add(`tiers/${tiersOf(scenario.root)}`);
  for (const { arrivals, bandwidth, proxies, resolvers } of scenario.clients) {
    picked("arrivals", arrivals);
    if (bandwidth !== undefined) names.add("bandwidth");
    if (proxies !== undefined) names.add("proxies");
    if (resolvers !== undefined && resolvers.stretched > 0) names.add("stretched");
  }
  if (scenario.bandwidths !== undefined) names.add("bandwidths");
  for (const { demand, onMiss, size, objects } of scenario.classes) {
    for (const chosen of [demand, onMiss, size]) picked("distributions", chosen);
    if (objects.perUser === null) picked("popularities", objects.popularity);
  }
  for (const event of scenario.events) {
    if (event.atMs >= endMs) continue;
    names.add(`event/${event.kind}`);
    if (event.kind === "strategy") picked("strategies", event.strategy);
    if (event.kind === "add") machines(event.machines);
  }
  return names;
}
