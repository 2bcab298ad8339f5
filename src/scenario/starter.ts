/**
 * The commented scenario that `lbsim init` writes: short enough to be read whole, and it runs in
 * seconds.
 */

/** @param schema where editors find the schema: a path or an address */
export function starterScenario(schema = "scenario.schema.json"): string {
  return `# yaml-language-server: $schema=${schema}

# Every scenario begins with its question, and with what you believe will come out.
question: One machine joins Frankfurt. How much of the cache is lost, and what do users feel?
expectation: mod-n moves 8 of 9 keys and p99 jumps; a ring moves about 1 of 9 and hardly anybody notices.

seed: 1 # all random numbers follow from it
duration: 2min # or stop-after: 1_000_000 requests
warmup: 20s # simulated, but not counted

clients: # regions by name; lbsim list places, lbsim list arrivals
  europe: { at: frankfurt, users: 50_000, arrivals: { poisson: 400/s } }
  brazil: { at: sao-paulo, users: 20_000, arrivals: { poisson: 100/s } }

requests:
  objects: { count: 50_000, zipf: 1.0 } # what is asked for
  affinity: object # what hash strategies hash: object, user, session, address
  demand: { exponential: 5ms } # core time on a machine of speed 1
  on-miss: { lognormal: { median: 30ms, sigma: 0.6 } } # what a cache miss adds
  timeout: 2s

balancer: # a balancer picks one of its targets: balancers or machines, to any depth
  name: global
  strategy: nearest # lbsim list strategies
  targets:
    - name: fra
      at: frankfurt
      replicas: 2 # each counts only what it sent itself
      strategy: ring-hash
      targets:
        - { machines: 8, cores: 1, queue: 1_000, cache: { lru: 2_000 } }
    - name: gru
      at: sao-paulo
      strategy: least-connections
      targets:
        - { machines: 4, cores: 1, cache: { lru: 2_000 } }

events: # lbsim list events
  - { at: 60s, add: 1 machine, to: fra }
  - { at: 90s, fail: fra/3, for: 15s } # machines count from 1

compare: # lbsim compare runs all of them on the same traffic
  fra.strategy: [mod-n, ring-hash, maglev, rendezvous]

expect: # lbsim run ends with 1 where one of them fails; lbsim list metrics
  - { metric: availability, above: 99% }
  - { metric: p99, of: fra, below: 1s }
`;
}
