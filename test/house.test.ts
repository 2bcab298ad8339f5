/**
 * The rules of the house, read off the files themselves: who may import whom, what is never called
 * below the command line, how long a file may be, and that documents name files which exist.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", "dist", ".git", "coverage", "out"]);

/** Paths from the root, of all files beneath a folder. */
function filesBeneath(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBeneath(path) : [path];
    })
    .toSorted();
}
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Strings stay, comments become blanks; line breaks stay where they are. */
const withoutComments = (text: string): string =>
  text.replaceAll(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (found, quoted: string | undefined) => quoted ?? found.replaceAll(/[^\n]/g, ""),
  );

const sources = filesBeneath("src").filter((path) => /\.tsx?$/.test(path));
const codeOf = new Map(sources.map((path) => [path, withoutComments(read(path))]));

interface Import {
  readonly from: string;
  /** A package, or a path from `src/`. */
  readonly what: string;
  readonly isPackage: boolean;
  readonly typeOnly: boolean;
}

function importsOf(from: string): Import[] {
  const code = codeOf.get(from)!;
  const pattern =
    /(?:import|export)\s+(type\s)?([^;"]*?)from\s*"([^"]+)"|import\(\s*"([^"]+)"|import\s+"([^"]+)"/g;
  return Array.from(code.matchAll(pattern), (found) => {
    const [, type, names = "", ...paths] = found;
    const target = paths.find((path) => path !== undefined)!;
    const braces = /^\{([^}]*)\}\s*$/.exec(names.trim());
    const inner = (braces?.[1] ?? "").split(",").filter((name) => name.trim() !== "");
    const allTypes = inner.length > 0 && inner.every((name) => name.trim().startsWith("type "));
    const isPackage = !target.startsWith(".");
    return {
      from,
      what: isPackage ? target : normalize(join(dirname(from), target)).replace(/^src\//, ""),
      isPackage,
      typeOnly: type !== undefined || allTypes,
    };
  });
}
const imports = sources.flatMap(importsOf);

/** `world` for world/machines.ts, `units.ts` for units.ts. */
const folderOf = (path: string): string => path.replace(/^src\//, "").split("/")[0];

const BASE = ["units.ts", "assert.ts", "arrays.ts", "definition.ts"];
/**
 * Folder → what it may import; `folder/file` allows that file only, `type folder` its types only.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "units.ts": [],
  "assert.ts": [],
  "arrays.ts": [],
  "version.ts": [],
  "definition.ts": [],
  maths: ["units.ts", "assert.ts"],
  hashing: [...BASE, "maths"],
  engine: ["units.ts", "assert.ts"],
  random: [...BASE, "maths"],
  balancing: [...BASE, "hashing", "type random"],
  // Placement without a simulation; the nodes that a change takes by chance come from named
  // streams.
  laboratory: [...BASE, "maths", "hashing", "random", "statistics"],
  // The hash of keys is part of what a request is; profiles of a day and numbers of a log need
  // maths.
  world: [...BASE, "engine", "random", "maths", "hashing/mix32.ts", "hashing/text.ts"],
  statistics: [...BASE, "maths", "random"],
  // The reader knows all registries, so that checks and help follow from them; metrics are one of
  // them.
  scenario: [...BASE, "maths", "hashing", "balancing", "random", "world", "statistics"],
  simulator: [...BASE, "maths", "hashing", "engine", "random", "balancing", "world", "statistics"],
  experiment: [
    ...BASE,
    "maths",
    "random",
    "simulator",
    "statistics",
    "scenario",
    "balancing",
    "world",
  ],
  report: [
    ...BASE,
    "version.ts",
    "statistics",
    "scenario",
    "type experiment",
    "type simulator",
    "laboratory",
  ],
};
/** The contract that everybody shares: the types of a resolved scenario. */
const SHARED_TYPES = "scenario/scenario.ts";

function isAllowed({ from, what, typeOnly }: Import): boolean {
  const own = folderOf(from);
  const folder = folderOf(what);
  if (folder === own) return true;
  if (own === "cli") return folder !== "web";
  if (own === "web") return folder !== "cli";
  if (typeOnly && what === SHARED_TYPES && MAY_IMPORT[own].length > 0) return true;
  const allowed = MAY_IMPORT[own];
  return (
    allowed.includes(folder) ||
    allowed.includes(what) ||
    (typeOnly && allowed.includes(`type ${folder}`))
  );
}

describe("borders", () => {
  it("are known for every folder of src/", () => {
    const known = new Set([...Object.keys(MAY_IMPORT), "cli", "web"]);
    expect([...new Set(sources.map(folderOf))].filter((folder) => !known.has(folder))).toEqual([]);
  });

  it("are kept by every import inside src/", () => {
    const broken = imports.filter((each) => !each.isPackage && !isAllowed(each));
    expect(
      broken.map(({ from, what, typeOnly }) => `${from} → ${what}${typeOnly ? " (types)" : ""}`),
    ).toEqual([]);
  });

  it("let strategies see nothing of the world, the engine or the simulator", () => {
    const seen = imports
      .filter(({ from, isPackage }) => from.startsWith("src/balancing/strategies") && !isPackage)
      .map(({ what }) => folderOf(what));
    expect(
      [...new Set(seen)].filter((folder) =>
        /^(world|engine|simulator|scenario|statistics)$/.test(folder),
      ),
    ).toEqual([]);
  });

  it("name every import by its file, with its ending", () => {
    const bare = imports.filter(
      ({ what, isPackage }) => !isPackage && !/\.(?:tsx?|json|css|yaml)(?:\?[a-z&]+)?$/.test(what),
    );
    expect(bare).toEqual([]);
  });

  // Package → where it may be imported; a file or the beginning of a path.
  const PACKAGES: Readonly<Record<string, readonly string[]>> = {
    seedrandom: ["src/random/streams.ts"],
    "simple-statistics": ["src/statistics/"],
    yaml: ["src/scenario/"],
    zod: ["src/scenario/"],
    commander: ["src/cli/"],
    "cli-table3": ["src/cli/"],
    "cli-progress": ["src/cli/"],
    "@noble/hashes/legacy.js": ["src/hashing/functions/digests.ts"],
    "@noble/hashes/sha2.js": ["src/hashing/functions/digests.ts"],
    // What the pages use stays with the pages.
    preact: ["src/web/"],
    "preact/hooks": ["src/web/"],
    uplot: ["src/web/"],
    "uplot/dist/uPlot.min.css": ["src/web/"],
    "d3-geo": ["src/web/"],
    "topojson-client": ["src/web/"],
    "topojson-specification": ["src/web/"],
    "world-atlas/land-110m.json": ["src/web/"],
    codemirror: ["src/web/"],
    "@codemirror/autocomplete": ["src/web/"],
    "@codemirror/commands": ["src/web/"],
    "@codemirror/lang-yaml": ["src/web/"],
    "@codemirror/language": ["src/web/"],
    "@codemirror/lint": ["src/web/"],
    "@codemirror/state": ["src/web/"],
    "@codemirror/view": ["src/web/"],
    "@lezer/highlight": ["src/web/"],
  };

  it("keep each package in its place", () => {
    const astray = imports
      .filter(({ isPackage, what }) => isPackage && !what.startsWith("node:"))
      .filter(({ from, what }) => !(PACKAGES[what] ?? []).some((start) => from.startsWith(start)))
      .map(({ from, what }) => `${from} → ${what}`);
    expect(astray).toEqual([]);
    const seeded = imports.filter(({ what }) => what === "seedrandom");
    expect(new Set(seeded.map(({ from }) => from)).size).toBe(1);
  });

  it("keep Node out of everything but the command line and the Node half of experiments", () => {
    const astray = imports
      .filter(
        ({ what, from }) =>
          what.startsWith("node:") && !/^src\/(cli|experiment\/node)\//.test(from),
      )
      .map(({ from, what }) => `${from} → ${what}`);
    expect(astray).toEqual([]);
  });
});

describe("below the command line", () => {
  const below = sources.filter((path) => !/^src\/(cli|web|experiment\/node)\//.test(path));
  const found = (pattern: RegExp): string[] =>
    below.flatMap((path) =>
      codeOf
        .get(path)!
        .split("\n")
        .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );

  it("chance comes from named streams, and nobody reads a clock", () => {
    expect(
      found(/Math\.random|Date\.now|performance\.now|new Date\(\s*\)|process\.hrtime/),
    ).toEqual([]);
  });

  it("functions that differ in the last bit between engines are our own", () => {
    const banned =
      "log|exp|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|hypot|cbrt|expm1|log1p|log2|log10";
    expect(found(new RegExp(`Math\\.(?:${banned})\\b`))).toEqual([]);
    // ** of two literals is exact where it matters (2 ** 31); of a variable it is pow.
    const powers = found(/\*\*/).filter((line) => {
      const uses = line.match(/\S+\s*\*\*=?\s*\S+/g) ?? [];
      return !uses.every((use) => /(?:^|[^\w.])\d[\d_]*\s*\*\*\s*\d+\b/.test(use));
    });
    expect(powers).toEqual([]);
  });

  it("no number is written in the manner of some country", () => {
    expect(found(/toLocale\w*\(|Intl\./)).toEqual([]);
  });
});

describe("fields", () => {
  it("that hold durations begin as doubles, NaN where a constructor sets 0: see src/README.md", () => {
    const made = sources.filter((path) => /^src\/(engine|world|simulator|statistics)\//.test(path));
    const whole = /^ +(?:private |protected |readonly )*\w+Ms = \d/;
    const begun = made.flatMap((path) =>
      codeOf
        .get(path)!
        .split("\n")
        .filter((line) => whole.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(begun).toEqual([]);
  });
});

describe("files", () => {
  it("stay within 320 lines, blank ones and comments apart", () => {
    const long = sources
      .map((path) => ({
        path,
        lines: codeOf
          .get(path)!
          .split("\n")
          .filter((line) => line.trim() !== "").length,
      }))
      .filter(({ lines }) => lines > 320);
    expect(long).toEqual([]);
  });

  it("escape no check of the compiler's", () => {
    const escapes = filesBeneath("src")
      .concat(filesBeneath("test"))
      .filter((path) => /\.tsx?$/.test(path) && path !== "test/house.test.ts")
      .filter((path) => /@ts-(?:ignore|nocheck|expect-error)/.test(read(path)));
    expect(escapes).toEqual([]);
  });

  it("skip no test and single none out", () => {
    const marked = filesBeneath("test")
      .filter((path) => path.endsWith(".test.ts"))
      .filter((path) =>
        /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b/.test(withoutComments(read(path))),
      );
    expect(marked).toEqual([]);
  });
});

describe("documents", () => {
  const documents = ["README.md", "src/README.md", "CHANGELOG.md"].filter((path) =>
    existsSync(join(ROOT, path)),
  );

  // What README's walk-through has its reader write, and what src/README.md says is not there.
  const ABSENT = ["src/balancing/strategies/best-of-next.ts", "balancing/route.ts"];

  it("name files that exist", () => {
    const everything = new Set(filesBeneath("."));
    const names = new Set(Array.from(everything, (path) => basename(path)));
    const missing = documents.flatMap((document) => {
      const text = read(document);
      const links = Array.from(
        text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g),
        ([, path]) => path,
      );
      const paths = Array.from(
        text.matchAll(
          /(?<![\w/.-])(?:src|test|scenarios|scripts|world|simulator|engine|balancing|statistics|report|cli|hashing|laboratory|random|maths|experiment|scenario)\/[\w./-]*\w\.\w+/g,
        ),
        ([path]) => path,
      );
      const files = Array.from(text.matchAll(/`([\w-]+\.ts)`/g), ([, name]) => name);
      const here = (path: string): boolean =>
        [path, join(dirname(document), path), join("src", path)].some((each) =>
          existsSync(join(ROOT, each)),
        );
      return [
        ...[...links, ...paths].filter((path) => !here(path) && !ABSENT.includes(path)),
        ...files.filter((name) => !names.has(name)),
      ].map((name) => `${document}: ${name}`);
    });
    expect(missing).toEqual([]);
  });

  it("and all other text say nothing of the machine on which they were written", () => {
    // Put together here, so that this file does not contain them.
    const places = ["work", "tmp", "root", "home"].map((name) => `/${name}/`);
    const textual =
      /\.(?:ts|mjs|js|json|md|yaml|yml|csv|txt|html|css)$|(?:^|\/)(?:run|LICENSE|\.[a-z]+rc)$/;
    const telling = filesBeneath(".")
      .filter((path) => textual.test(path))
      .filter((path) => {
        const text = read(path);
        return places.some((place) => new RegExp(`(?<![\\w.:/-])${place}`).test(text));
      });
    expect(telling).toEqual([]);
  });
});
