/**
 * What a command may touch of the world: tests hand in their own streams, folder and interrupts.
 */

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
}

export interface Io {
  /** Relative file names start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly err: Output;
  /** What a progress bar draws on; undefined where nobody watches. */
  readonly terminal: NodeJS.WritableStream | undefined;
  readonly interrupt: Interrupt;
  /** Folder of the built pages: `report/index.html` and kin. */
  readonly pages: string;
  /** All of standard input, as bytes. */
  readInput(): Promise<Uint8Array>;
}

/** Somebody pressed Ctrl-C. Loops look at `requested` between two pieces of work. */
export interface Interrupt {
  readonly requested: boolean;
  /** What the first signal is answered with, instead of what loops of work say. */
  farewell?: string;
}

export const ExitCode = {
  Done: 0,
  /** An expectation failed, or a result was not reproduced. */
  Failed: 1,
  /** The input or the usage is wrong. */
  BadInput: 2,
  /** The run itself failed: our mistake. */
  RunFailed: 3,
  /** Ctrl-C. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The user's mistake: one line, exit 2. */
export class InputError extends Error {
  override name = "InputError";
  /** The file that is wrong as a whole; null: none is. */
  readonly place: { readonly file: string } | null;

  constructor(message: string, place: { readonly file: string } | null = null) {
    super(message);
    this.place = place;
  }
}

/** Whether a document went out already: there is one, whatever happens after it. */
export class WatchedOutput implements Output {
  written = false;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  get isTerminal(): boolean {
    return this.#output.isTerminal;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  write(text: string): void {
    this.written = true;
    this.#output.write(text);
  }
}

/** Columns that tables may take: the terminal's own, 80 where there is none. */
export function widthOf(output: Output): number {
  return Math.max(40, output.isTerminal ? (output.columns ?? 80) : 80);
}

/**
 * Colours only for eyes: on a terminal, unless NO_COLOR is set (no-color.org: to anything but the
 * empty string) or the terminal is dumb; FORCE_COLOR asks for them anywhere.
 */
export function colourful(output: Output, env: Io["env"]): boolean {
  if ((env.NO_COLOR ?? "") !== "") return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "0" && forced !== "false") return true;
  return output.isTerminal && env.TERM !== "dumb" && forced === undefined;
}
