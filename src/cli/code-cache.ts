/** How the command knows the code cache that was built for it: see main.ts. */
import { createHash } from "node:crypto";
import { arch } from "node:process";

/** Of a script and V8's cache of it, on machines of this kind. */
export const digestOf = (script: Buffer, cache: Buffer): string =>
  createHash("sha1").update(arch).update(script).update(cache).digest("hex");
