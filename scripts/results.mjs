// Makes every committed result anew, with the overrides that its manifest names, and a first one
// for a scenario that has none. Run it after a change that moves figures, and look at the
// difference before committing it. Names of scenarios (`cdn layer-4`) make only theirs.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";

function lbsim(...args) {
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  console.log(`${status === 0 ? "done" : `exit ${status}`}: lbsim ${args.join(" ")}`);
  if (status !== 0) process.exitCode = 1;
}

const wanted = process.argv.slice(2);
for (const scenario of readdirSync("scenarios").filter((name) => name.endsWith(".yaml"))) {
  const name = scenario.replace(/\.yaml$/, "");
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = `results/${name}`;
  const runs = existsSync(folder)
    ? readdirSync(folder).map((run) =>
        JSON.parse(readFileSync(`${folder}/${run}/manifest.json`, "utf8")),
      )
    : [{ kind: "run", overrides: [] }];
  rmSync(folder, { recursive: true, force: true });
  for (const { kind, overrides } of runs) {
    const sets = overrides.flatMap(({ path, value }) => ["--set", `${path}=${value}`]);
    lbsim(kind === "run" ? "run" : "compare", "-q", `scenarios/${scenario}`, ...sets);
  }
}
