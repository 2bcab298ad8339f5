/** The scenario that the design promises, as it stands there. */
export const EXAMPLE = `question: One machine joins Frankfurt. How much of the cache is lost, and what do users feel?
expectation: mod-n moves 16/17 of the keys and p99 jumps; a ring moves about 1/17 and hardly anybody notices.

seed: 7
duration: 10min
warmup: 2min

clients:
  europe: { at: frankfurt, users: 400_000, arrivals: { poisson: 8_000/s } }
  brazil: { at: sao-paulo, users: 90_000,  arrivals: { diurnal: { mean: 1_500/s, peak: 2.2, period: 24h } } }

requests:
  objects: { count: 1_000_000, zipf: 1.0 }      # what is asked for
  affinity: object                              # what hash strategies hash: object, user, session, address
  demand: { exponential: 5ms }
  on-miss: { lognormal: { median: 30ms, sigma: 0.6 } }
  timeout: 2s

balancer:
  name: global
  strategy: { geo: { latency: 1, utilization: 2 } }
  targets:
    - name: fra
      at: frankfurt
      replicas: 2
      layer: 7
      strategy: ring-hash
      targets:
        - machines: 16
          cores: 4
          queue: 1_000
          cache: { lru: 20_000 }
    - name: gru
      at: sao-paulo
      strategy: least-connections
      targets:
        - { machines: 6, cores: 4 }

events:
  - { at: 5min, add: 1 machine, to: fra }
  - { at: 7min, fail: fra/3, for: 60s }

compare:
  fra.strategy: [mod-n, ring-hash, maglev, rendezvous]

expect:
  - { metric: miss-rate, of: fra, during: 5min..6min, below: 20% }
  - { metric: p99, below: 250ms }
`;
