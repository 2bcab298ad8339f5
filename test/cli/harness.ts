/** Runs command lines inside the test's process, with a folder and streams of their own. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";

import { runCli } from "../../src/cli/cli.ts";
import type { Io, Output } from "../../src/cli/io.ts";

/** Two datacenters, one event, some 2,000 requests: milliseconds. */
export const SMALL = `question: Does it run?
expectation: It does.
seed: 7
duration: 10s
warmup: 2s
window: 1s
clients:
  europe: { at: frankfurt, users: 1_000, arrivals: { poisson: 150/s } }
  brazil: { at: sao-paulo, users: 500, arrivals: { poisson: 50/s } }
requests:
  objects: { count: 5_000, zipf: 1.0 }
  affinity: object
  demand: { exponential: 5ms }
  on-miss: { constant: 20ms }
  timeout: 2s
balancer:
  name: global
  strategy: nearest
  targets:
    - name: fra
      at: frankfurt
      strategy: ring-hash
      targets:
        - { machines: 3, cores: 1, cache: { lru: 500 } }
    - name: gru
      at: sao-paulo
      strategy: least-connections
      targets:
        - { machines: 2, cores: 1, cache: { lru: 500 } }
events:
  - { at: 5s, add: 1 machine, to: fra }
compare:
  fra.strategy: [mod-n, ring-hash]
expect:
  - { metric: p99, below: 10s }
`;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  readonly columns?: number;
  readonly env?: Io["env"];
  readonly input?: string;
  /** Ctrl-C is pressed before the loop looks for the n-th time. */
  readonly interruptAtLook?: number;
  /** Folder of built pages; none unless told. */
  readonly pages?: string;
  /** What a broken output does. */
  readonly onWrite?: () => void;
}

export class Sandbox {
  root = "";

  async open(): Promise<void> {
    this.root = await mkdtemp(join(tmpdir(), "lbsim-cli-"));
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  async write(name: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  /** Names in a folder, hidden ones too; none where there is no such folder. */
  async list(name: string): Promise<string[]> {
    try {
      return (await readdir(this.path(name))).toSorted();
    } catch {
      return [];
    }
  }

  async lbsim(argv: readonly string[], options: Options = {}): Promise<Ran> {
    let out = "";
    let err = "";
    const output = (keep: (text: string) => void): Output => ({
      write: keep,
      isTerminal: options.columns !== undefined,
      columns: options.columns,
    });
    let looks = 0;
    const io: Io = {
      cwd: this.root,
      env: options.env ?? {},
      out: output((text) => {
        options.onWrite?.();
        out += text;
      }),
      err: output((text) => {
        err += text;
      }),
      terminal: undefined,
      interrupt: {
        get requested() {
          return ++looks >= (options.interruptAtLook ?? Infinity);
        },
      },
      pages: options.pages ?? join(this.root, "no-pages"),
      readInput: () => Promise.resolve(new TextEncoder().encode(options.input ?? "")),
    };
    const code = await runCli(argv, io);
    return { code, out, err };
  }
}

/** A folder for all tests of a file. */
export function sandbox(): Sandbox {
  const box = new Sandbox();
  beforeAll(() => box.open());
  afterAll(() => box.close());
  return box;
}
