import type { MachinesSpec } from "../../src/scenario/scenario.ts";
import { Machine, MachineModel } from "../../src/world/machine.ts";
import { describe, expect, it } from "vitest";
import { Topology, tiersOf } from "../../src/world/topology.ts";
import { balancer, machines, scenario } from "../simulator/scenario-builder.ts";

const tree = scenario({
  roundTripMs: [
    [0, 10, 10],
    [10, 0, 10],
    [10, 10, 0],
  ],
  root: balancer("global", {}, [
    balancer("fra", { place: 1, weight: 3 }, [
      balancer("rack", {}, [machines(1), machines(2, { cores: 4, place: 2 })]),
      machines(1),
    ]),
    balancer("gru", {}, [machines(2)]),
  ]),
});

const plant = () => {
  let made = 0;
  const make = (node: number, group: MachinesSpec): Machine => {
    const setup = { ...group, node };
    return new Machine(made++, new MachineModel(setup), setup, 0);
  };
  return new Topology(tree, make);
};

describe("the topology", () => {
  it("names nodes by their paths, numbers machines through all groups, and puts parents first", () => {
    const { nodes, tiers } = plant();
    expect(
      nodes.map(({ path, tier, machine, weight }) => [path, tier, machine?.index ?? -1, weight]),
    ).toEqual([
      ["global", 0, -1, 1],
      ["global/fra", 1, -1, 3],
      ["global/fra/rack", 2, -1, 1],
      ["global/fra/rack/1", 3, 0, 1],
      ["global/fra/rack/2", 3, 1, 1],
      ["global/fra/rack/3", 3, 2, 1],
      ["global/fra/1", 2, 3, 1],
      ["global/gru", 1, -1, 1],
      ["global/gru/1", 2, 4, 1],
      ["global/gru/2", 2, 5, 1],
    ]);
    expect([tiers, tiersOf(tree.root)]).toEqual([3, 3]);
  });

  it("inherits places from above, and stands at the first where there is none above", () => {
    const topology = plant();
    const places = [
      "global",
      "global/fra/rack",
      "global/fra/rack/1",
      "global/fra/rack/2",
      "global/gru/1",
    ];
    expect(places.map((path) => topology.at(path).place)).toEqual([-1, 1, 1, 2, 0]);
  });

  it("knows what is beneath", () => {
    const topology = plant();
    const pathsOf = (ids: readonly number[]) => ids.map((id) => topology.nodes[id].path);
    expect(pathsOf(topology.machinesBeneath(topology.at("global/fra").id))).toEqual([
      "global/fra/rack/1",
      "global/fra/rack/2",
      "global/fra/rack/3",
      "global/fra/1",
    ]);
    expect(pathsOf(topology.balancersBeneath(topology.at("global/fra").id))).toEqual([
      "global/fra",
      "global/fra/rack",
    ]);
    expect(topology.balancersBeneath(topology.at("global/fra/1").id)).toEqual([]);
  });

  it("takes in machines later, without renumbering", () => {
    const topology = plant();
    const ids = topology.addMachines(topology.at("global/gru"), machines(2, { first: 3 }), 50);
    expect(ids.map((id) => topology.nodes[id])).toMatchObject([
      { path: "global/gru/3", joinedMs: 50, machine: { index: 6 } },
      { path: "global/gru/4", joinedMs: 50, machine: { index: 7 } },
    ]);
    expect(topology.at("global/gru/4").id).toBe(ids[1]);
    expect([topology.has("global/gru/4"), topology.has("global/gru/5")]).toEqual([true, false]);
    expect(() => topology.at("global/gru/5")).toThrow("no node global/gru/5");
  });
});
