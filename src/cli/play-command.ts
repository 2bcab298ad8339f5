/** `lbsim play`: its options and its help. */
import { type Command, InvalidArgumentError } from "commander";

import { examples } from "./help.ts";
import type { Finish } from "./help.ts";
import type { Io } from "./io.ts";

export interface PlayOptions {
  readonly port: number;
  readonly open: boolean;
}

const LAST_PORT = 65_535;

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > LAST_PORT) {
    throw new InvalidArgumentError(`A port is a whole number from 0 (any) to ${LAST_PORT}.`);
  }
  return port;
}

export function addPlay(program: Command, io: Io, finish: Finish): void {
  program
    .command("play")
    .description("open the playground: requests as dots, strategies side by side, to be touched")
    .argument("[file]", "scenario file to begin with; - reads standard input")
    .option(
      "--port <number>",
      "port on this machine; a taken one gives way to the next",
      portOf,
      8330,
    )
    .option("--no-open", "only print the address")
    .addHelpText(
      "before",
      examples([
        ["lbsim play", "with the gallery"],
        ["lbsim play scenarios/flagship.yaml", ""],
        ["lbsim play my.yaml --port 9000 --no-open", "for a browser of your own choice"],
      ]),
    )
    .addHelpText(
      "after",
      "\nThe page answers to this machine alone and asks nobody for anything. Ctrl-C ends it.\n",
    )
    .action(async (file: string | undefined, options: PlayOptions) => {
      const { play } = await import("./commands/play.ts");
      finish(await play(file, options, io));
    });
}
