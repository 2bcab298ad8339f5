// Makes the outputs of all studies anew from their committed commands; a study's name makes that
// one alone. Look at the differences before committing them: the pages quote these figures.
import { spawnSync } from "node:child_process";
import { openSync, closeSync, readFileSync, readdirSync } from "node:fs";

const STUDIES = "results/studies";
const wanted = process.argv.slice(2);

for (const study of readdirSync(STUDIES)) {
  if (study.endsWith(".md")) continue;
  if (wanted.length > 0 && !wanted.includes(study)) continue;
  const lines = readFileSync(`${STUDIES}/${study}/commands.txt`, "utf8").split("\n");
  for (const line of lines.filter((one) => one.startsWith("lbsim "))) {
    const [command, output] = line.slice("lbsim ".length).split(" > ");
    const file = openSync(`${STUDIES}/${study}/${output}`, "w");
    const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...command.split(" ")], {
      stdio: ["ignore", file, "inherit"],
    });
    closeSync(file);
    console.log(`${status === 0 ? "done" : `exit ${status}`}: ${study}/${output}`);
    if (status !== 0) process.exitCode = 1;
  }
}
