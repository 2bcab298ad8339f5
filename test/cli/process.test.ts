/** What only a real process shows: exit codes, signals, closed pipes, the built command. */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { VERSION } from "../../src/version.ts";
import { sandbox, SMALL } from "./harness.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const built = mkdtempSync(join(tmpdir(), "lbsim-built-"));
const main = join(built, "dist/cli/main.js");
const box = sandbox();

beforeAll(async () => {
  // As `npm run build` does it, but to a folder of the test's own: nobody else's dist/ is touched.
  writeFileSync(join(built, "package.json"), '{ "type": "module" }');
  symlinkSync(join(repository, "node_modules"), join(built, "node_modules"));
  const compiler = join(repository, "node_modules/.bin/tsc");
  const argv = ["-p", "tsconfig.build.json", "--outDir", join(built, "dist")];
  const { status, stdout } = spawnSync(compiler, argv, { cwd: repository, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
  const bundle = [join(repository, "scripts/bundle.mjs"), join(built, "dist")];
  expect(spawnSync(process.execPath, bundle).status).toBe(0);
  chmodSync(main, 0o755);
  await box.write("small.yaml", SMALL);
  await box.write(
    "endless.yaml",
    SMALL.replace("duration: 10s", "duration: 30d").replace("window: 1s", "window: 1d"),
  );
}, 120_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

const lbsim = (...argv: string[]) => spawnSync(main, argv, { cwd: box.root, encoding: "utf8" });

describe("the command", () => {
  it("is executable by itself, and runs", () => {
    const { status, stdout, stderr } = lbsim("run", "small.yaml");
    expect([status, stderr]).toEqual([0, "written to results/small/seed-7\n"]);
    expect(stdout).toContain("conservation");
  });

  it("gives equal bytes in two processes", () => {
    const [one, other] = [1, 2].map(
      () => lbsim("run", "small.yaml", "--json", "--no-write").stdout,
    );
    expect(one).toBe(other);
  });

  it("does the same where its code cache is missing, cut short, spoilt or no file", () => {
    const cache = join(built, "dist/cli/command.script.cache");
    const said = (): string => lbsim("run", "small.yaml", "--json", "--no-write").stdout;
    const usual = said();
    expect(usual).toContain('"fingerprint"');
    const whole = readFileSync(cache);
    rmSync(cache);
    expect(said()).toBe(usual);
    const zeros = Buffer.from(whole).fill(0, 5000);
    for (const bytes of [zeros, whole.subarray(0, 5000), Buffer.of()]) {
      writeFileSync(cache, bytes);
      expect(said()).toBe(usual);
    }
    rmSync(cache);
    mkdirSync(cache);
    expect(said()).toBe(usual);
    rmSync(cache, { recursive: true });
    writeFileSync(cache, whole);
    // V8's own check: of other flags.
    const { stdout } = spawnSync(
      process.execPath,
      ["--no-lazy", main, "run", "small.yaml", "--json", "--no-write"],
      { cwd: box.root, encoding: "utf8" },
    );
    expect(stdout).toBe(usual);
  });

  it("compares numbers where the sources name kinds of events and states", () => {
    const script = readFileSync(join(built, "dist/cli/command.script"), "utf8");
    expect(script.includes("happenings(most) {")).toBe(true);
    expect(/\b(EventKind|RequestState|MachineState|Admission)\./.exec(script)).toBe(null);
  });

  it("runs what its script says, though an older cache of that length stands beside it", () => {
    const script = join(built, "dist/cli/command.script");
    const code = readFileSync(script, "latin1");
    writeFileSync(script, code.replaceAll(VERSION, "9.9.9"), "latin1");
    expect(lbsim("--version").stdout).toBe("9.9.9\n");
    writeFileSync(script, code, "latin1");
  });

  it("exits with 1 where a result differs, and with 2 where the input is wrong", async () => {
    lbsim("run", "small.yaml", "-o", "spoilt");
    await box.write("spoilt/small/seed-7/series.csv", "");
    expect(lbsim("reproduce", "spoilt").status).toBe(1);
    const { status, stdout, stderr } = lbsim("run", "lost.yaml");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe('lost.yaml:1:1: cannot read "lost.yaml": there is no such file\n');
  });

  it("reads a scenario from a pipe", () => {
    const argv = ["run", "-", "--no-write", "-q"];
    const { status, stderr } = spawnSync(main, argv, {
      cwd: box.root,
      input: SMALL,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("is quiet when its reader has seen enough", () => {
    const script = `'${main}' run small.yaml --no-write -q | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], {
      cwd: box.root,
      encoding: "utf8",
    });
    expect([stdout, stderr]).toEqual(["small\n0\n", ""]);
  });
});

/**
 * Starts a short run and one that would take hours; sends the first signal when the short one is
 * done.
 */
function interrupted(folder: string, times: number): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const argv = ["run", "small.yaml", "endless.yaml", "-o", folder];
    const child = spawn(main, argv, { cwd: box.root, stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    let sent = 0;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      const due = err.includes("stopping") ? 2 : err.includes("written") ? 1 : 0;
      if (sent >= Math.min(due, times)) return;
      sent++;
      child.kill("SIGINT");
    });
    // A signal that finds the process past its handlers, on its way out, ends it as such: a shell
    // reports that as 130 too.
    child.on("close", (code, signal) => {
      resolve({ code: signal === "SIGINT" ? 130 : code, err });
    });
  });
}

async function partial(name: string): Promise<boolean> {
  const manifest: { partial: boolean } = JSON.parse(
    await box.read(`cut/${name}/seed-7/manifest.json`),
  );
  return manifest.partial;
}

describe("Ctrl-C", () => {
  it("ends the playground's server, which needs its page, with 0 and without a word", async () => {
    const argv = ["play", "small.yaml", "--no-open", "--port", "0"];
    const { status, stderr } = lbsim(...argv);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^lbsim: .*page is not there/)]);
    const page = join(built, "dist/web/playground");
    mkdirSync(page, { recursive: true });
    copyFileSync(join(repository, "src/web/playground/index.html"), join(page, "index.html"));
    const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
      const child = spawn(main, argv, { cwd: box.root, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        child.kill("SIGINT");
      });
      child.on("close", (exit) => resolve({ code: exit, err: said }));
    });
    expect(code).toBe(0);
    expect(err).toMatch(/^the playground is at http:\/\/127\.0\.0\.1:\d+\/, Ctrl-C ends it\n$/);
  });

  it("keeps what the runs have come to, says what is partial, and exits with 130", async () => {
    const { code, err } = await interrupted("cut", 1);
    expect(code).toBe(130);
    expect(err).toBe(
      "written to cut/small/seed-7\n" +
        "lbsim: stopping, what is finished is kept (once more to stop at once)\n" +
        "written to cut/endless/seed-7\n",
    );
    expect([await partial("small"), await partial("endless")]).toEqual([false, true]);
  });

  it("ends with 130 and leaves nothing half-written when it comes twice", async () => {
    const { code } = await interrupted("twice", 2);
    expect(code).toBe(130);
    expect(await box.list("twice/small")).toEqual(["seed-7"]);
    // The second may come before or after the folder was written; in between there is nothing.
    expect([[], ["seed-7"]]).toContainEqual(await box.list("twice/endless"));
  });
});
