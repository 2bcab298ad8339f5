/** `lbsim play`: what it serves, to whom, and how it ends. */
import { createServer, request as ask } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { runCli } from "../../src/cli/cli.ts";
import { sandbox, SMALL } from "./harness.ts";

const box = sandbox();
beforeAll(async () => {
  await box.write("small.yaml", SMALL.replace("Does it run?", "Is </script><b>it</b> text?"));
  await box.write("base/own.yaml", "include: ../small.yaml\nseed: 8\n");
  await box.write("wrong.yaml", SMALL.replace("ring-hash", "ring-hush"));
});

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request, with any name for the host. */
function get(port: number, path = "/", host = `127.0.0.1:${port}`, method = "GET") {
  return new Promise<Answered>((settle, fail) => {
    const options = { host: "127.0.0.1", port, path, method, headers: { host }, agent: false };
    const sent = ask(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (body += piece));
      response.on("end", () => {
        settle({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on("error", fail);
    sent.end();
  });
}

/** A command under way. */
class Playing {
  err = "";
  private readonly interrupt = { requested: false };
  private readonly ended: Promise<number>;

  constructor(argv: readonly string[], input = "") {
    this.ended = runCli(["play", "--no-open", ...argv], {
      cwd: box.root,
      pages: fileURLToPath(new URL("../../src/web", import.meta.url)),
      env: {},
      out: { write: () => {}, isTerminal: false, columns: undefined },
      err: { write: (text) => (this.err += text), isTerminal: false, columns: undefined },
      terminal: undefined,
      interrupt: this.interrupt,
      readInput: () => Promise.resolve(new TextEncoder().encode(input)),
    });
  }

  /** Once it says where it is. */
  async port(): Promise<number> {
    await expect.poll(() => this.err, { timeout: 20_000 }).toContain("Ctrl-C ends it\n");
    return Number(/127\.0\.0\.1:(\d+)/.exec(this.err)?.[1]);
  }

  end(): Promise<number> {
    this.interrupt.requested = true;
    return this.ended;
  }
}

/** What the page was given, out of its text. */
function givenIn(body: string): unknown {
  const found = /<script type="application\/json" id="given">([^]*?)<\/script>/.exec(body);
  return found === null ? null : JSON.parse(found[1]);
}

const open: Playing[] = [];
const servers: Server[] = [];
function playing(argv: readonly string[], input?: string): Playing {
  const one = new Playing(argv, input);
  open.push(one);
  return one;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.end()));
  for (const server of servers.splice(0)) server.close();
});

describe("lbsim play", () => {
  it("serves one page to this machine, with a policy, until Ctrl-C", async () => {
    const one = playing(["--port", "0"]);
    const port = await one.port();
    const { status, headers, body } = await get(port);
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("<title>lbsim playground</title>");
    expect(givenIn(body)).toBeNull();
    const policy = headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
    expect((await get(port, "/?x=1")).status).toBe(200);
    expect((await get(port, "/", undefined, "HEAD")).body).toBe("");
    expect((await get(port, "/../../package.json")).status).toBe(404);
    expect((await get(port, "/", undefined, "POST")).status).toBe(405);
    // A name of somebody else's that points to this machine.
    expect((await get(port, "/", `evil.example:${port}`)).status).toBe(403);
    expect((await get(port, "/", `localhost:${port}`)).status).toBe(200);
    expect(await one.end()).toBe(0);
    await expect(get(port)).rejects.toThrow("ECONNREFUSED");
  });

  it("hands its file over as data, with what it includes; nothing in it is markup", async () => {
    const { body } = await get(await playing(["base/own.yaml", "--port", "0"]).port());
    const given = givenIn(body);
    expect(given).toEqual({
      name: "own.yaml",
      text: "include: ../small.yaml\nseed: 8\n",
      files: { "../small.yaml": await box.read("small.yaml") },
    });
    expect(body).not.toContain("</script><b>");
  });

  it("takes a scenario from standard input", async () => {
    const { body } = await get(await playing(["-", "--port", "0"], SMALL).port());
    expect(givenIn(body)).toEqual({ name: "stdin.yaml", text: SMALL, files: {} });
  });

  it("takes the next port where one is taken, and says so", async () => {
    const taken = createServer();
    servers.push(taken);
    await new Promise<void>((ready) => taken.listen(0, "127.0.0.1", ready));
    const address = taken.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const one = playing(["--port", String(port)]);
    const other = await one.port();
    expect(other).toBeGreaterThan(port);
    expect(one.err).toContain(`port ${port} is taken, ${other} is not\n`);
    expect((await get(other)).status).toBe(200);
  });

  it("refuses what is wrong in one line", async () => {
    const wrong = await box.lbsim(["play", "wrong.yaml"]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/^wrong\.yaml:22:\d+: .*ring-hush.*ring-hash/),
    ]);
    const folder = await box.lbsim(["play", "base"]);
    expect([folder.code, folder.err]).toEqual([
      2,
      'base:1:1: cannot read "base": it is a folder\n',
    ]);
    const missing = await box.lbsim(["play", "base/none.yaml"]);
    expect(missing.err).toBe(
      'base/none.yaml:1:1: cannot read "base/none.yaml": there is no such file\n',
    );
    await box.write("sub/short.yaml", "duration: 1s\n");
    expect((await box.lbsim(["play", "sub/short.yaml"])).err).toMatch(/^sub\/short\.yaml:1:1: /);
    expect((await box.lbsim(["play", "lost.yaml"])).err).toBe(
      'lost.yaml:1:1: cannot read "lost.yaml": there is no such file\n',
    );
    for (const port of ["x", "65536", "-1", "80.5"]) {
      const { code, err } = await box.lbsim(["play", `--port=${port}`]);
      expect([code, err]).toEqual([2, expect.stringContaining("from 0 (any) to 65535")]);
    }
  });

  it("has help that says what it does", async () => {
    const { code, out } = await box.lbsim(["play", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("answers to this machine alone");
  });
});
