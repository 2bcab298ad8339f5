/** Lessons 10 to 12: what is decided once, what is decided far away, and the tree of it all. */
import { calm, type Lesson, touched } from "./lesson.ts";
import layers from "./lessons/10-layers-4-and-7.yaml?raw";
import dark from "./lessons/11-a-datacenter-goes-dark.yaml?raw";
import hierarchy from "./lessons/12-the-hierarchy.yaml?raw";

export const fleets: readonly Lesson[] = [
  {
    slug: "layers-4-and-7",
    title: "Layers 4 and 7",
    idea: [
      "A balancer of layer 4 sees connections. It picks a machine when one is opened, and all that comes through it goes there. A balancer of layer 7 sees requests and picks a machine for each.",
      "Deciding once is cheap and keeps users where their things are. But it is a decision about the future: whoever came yesterday was placed by what was true yesterday. Here every user has one connection and keeps it open.",
    ],
    name: "tour-10-layers-4-and-7.yaml",
    text: layers,
    lanes: [
      { label: "layer 4", overrides: [] },
      { label: "layer 7", overrides: ["pool.layer=7"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "add", to: "pool", count: 2 },
      button: "Add two machines",
      does: "Three machines at 92 % become five. There is room now.",
    },
    watch: {
      lane: 1,
      figure: "p99",
      label: "p99 of layer 7",
      says: "It falls from {before} to {after} at once. Under layer 4 it stays at {stuck}, room or no room.",
    },
    question: {
      ask: "Two new machines stand in the first lane. Who uses them?",
      options: [
        "Nobody: all 200 connections are open already",
        "Half of the users, after a while",
        "The slowest requests",
      ],
      right: 0,
      because:
        "Its busiest machine stays at {full} with two idle ones beside it. New connections would go there. People who run such balancers wait for them, or close old ones on purpose.",
    },
    measures: {
      before: calm(1, "p99", [10, 60], 360),
      after: touched(1, "p99", [70, 180], 120),
      stuck: touched(0, "p99", [60, 130], 790),
      full: touched(0, "utilization-max", [70, 180], 0.98),
    },
  },
  {
    slug: "a-datacenter-goes-dark",
    title: "A datacenter goes dark",
    idea: [
      "Three datacenters; users are sent to the nearest. Frankfurt loses its power. Nothing answers there, and silence tells nothing: for some seconds requests go on into the dark, until three probes in a row have failed.",
      "Then the users need a new home. The nearest is London, 13 ms away and far too small. A balancer that knows distances alone drowns it, and London's own users with it. One that knows how much London can take fills it and sends the rest to Washington: 91 ms, but an answer.",
    ],
    name: "tour-11-a-datacenter-goes-dark.yaml",
    text: dark,
    lanes: [
      { label: "nearest", overrides: [] },
      { label: "nearest with room", overrides: ["global.strategy={ waterfall: 0.75 }"] },
    ],
    speed: 2,
    touch: {
      order: { kind: "fail", node: "fra", manner: "silence" },
      button: "Cut Frankfurt's power",
      does: "The datacenter is silent from now on, with all that runs in it.",
    },
    watch: {
      lane: 0,
      figure: "availability",
      label: "answered requests, nearest",
      says: "In the first seconds both lanes answer only {unnoticed}. Then the second answers {room} again; the first stays at {after}, for as long as Frankfurt is dark.",
    },
    question: {
      ask: "After ten seconds everybody knows that Frankfurt is dark. Why does the first lane go on failing?",
      options: [
        "Its probes are too slow",
        "London gets more than it can serve, and Washington stands half empty",
        "Requests still go to Frankfurt",
      ],
      right: 1,
      because:
        "London can serve 100 a second and gets 130. All machines that are left are busy at {idle} in the first lane: there was room, just not in London.",
    },
    measures: {
      unnoticed: touched(0, "availability", [60, 65], 0.6),
      both: touched(1, "availability", [60, 65], 0.61),
      after: touched(0, "availability", [75, 200], 0.78),
      room: touched(1, "availability", [70, 200], 1),
      idle: touched(0, "utilization", [75, 200], 0.64),
    },
  },
  {
    slug: "the-hierarchy",
    title: "The hierarchy",
    idea: [
      "Nobody can know everything. So decisions are stacked: the top picks a datacenter and knows distances; the datacenter picks a rack; the rack picks a machine and counts its requests. One pick a tier, each by whoever knows best.",
      "It is also how trouble is kept small. What a tier can mend, the tier above need not hear of. Here a whole rack dies, half of Frankfurt. The question is how far up that is felt.",
    ],
    name: "tour-12-the-hierarchy.yaml",
    text: hierarchy,
    lanes: [
      { label: "top: nearest", overrides: [] },
      { label: "top: round robin", overrides: ["global.strategy=round-robin"] },
    ],
    speed: 2,
    touch: {
      order: { kind: "fail", node: "fra/rack-1", manner: "crash" },
      button: "Let a rack in Frankfurt die",
      does: "Three of Frankfurt's six machines are gone at once.",
    },
    watch: {
      lane: 0,
      figure: "p50",
      label: "p50 with nearest at the top",
      says: "Once the dead rack is noticed, the middle request takes {after} instead of {before}: the other rack works harder. Sending every second request across the ocean costs {ocean}, rack or no rack.",
    },
    question: {
      ask: "How many requests cross the ocean because of the dead rack, with nearest at the top?",
      options: ["Half of Europe's", "None", "Those that the other rack has no room for"],
      right: 1,
      because:
        "Frankfurt is up, so the top goes on picking it; Frankfurt's balancer picks the other rack. That is right while the rack has room, and it has: its machines are busy at {busy}. Had it none, the top would have to know. You have seen in the last lesson what happens then.",
    },
    measures: {
      before: calm(0, "p50", [0, 60], 15),
      after: touched(0, "p50", [80, 180], 23),
      ocean: calm(1, "p50", [0, 60], 91),
      busy: touched(0, "utilization-max", [80, 180], 0.82),
      crossing: touched(0, "spillover", [60, 180], 0),
    },
  },
];
