// Makes every committed result anew, with the overrides that its manifest names, and a first one for a scenario that has none.
// Run it after a change that moves figures, and look at the difference before committing it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";

function lbsim(...args) {
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  console.log(`${status === 0 ? "done" : `exit ${status}`}: lbsim ${args.join(" ")}`);
  if (status !== 0) process.exitCode = 1;
}

for (const scenario of readdirSync("scenarios").filter((name) => name.endsWith(".yaml"))) {
  const folder = `results/${scenario.replace(/\.yaml$/, "")}`;
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
