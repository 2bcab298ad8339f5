/** Lessons 5 to 9: where keys live, and what becomes of them when a machine comes. */
import { calm, type Lesson, touched } from "./lesson.ts";
import hashAndModN from "./lessons/05-hash-and-mod-n.yaml?raw";
import addAServer from "./lessons/06-add-a-server.yaml?raw";
import consistentHashing from "./lessons/07-consistent-hashing.yaml?raw";
import virtualNodes from "./lessons/08-virtual-nodes.yaml?raw";
import maglev from "./lessons/09-maglev.yaml?raw";

export const hashing: readonly Lesson[] = [
  {
    slug: "hash-and-mod-n",
    title: "A hash, modulo n",
    idea: [
      "Each machine has a cache for 900 of 4,000 objects. Take turns, and every cache sees every object: all four fill up with the same 900 favourites, and the rest is fetched again and again.",
      "Now let the object decide. Hash its name to a number, divide by the number of machines, take the remainder: that machine, always. Each cache sees its own quarter and can hold nearly all of it. Four caches have become one that is four times as large.",
    ],
    name: "tour-05-hash-and-mod-n.yaml",
    text: hashAndModN,
    lanes: [
      { label: "round robin", overrides: [] },
      { label: "mod n", overrides: ["pool.strategy=mod-n"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "strategy", node: "pool", strategy: "mod-n" },
      lane: 0,
      button: "Let the object decide in the first lane too",
      does: "Its balancer takes the hash modulo 4 from now on.",
    },
    watch: {
      lane: 0,
      figure: "miss-rate",
      label: "miss rate of the first lane",
      says: "The part of the requests that the cache can't answer: {before} under round robin. Within two minutes of hashing it is down at {after}, where the second lane was all along.",
    },
    question: {
      ask: "Nobody made a cache larger. Where do the hits come from?",
      options: [
        "Hashing is faster than taking turns",
        "Each object is kept once, not four times",
        "The hash finds the favourites",
      ],
      right: 1,
      because:
        "Room for 4 × 900 = 3,600 different objects instead of 900. It takes a while, since every cache has to throw out what is not its own.",
    },
    measures: {
      before: calm(0, "miss-rate", [30, 60], 0.41),
      after: touched(0, "miss-rate", [150, 200], 0.037),
      second: calm(1, "miss-rate", [30, 60], 0.027),
    },
  },
  {
    slug: "add-a-server",
    title: "Add a server (ouch)",
    idea: [
      "The caches work so well that the service grows, and you buy a fifth machine. What could go wrong?",
      "The remainder was by 4. It is by 5 now. Hashes 20 to 23 have the same remainder by both and stay where they are. 24 moves from machine 0 to machine 4, 25 from 1 to 0, and so on up to 39. Then it begins again: of twenty in a row, four stay. The other sixteen arrive at a cache that has never seen them.",
    ],
    name: "tour-06-add-a-server.yaml",
    text: addAServer,
    lanes: [
      { label: "mod n", overrides: [] },
      { label: "round robin", overrides: ["pool.strategy=round-robin"] },
    ],
    speed: 2,
    touch: {
      order: { kind: "add", to: "pool", count: 1 },
      button: "Add a fifth machine",
      does: "It joins the pool with an empty cache.",
    },
    watch: {
      lane: 0,
      figure: "miss-rate",
      label: "miss rate of mod n",
      says: "From {before} to {after} at once. For a few seconds the hash is worth no more than taking turns. Two minutes later it has recovered, at {later}.",
    },
    question: {
      ask: "Four machines become five under mod n. How many objects change their machine?",
      options: ["One in five: what the new machine needs", "One in four", "Four in five"],
      right: 2,
      because:
        "A key stays only if both remainders are the same: 4 of 20. And this was one machine joining in peace. A machine that fails does the same to you, at a worse moment.",
    },
    measures: {
      before: calm(0, "miss-rate", [30, 60], 0.027),
      after: touched(0, "miss-rate", [60, 65], 0.5),
      later: touched(0, "miss-rate", [150, 200], 0.032),
    },
  },
  {
    slug: "consistent-hashing",
    title: "Consistent hashing",
    idea: [
      "Bend the hash values into a ring. Each machine stands at some points of it, each object at one; an object belongs to the next machine clockwise.",
      "A machine that joins takes the stretch before each of its points, and nothing else changes: no other two machines exchange a single object. One that leaves gives its stretches to whoever comes next. With n machines about 1/n of the keys move, and less is impossible: the newcomer has to get its share from somewhere.",
    ],
    name: "tour-07-consistent-hashing.yaml",
    text: consistentHashing,
    lanes: [
      { label: "ring", overrides: [] },
      { label: "mod n", overrides: ["pool.strategy=mod-n"] },
    ],
    speed: 2,
    touch: {
      order: { kind: "add", to: "pool", count: 1 },
      button: "Add a fifth machine",
      does: "It joins both pools with an empty cache.",
    },
    watch: {
      lane: 0,
      figure: "miss-rate",
      label: "miss rate of the ring",
      says: "From {before} to {after}, where mod n goes to {modulo}. Both buy the same machine; one of them hardly notices.",
    },
    question: {
      ask: "The ring misses too, for a while. Which requests are those?",
      options: [
        "Those for objects that now belong to the new, empty machine",
        "Those for objects that were shuffled between the old machines",
        "All kinds: a ring is slower to look things up",
      ],
      right: 0,
      because:
        "About a fifth of the objects move, all of them to machine 5, and each misses once there. The old four keep what they had.",
    },
    measures: {
      before: calm(0, "miss-rate", [30, 60], 0.026),
      after: touched(0, "miss-rate", [60, 65], 0.15),
      modulo: touched(1, "miss-rate", [60, 65], 0.5),
    },
  },
  {
    slug: "virtual-nodes",
    title: "Virtual nodes",
    idea: [
      "Throw five points on a ring at random. The arcs between them are anything but equal: here one machine owns nearly half of the ring, and it is nearly full while the others rest.",
      "The remedy is to throw more often. Give each machine a hundred points, its virtual nodes: it owns a hundred small arcs, and long and short ones even out. What is left of the unevenness shrinks as one over the square root of the points. The price is a longer table to search.",
    ],
    name: "tour-08-virtual-nodes.yaml",
    text: virtualNodes,
    lanes: [
      { label: "1 point", overrides: [] },
      { label: "10 points", overrides: ["pool.strategy={ ring-hash: 10 }"] },
      { label: "100 points", overrides: ["pool.strategy={ ring-hash: 100 }"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "strategy", node: "pool", strategy: "{ ring-hash: 100 }" },
      lane: 0,
      button: "Give the first lane 100 points a machine",
      does: "Its ring is built anew; the users are spread over it again.",
    },
    watch: {
      lane: 0,
      figure: "utilization-max",
      label: "busiest machine of the first lane",
      says: "All five together are busy at {all}. With one point each the busiest is at {before}; with a hundred at {after}.",
    },
    question: {
      ask: "Would ten thousand points a machine be better still?",
      options: [
        "Yes, a hundred times as even",
        "A little: ten times as even as a hundred points, in a table a hundred times as long",
        "No, then the machines collide",
      ],
      right: 1,
      because:
        "The square root of a hundred is ten. From 10 to 100 points the busiest machine goes from {ten} to {hundred}, while {all} would be perfect: there is little left to gain.",
    },
    measures: {
      all: calm(0, "utilization", [0, 60], 0.36),
      before: calm(0, "utilization-max", [0, 60], 0.87),
      after: touched(0, "utilization-max", [80, 180], 0.43),
      ten: calm(1, "utilization-max", [0, 60], 0.49),
      hundred: calm(2, "utilization-max", [0, 60], 0.42),
    },
  },
  {
    slug: "maglev",
    title: "Maglev",
    idea: [
      "A ring stays a little uneven, and a search on it takes time. Google's Maglev wants neither. It makes a table of 65,537 places; the machines take turns in filling it, each by its own list of favourite places, until it is full.",
      "Taking turns makes it even: every machine owns the same number of places, give or take one. A look-up is one step: hash, remainder, read. When a machine comes or goes, most places keep their owner. Not all: a few keys move between machines that stay.",
    ],
    name: "tour-09-maglev.yaml",
    text: maglev,
    lanes: [
      { label: "ring", overrides: [] },
      { label: "Maglev", overrides: ["pool.strategy=maglev"] },
    ],
    speed: 10,
    touch: {
      order: { kind: "rate", region: "*", times: 1.2 },
      button: "Let 20 % more users in",
      does: "The eight machines go from 75 % to 90 %, on average. Give it a minute: queues need time to grow.",
    },
    watch: {
      lane: 0,
      figure: "p99",
      label: "p99 of the ring",
      says: "The ring goes from {before} to {after}: its fullest machine is past its limit. Maglev, with the same machines and users, goes to {even}.",
    },
    question: {
      ask: "When is a ring of 100 points a machine good enough?",
      options: [
        "Never: Maglev is always better",
        "While the fullest machine, an eighth above its share, still has room",
        "Only with machines of different sizes",
      ],
      right: 1,
      because:
        "At 75 % both lanes are much alike: {before} and {calm}. At 90 % an eighth too much is 101 %. Evenness is worth most where room is least.",
    },
    measures: {
      before: calm(0, "p99", [10, 60], 410),
      calm: calm(1, "p99", [10, 60], 340),
      after: touched(0, "p99", [80, 180], 2_300),
      even: touched(1, "p99", [80, 180], 690),
    },
  },
];
