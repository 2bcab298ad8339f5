/** The options of `lbsim hash`. */
import type { Command } from "commander";

import { examples, JSON_ONLY, QUIET } from "./help.ts";
import type { Finish } from "./help.ts";
import type { Io } from "./io.ts";
import { collect, seedOf } from "./options.ts";

export interface HashOptions {
  readonly nodes: string;
  readonly weights?: string;
  readonly keys?: string;
  readonly trace?: string;
  readonly hash: string;
  readonly change?: readonly string[];
  readonly draws: string;
  readonly bound?: string;
  readonly seed: number;
  readonly explain?: string;
  readonly timing?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly quiet?: boolean;
}

export function addHash(program: Command, io: Io, finish: Finish): void {
  program
    .command("hash")
    .description("compare placement structures without a simulation: balance, moves, cost")
    .argument("[structure...]", "as ring-hash or ring-hash:1000 (default: all of `list`)")
    .option("--nodes <nodes>", "how many; a,b,c; or @file with a name and weight a line", "16")
    .option("--weights <list>", "one a node, as 1,2,4; 8x2 stands for eight of weight 2")
    .option("--keys <keys>", "how many (default: 100k), or @file with one a line")
    .option("--trace <file>", "take the objects of a trace as keys, as often as they are asked for")
    .option("--hash <name>", "hash function of keys, where the structure has none", "murmur3")
    .option(
      "--change <change>",
      "add:2, remove:NODE|first|last|random:3, weight:NODE=2, return:NODE (removed first, then " +
        "back); repeat for more, each is made from the nodes as given",
      collect,
    )
    .option("--draws <number>", "how often each random change is drawn", "1")
    .option("--bound <factor>", "no node holds more than so many times its fair part, as 1.25")
    .option("--seed <number>", "of generated keys and random changes", seedOf, 1)
    .option("--explain <key>", "tell why this key lands where it does")
    .option("--timing", "measure lookup, build and update on this machine")
    .option("--json", JSON_ONLY)
    .option("--csv", "print one CSV table on standard output")
    .option("-q, --quiet", QUIET)
    .addHelpText(
      "before",
      examples([
        ["lbsim hash", "all structures on 16 nodes"],
        ["lbsim hash ring-hash:100 maglev --change add:1 --change remove:first", ""],
        ["lbsim hash ring-hash --nodes a,b,c --weights 1,2,4 --keys @keys.txt", ""],
        ["lbsim hash ring-hash maglev --explain /index.html", ""],
      ]),
    )
    .action(async (structures: string[], options: HashOptions) => {
      const { hash } = await import("./commands/hash.ts");
      finish(await hash(structures, options, io));
    });
}
