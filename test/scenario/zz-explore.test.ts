import { it } from "vitest";
import {
  problemsOf,
  smallest,
  SMALL_BALANCER,
  SMALL_CLIENTS,
  SMALL_HEAD,
  SMALL_REQUESTS,
} from "./helpers.ts";
import { EXAMPLE } from "./example.ts";
const tail = SMALL_REQUESTS + SMALL_BALANCER;
const cases: Record<string, [string, any?, any?]> = {
  empty: [""],
  text: ["hello"],
  list: ["- a"],
  unknown: [smallest("cach: 3\n")],
  unknownNested: [smallest().replace("machines: 4", "servers: 4")],
  unknownNested2: [smallest().replace("machines: 4", "machines: 4, cach: { lru: 5 }")],
  type: [smallest().replace("targets: [{ machines: 4 }]", "targets: 5")],
  noUnit: [smallest().replace("10/s", "8000")],
  noUnit2: [smallest().replace("1min", "60")],
  wrongUnit: [smallest().replace("10/s", "5ms")],
  wrongUnit2: [smallest().replace("5ms", "8/s")],
  rps: [smallest().replace("poisson: 10/s", "rps: 10/s")],
  bareRate: [smallest().replace("{ poisson: 10/s }", "8_000/s")],
  mins: [smallest().replace("1min", "1mins")],
  negative: [smallest().replace("machines: 4", "machines: -4")],
  zero: [smallest().replace("machines: 4", "machines: 0")],
  zeroTimeout: [smallest().replace("5ms", "5ms, timeout: 0s")],
  negTimeout: [smallest().replace("5ms", "5ms, timeout: -2s")],
  shares: [
    smallest().replace(
      "{ demand: 5ms }",
      "{ demand: 5ms, classes: { a: { share: 50% }, b: { share: 20% } } }",
    ),
  ],
  share150: [
    smallest().replace(
      "{ demand: 5ms }",
      "{ demand: 5ms, objects: { count: 10, hot: { objects: 2, share: 80 } } }",
    ),
  ],
  hot: [
    smallest().replace(
      "{ demand: 5ms }",
      "{ demand: 5ms, objects: { count: 10, hot: { objects: 20, share: 80% } } }",
    ),
  ],
  pattern: [
    smallest(
      "events:\n  - { at: 5s, fail: web/9 }\n  - { at: 5s, fail: wep/1 }\n  - { at: 5s, fail: web/a/b }\n  - { at: 5s, fail: 'web//' }\n",
    ),
  ],
  outside: [smallest("events:\n  - { at: 5min, fail: web/1 }\n")],
  verb: [
    smallest(
      "events:\n  - { at: 5s, kill: web/1 }\n  - { at: 5s }\n  - { at: 5s, fail: web/1, slow: web/2 }\n  - 5\n",
    ),
  ],
  twins: [
    smallest().replace(
      "[{ machines: 4 }]",
      "[{ name: a, targets: [{ machines: 1 }] }, { name: a, targets: [{ machines: 1 }] }]",
    ),
  ],
  emptyTier: [smallest().replace("[{ machines: 4 }]", "[]")],
  emptyTier2: [smallest().replace("[{ machines: 4 }]", "[{ name: a }, {}, {strategy: random}]")],
  cycle: [
    "include: a.yaml\n" + smallest(),
    {},
    { "a.yaml": "include: b.yaml\n", "b.yaml": "include: [s.yaml]\n" },
  ],
  missingInclude: ["include: base.yaml\n" + smallest()],
  dup: [smallest("duration: 2min\n")],
  bomb: [
    "a: &a [x,x,x,x,x,x,x,x,x]\n" +
      [..."bcdefghi"]
        .map(
          (k, i) =>
            `${k}: &${k} [${Array(9)
              .fill("*" + "abcdefgh"[i])
              .join(",")}]\n`,
        )
        .join(""),
  ],
  selfAlias: ["question: &a [*a]\n"],
  maglev: [smallest().replace("name: web", "name: web, strategy: { maglev: 100 }")],
  maglev2: [smallest().replace("name: web", "name: web, strategy: { maglev: 3 }")],
  warmup: [smallest("warmup: 60s\n")],
  endless: [SMALL_CLIENTS + tail],
  names: [smallest().replace("name: web", "name: 'we b'")],
  names2: [smallest().replace("name: web", "name: a/b").replace("all:", "a.b:")],
  names3: [smallest().replace("name: web", "name: 'a*'")],
  num: [smallest().replace("name: web", "name: 12")],
  binaryNul: ["a\0b"],
  tab: ["a:\n\t- b\n"],
  multi: [smallest("---\na: 1\n")],
  badAlias: [smallest("compare:\n  *.strategy: [random]\n")],
  tag: ["question: !foo bar\n" + smallest()],
  missing: ["question: hi\n"],
  layer: [smallest().replace("name: web", "name: web, layer: 4")],
  cores0: [
    smallest().replace(
      "machines: 4",
      "machines: 4, cores: 0, speed: -1, queue: -1, cache: { lru: 0 }, discipline: fivo, warm: maybe",
    ),
  ],
  strat: [smallest().replace("name: web", "name: web, strategy: { maglev: 65537, random: 1 }")],
  strat2: [smallest().replace("name: web", "name: web, strategy: roundrobin")],
  strat3: [smallest().replace("name: web", "name: web, strategy: { ring-hash: { node: 5 } }")],
  strat4: [smallest().replace("name: web", "name: web, strategy: p2c")],
  geoMissing: [smallest().replace("arrivals", "at: frankfurt, arrivals")],
  geoMissing2: [smallest().replace("name: web", "name: web, at: frankfurt")],
  place: [smallest().replace("name: web", "name: web, at: frankfrt")],
  noway: [
    smallest(
      "places: { oslo: { latitude: 60, longitude: 10 } }\nnetwork: { round-trips: { a: { b: 3ms } } }\n",
    )
      .replace("name: web", "name: web, at: oslo")
      .replace("arrivals", "at: a, arrivals"),
  ],
  expect: [
    smallest(
      "expect:\n  - { metric: p98, below: 5ms }\n  - { metric: p99, below: 5 }\n  - { metric: p99 }\n  - { metric: p99, of: wob, below: 5ms }\n  - { metric: miss-rate, during: 5min..6min, below: 20% }\n  - { metric: miss-rate, during: 1s..2s, below: 20% }\n  - { metric: miss-rate, of: region:x, below: 20 }\n",
    ),
  ],
  compare: [
    smallest(
      "compare:\n  web.strategy: [random, radnom, { maglev: 4 }]\n  wob.strategy: [random]\n  requests.dmand: [5ms]\n  seed: 5\n",
    ),
  ],
  set: [
    smallest(),
    {
      overrides: [
        { path: "web.strategy", value: "radnom" },
        { path: "durtion", value: "5s" },
        { path: "web/*.cors", value: "5" },
        { path: "duration", value: "5" },
        { path: "web.cores", value: "5" },
        { path: "seed", value: "{" },
      ],
    },
  ],
  set2: [
    smallest(),
    {
      overrides: [
        { path: "web/7.cores", value: "2" },
        { path: "web", value: "2" },
        { path: "", value: "2" },
        { path: "requests.demand.foo", value: "2ms" },
      ],
      seed: -1,
    },
  ],
  cutevt: [
    smallest(
      "events:\n  - { at: 5s, cut: [a, b] }\n  - { at: 5s, add: x machine, to: web }\n  - { at: 5s, rate: eu, times: 2 }\n  - { at: 5s, set: web.cores, to: 2 }\n  - { at: 5s, set: web.strategy, to: foo }\n  - { at: 5s, set: web.weight, to: 2 }\n  - {at: 1s, slow: web/1}\n",
    ),
  ],
  exampleBroken: [
    EXAMPLE.replace("zipf: 1.0", "zipf: one")
      .replace("sigma", "sgma")
      .replace("replicas: 2", "replicas: two")
      .replace("60s", "60")
      .replace("below: 20%", "below: 20ms"),
  ],
  manyNull: [smallest("events:\ncompare:\nexpect:\nplaces:\n")],
  include2: ["include: [base.yaml, 5, {a: b}]\n", {}, { "base.yaml": smallest("cach: 1\n") }],
  size: ["a".repeat(1 << 21)],
  utf: ["", {}, { "s.yaml": new Uint8Array([0xff, 0xfe, 65, 0]) }],
  missfile: [smallest(), {}, {}],
};
it("explore", () => {
  for (const [name, [text, options, others]] of Object.entries(cases)) {
    console.log(`## ${name}\n` + problemsOf(text, options, others).join("\n"));
  }
});
