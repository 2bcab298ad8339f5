/** Real programs on loopback: starting, asking and ending them. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { missingText, pathOf } from "./installed.ts";

/** So many ports of 127.0.0.1 that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const taken = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return taken;
}

export class Program {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private said = "";

  private constructor(child: ChildProcess, folder: string) {
    this.child = child;
    this.folder = folder;
    // Should a test end without `stop`: the program does not outlive it.
    process.once("exit", () => child.kill("SIGKILL"));
    child.stderr?.on("data", (chunk: Buffer) => (this.said += chunk.toString()));
    child.stdout?.on("data", (chunk: Buffer) => (this.said += chunk.toString()));
  }

  /** Starts it with this configuration and waits until it listens on that port. */
  static async start(
    name: string,
    {
      config,
      args,
      port,
    }: {
      config: (folder: string) => string;
      args: (file: string, folder: string) => string[];
      port: number;
    },
  ): Promise<Program> {
    const path = pathOf(name);
    if (path === null) throw new Error(missingText([name]));
    const folder = mkdtempSync(join(tmpdir(), `lbsim-${name}-`));
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, config(folder));
    const program = new Program(spawn(path, args(file, folder)), folder);
    try {
      await program.listening(name, port);
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  private async listening(name: string, port: number): Promise<void> {
    for (let attempt = 0; attempt < 500; attempt++) {
      if (this.child.exitCode !== null) throw new Error(`${name} ended at once: ${this.said}`);
      const open = await new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("connect", () => (socket.destroy(), resolve(true)));
        socket.once("error", () => resolve(false));
      });
      if (open) return;
      await pause(20);
    }
    throw new Error(`${name} does not listen on ${port}: ${this.said}`);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a server of the tests answers with, so that its number is found in a stream of answers. */
export const answerOf = (server: number): string => `@${server};`;

/** Requests on their way: 64 of them stay below HAProxy's buffer of 16 KiB, which refuses more. */
const WINDOW = 64;

/**
 * Sends requests with these keys in the header X-Key down one connection, a window of them at a
 * time, and reads the numbers (`answerOf`) of the answers, so many in each.
 */
export function numbersOf(port: number, keys: readonly string[], inEach = 1): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const numbers: number[] = [];
    let sent = 0;
    let text = "";
    const socket = connect(port, "127.0.0.1");
    const send = (): void => {
      const until = Math.min(keys.length, Math.floor(numbers.length / inEach) + WINDOW);
      const next = keys.slice(sent, until);
      sent = until;
      socket.write(
        next.map((key) => `GET / HTTP/1.1\r\nHost: x\r\nX-Key: ${key}\r\n\r\n`).join(""),
      );
    };
    socket.setEncoding("utf8");
    socket.once("error", reject);
    socket.once("close", () =>
      reject(new Error(`closed after ${numbers.length}: ${text.slice(-500)}`)),
    );
    socket.on("data", (chunk: string) => {
      text += chunk;
      let end = 0;
      for (const found of text.matchAll(/@(\d+);/g)) {
        numbers.push(Number(found[1]));
        end = found.index + found[0].length;
      }
      text = text.slice(end);
      if (numbers.length < inEach * keys.length) {
        send();
        return;
      }
      socket.removeAllListeners("close");
      socket.destroy();
      resolve(numbers);
    });
    send();
  });
}

/**
 * Texts as keys are: paths, numbers, names in several scripts; no comma, which ends a header's
 * value.
 */
export const sampleKeys = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    switch (i % 5) {
      case 0:
        return `/object/${i}`;
      case 1:
        return String(7919 * i);
      case 2:
        return `user-${i.toString(36)}@example.org`;
      case 3:
        return `Straße ${i} in Köln`;
      default:
        return `利用者-${i}-${"x".repeat(i % 60)}`;
    }
  });

/** How many of the keys go elsewhere than where they should, and the first few of them. */
export function differences(
  keys: readonly string[],
  seen: readonly number[],
  expected: readonly number[],
): { count: number; first: string[] } {
  const wrong = keys.flatMap((key, i) =>
    seen[i] === expected[i] ? [] : [`${key}: ${seen[i]}, not ${expected[i]}`],
  );
  return { count: wrong.length, first: wrong.slice(0, 3) };
}

export const NONE_DIFFERENT = { count: 0, first: [] };
