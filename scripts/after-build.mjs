// What tsc leaves undone: the command must be executable, since `bin` points at it.
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
