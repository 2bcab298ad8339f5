/**
 * `lbsim play [FILE]`: serves the playground's page to this machine's browser, and nothing else.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { loadInputs } from "../../scenario/inputs.ts";
import { MAX_SCENARIO_BYTES, type Problem, readScenario } from "../../scenario/read-scenario.ts";
import { decodeUtf8 } from "../../scenario/load.ts";
import type { PlayOptions } from "../play-command.ts";
import { type Given, type Page, pageWith } from "../play-page.ts";
import { ExitCode, InputError } from "../io.ts";
import type { Io } from "../io.ts";
import { codeOf, systemReason } from "../result-folder.ts";
import { readLimited, readerName, scenarioLoader, tellProblems } from "../scenario-files.ts";

const HOST = "127.0.0.1";
/** So many ports are tried, from the wanted one on. */
const PORTS_TRIED = 20;
const LAST_PORT = 65_535;
/** As many bytes as a trace may have that a page is given. */
const MAX_INPUT_BYTES = 64 << 20;
/** How soon Ctrl-C is noticed, ms. */
const LOOK_MS = 50;

export async function play(
  file: string | undefined,
  options: PlayOptions,
  io: Io,
): Promise<ExitCode> {
  const given = file === undefined ? null : await readGiven(file, io);
  if (given === "wrong") return ExitCode.BadInput;
  const page = pageWith(builtPage(io), given);
  const server = createServer();
  const port = await listen(server, options.port, io);
  const url = `http://${HOST}:${port}/`;
  server.on("request", (request, response) => answer(request, response, page, port));
  // The signal itself says what is kept of a run; here nothing runs.
  io.interrupt.farewell = "";
  io.err.write(`the playground is at ${url}, Ctrl-C ends it\n`);
  if (options.open && io.err.isTerminal) openBrowser(url, io);
  while (!io.interrupt.requested) await wait(LOOK_MS);
  await new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return ExitCode.Done;
}

/** "wrong" after problems, which have been told. */
async function readGiven(file: string, io: Io): Promise<Given | "wrong"> {
  const input = await scenarioLoader([file], io);
  const name = basename(readerName(file)).replace(/^stdin$/, "stdin.yaml");
  const folder = file === "-" ? io.cwd : dirname(resolve(io.cwd, file));
  const files: Record<string, string> = {};
  const keep = (path: string, content: string | Uint8Array): string => {
    const text = typeof content === "string" ? content : decodeUtf8(content);
    if (text === null) throw new Error("it is not a text file");
    files[path] = text;
    return text;
  };
  const read = readScenario(name, (path) =>
    keep(
      path,
      path === name
        ? input(readerName(file))
        : readLimited(resolve(folder, path), MAX_SCENARIO_BYTES),
    ),
  );
  const inputs =
    "problems" in read
      ? read
      : loadInputs(read.files, (path) =>
          keep(path, readLimited(resolve(folder, path), MAX_INPUT_BYTES)),
        );
  if ("problems" in inputs) {
    // The page knows its scenario by name; whoever stands here gave a path. What has been read is
    // not read again: a pipe has nothing more to give.
    const given = readerName(file);
    const known = new Map(
      Object.entries(files).map(([path, text]) => [resolve(folder, path), text]),
    );
    const again = readScenario(given, (path) => {
      const whole = path === given ? resolve(folder, name) : resolve(io.cwd, path);
      return known.get(whole) ?? input(path);
    });
    tellProblems(
      "problems" in again ? again.problems : underPath(inputs.problems, name, given),
      io,
    );
    return "wrong";
  }
  const { [name]: text, ...others } = files;
  return { name, text, files: others };
}

const underPath = (problems: readonly Problem[], name: string, given: string): Problem[] =>
  problems.map((one) => (one.file === name ? { ...one, file: given } : one));

function builtPage({ pages }: Io): string {
  const path = join(pages, "playground", "index.html");
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`the playground's page is not there, ${systemReason(error)}`);
  }
}

/**
 * The port it listens on: the wanted one, or the next that is free. Never one that others reach.
 */
async function listen(server: Server, wanted: number, io: Io): Promise<number> {
  const last = Math.min(LAST_PORT, wanted + PORTS_TRIED);
  for (let port = wanted; port <= last; port++) {
    const failure = await new Promise<Error | null>((settle) => {
      server.once("error", settle);
      server.listen(port, HOST, () => {
        server.off("error", settle);
        settle(null);
      });
    });
    const address = server.address();
    if (failure === null && typeof address === "object" && address !== null) {
      if (port !== wanted) io.err.write(`port ${wanted} is taken, ${address.port} is not\n`);
      return address.port;
    }
    const code = codeOf(failure);
    if (code === "EADDRINUSE") continue;
    const why = code === "EACCES" ? "is not permitted, take one above 1023" : systemReason(failure);
    throw new InputError(`port ${port} ${why}`);
  }
  throw new InputError(`ports ${wanted} to ${last} are all taken, name another with --port`);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { html, policy }: Page,
  port: number,
): void {
  const respond = (status: number, type: string, body: string): void => {
    response.writeHead(status, {
      "content-type": `${type}; charset=utf-8`,
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    response.end(request.method === "HEAD" ? "" : body);
  };
  const { host = "" } = request.headers;
  // A page of strangers may have its own name point here: it must not read a scenario by that.
  if (host !== `${HOST}:${port}` && host !== `localhost:${port}`) {
    respond(403, "text/plain", "this address is not the playground's\n");
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    respond(405, "text/plain", "there is only a page to get here\n");
  } else if (!/^\/(?:index\.html)?(?:\?|$)/.test(request.url ?? "")) {
    respond(404, "text/plain", "there is only one page here: /\n");
  } else respond(200, "text/html", html);
}

/** By the system's own means; without one the address that was printed has to do. */
function openBrowser(url: string, io: Io): void {
  const [command, ...argv] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url];
  const opener = spawn(command, argv, { detached: true, stdio: "ignore" });
  opener.on("error", () => io.err.write("no browser could be opened from here\n"));
  opener.unref();
}
