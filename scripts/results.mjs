// Makes every committed result anew: each scenario of the gallery is run, and compared where it says what with.
// Run it after a change that moves figures, and look at the difference before committing it.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";

const lbsim = (...args) => {
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  console.log(`${status === 0 ? "done" : `exit ${status}`}: lbsim ${args.join(" ")}`);
  if (status !== 0) process.exitCode = 1;
};

/** Whether a run's resolved scenario says what to compare (its own file may include it from another). */
const compares = (name) => {
  const folder = `results/${name}`;
  const manifest = JSON.parse(
    readFileSync(`${folder}/${readdirSync(folder)[0]}/manifest.json`, "utf8"),
  );
  return JSON.stringify(manifest).includes('"compare":[{');
};

/** Results whose command set something: they are made again with the same settings. */
const withSettings = readdirSync("results", { recursive: true })
  .filter((path) => path.endsWith("manifest.json"))
  .map((path) => JSON.parse(readFileSync(`results/${path}`, "utf8")))
  .filter(({ kind, overrides }) => kind === "run" && overrides.length > 0)
  .map(({ scenario, overrides }) => [
    `scenarios/${scenario.name}.yaml`,
    ...overrides.flatMap(({ path, value }) => ["--set", `${path}=${value}`]),
  ]);

rmSync("results", { recursive: true, force: true });
for (const file of readdirSync("scenarios").filter((name) => name.endsWith(".yaml"))) {
  lbsim("run", "-q", `scenarios/${file}`);
  if (compares(file.replace(/\.yaml$/, ""))) lbsim("compare", "-q", `scenarios/${file}`);
}
for (const settings of withSettings) lbsim("run", "-q", ...settings);
