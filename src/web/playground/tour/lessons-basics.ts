/** Lessons 1 to 4: queues, turns, counting, and two choices. */
import { calm, type Lesson, touched } from "./lesson.ts";
import oneServer from "./lessons/01-one-server.yaml?raw";
import unequalMachines from "./lessons/02-unequal-machines.yaml?raw";
import leastConnections from "./lessons/03-least-connections.yaml?raw";
import twoChoices from "./lessons/04-two-choices.yaml?raw";

export const basics: readonly Lesson[] = [
  {
    slug: "one-server",
    title: "One server is not enough",
    idea: [
      "A server that does 100 requests a second can take 60 of them without trouble. They come by chance, so now and then some wait; that is all.",
      "At 108 a second it can't win. Eight more arrive each second than leave, for as long as it lasts. The queue has no end, and neither has the wait: it isn't a slow server any more but a queue with a server somewhere far ahead.",
      "Two servers share the same users. That needs somebody who decides: a balancer.",
    ],
    name: "tour-01-one-server.yaml",
    text: oneServer,
    lanes: [
      { label: "one server", overrides: [] },
      { label: "two servers", overrides: ["pool.targets=[{ machines: 2 }]"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "rate", region: "*", times: 1.8 },
      button: "Let 80 % more users in",
      does: "60 requests a second become 108, in both lanes.",
    },
    watch: {
      lane: 0,
      figure: "p99",
      label: "p99 of one server",
      says: "One request in a hundred is slower than p99. Within a minute it climbs from {before} to {after}, and goes on climbing. Two servers stay at {two}.",
    },
    question: {
      ask: "The users stay at 108 a second for an hour. What will the wait at one server be?",
      options: [
        "80 % longer than before",
        "It grows for the whole hour",
        "It settles at some longer wait",
      ],
      right: 1,
      because:
        "Below its limit a server settles; above it nothing settles. After one minute p99 is {after}, after two it is {later}.",
    },
    measures: {
      before: calm(0, "p99", [10, 60], 100),
      after: touched(0, "p99", [110, 120], 4_300),
      later: touched(0, "p99", [170, 180], 10_000),
      two: touched(1, "p99", [70, 180], 76),
    },
  },
  {
    slug: "round-robin",
    title: "Round robin and unequal machines",
    idea: [
      "Round robin is the oldest rule: each machine in turn. It needs no knowledge and it is perfectly even.",
      "Even is right only where machines are equal. Here two are twice as fast as the other two. Everybody gets a quarter; the slow ones are busy at 80 % while the fast ones look around for work.",
      "Weights mend it. A fast machine counts double and gets double: weighted round robin.",
    ],
    name: "tour-02-unequal-machines.yaml",
    text: unequalMachines,
    lanes: [
      { label: "round robin", overrides: [] },
      { label: "by weight", overrides: ["pool.strategy=weighted-round-robin"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "rate", region: "*", times: 1.5 },
      button: "Let 50 % more users in",
      does: "160 requests a second become 240. All four machines together can do 300.",
    },
    watch: {
      lane: 0,
      figure: "p99",
      label: "p99 of round robin",
      says: "It climbs from {before} to {after} in one minute and goes on. By weight it is {weighted}.",
    },
    question: {
      ask: "The four machines can do 300 a second and get 240. Why does round robin fail?",
      options: [
        "The slow machines get 60 a second each and can do 50",
        "Taking turns costs too much time",
        "All four machines are full",
      ],
      right: 0,
      because:
        "A pool is full when its fullest machine is. Under round robin all machines together are busy at {busy}, and two of them at 100 %.",
    },
    measures: {
      before: calm(0, "p99", [0, 60], 210),
      after: touched(0, "p99", [110, 120], 10_000),
      weighted: touched(1, "p99", [70, 180], 210),
      busy: touched(0, "utilization", [70, 180], 0.8),
    },
  },
  {
    slug: "least-connections",
    title: "Least connections",
    idea: [
      "Weights are a belief: somebody wrote them down on a good day. Then a disk grows old, a neighbour gets noisy, and a machine becomes four times slower. It answers its health checks all the same.",
      "Who wants to notice has to look at something that changes. Least connections counts what each machine has been sent and has not answered yet. A slow machine answers late, so its count stays high, so it gets less. Nobody has to tell anybody.",
    ],
    name: "tour-03-least-connections.yaml",
    text: leastConnections,
    lanes: [
      { label: "by weight", overrides: [] },
      { label: "least connections", overrides: ["pool.strategy=least-connections"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "slow", node: "pool/1", factor: 4 },
      button: "Slow machine 1 down, four times",
      does: "A fast machine becomes the slowest of all. Its weight stays as it was.",
    },
    watch: {
      lane: 0,
      figure: "p99",
      label: "p99 by weight",
      says: "By weight it climbs from {before} to {after} in a minute, and then clients begin to give up. Least connections goes to {counted} and stays there.",
    },
    question: {
      ask: "How does least connections know that machine 1 has become slow?",
      options: [
        "The machine reports its speed",
        "A health check fails",
        "Its answers stay out, so its count of open requests is high",
      ],
      right: 2,
      because:
        "The count is the only thing it reads, and it is enough. The pool has lost a good part of what it could do: that is why {calm} became {counted}. But no queue grows.",
    },
    measures: {
      before: calm(0, "p99", [0, 60], 100),
      after: touched(0, "p99", [110, 120], 32_000),
      calm: calm(1, "p99", [0, 60], 77),
      counted: touched(1, "p99", [70, 180], 220),
    },
  },
  {
    slug: "two-choices",
    title: "Two choices",
    idea: [
      "Counting at twenty machines is easy; at ten thousand, from a hundred balancers, it is work. Must one look at all of them?",
      "Take two at random and send the request to the one that has less to do. That is all. The chance that both are busy is small, and the chance that both are very busy is tiny: long queues don't just get rarer, they all but vanish.",
      "The first look brings most of it. Looking at all twenty brings the rest.",
    ],
    name: "tour-04-two-choices.yaml",
    text: twoChoices,
    lanes: [
      { label: "one at random", overrides: [] },
      { label: "better of two", overrides: ["pool.strategy={ power-of-d: 2 }"] },
      { label: "best of all", overrides: ["pool.strategy=least-connections"] },
    ],
    speed: 4,
    touch: {
      order: { kind: "rate", region: "*", times: 1.3 },
      button: "Fill the machines to 90 %",
      does: "280 requests a second become 364. All twenty machines can do 400.",
    },
    watch: {
      lane: 0,
      figure: "p99",
      label: "p99 of one at random",
      says: "From {before} to {after} where nobody looks. With two choices to {two}; looking at all twenty gives {all}.",
    },
    question: {
      ask: "At 90 %, looking at two machines instead of one makes p99 better by how much?",
      options: [
        "About twice",
        "Between four and five times",
        "About twenty times, as there are twenty machines",
      ],
      right: 1,
      because:
        "{after} against {two}. Eighteen more looks only make {all} of it: the second choice is the one that counts (Mitzenmacher 2001).",
    },
    measures: {
      before: calm(0, "p99", [0, 60], 720),
      after: touched(0, "p99", [80, 180], 2_000),
      two: touched(1, "p99", [80, 180], 460),
      all: touched(2, "p99", [80, 180], 300),
    },
  },
];
