/** The `lbsim` command: the process around `runCli`. Started by `main.ts`. */
import process from "node:process";
import { fileURLToPath } from "node:url";

import { runCli } from "./cli.ts";
import { ExitCode } from "./io.ts";
import type { Interrupt, Io, Output } from "./io.ts";
import { systemReason } from "./result-folder.ts";

/**
 * A reader that has seen enough (`lbsim … | head`) closes the pipe: no error of ours, the rest is
 * dropped.
 */
function quietWhenClosed(stream: NodeJS.WriteStream): Output {
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code === "EPIPE") return;
    process.stderr.write(`lbsim: the output cannot be written, ${systemReason(error)}\n`);
    process.exit(ExitCode.BadInput);
  });
  return {
    write(text) {
      if (open) stream.write(text);
    },
    isTerminal: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
  };
}

/**
 * The first signal asks the loops to stop and to keep what is finished; the second ends the process
 * at once.
 */
function listen(err: Output): Interrupt {
  const interrupt: { requested: boolean; farewell?: string } = { requested: false };
  const onSignal = (): void => {
    if (interrupt.requested) {
      // A progress bar or a picture may have switched off the cursor and the wrapping of lines.
      if (err.isTerminal) err.write("\u001B[?7h\u001B[?25h\n");
      process.exit(ExitCode.Interrupted);
    }
    interrupt.requested = true;
    const usual = "lbsim: stopping, what is finished is kept (once more to stop at once)\n";
    err.write(interrupt.farewell ?? usual);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return interrupt;
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const err = quietWhenClosed(process.stderr);
const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  out: quietWhenClosed(process.stdout),
  err,
  terminal: process.stderr.isTTY ? process.stderr : undefined,
  interrupt: listen(err),
  pages: fileURLToPath(new URL("../web", import.meta.url)),
  readInput,
};

/** Of the command that the process was started with. */
export const ended = runCli(process.argv.slice(2), io).then((code) => {
  // Not process.exit: what still stands in the pipe has to be written first.
  process.exitCode = code;
});
