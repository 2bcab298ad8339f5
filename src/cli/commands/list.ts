/** `lbsim list [WHAT]`: what a scenario may name, straight from the registries. */
import { hashFunctions } from "../../hashing/functions/registry.ts";
import { displayWidth, wrapped } from "../../report/display-width.ts";
import { jsonText } from "../../report/json.ts";
import { registries } from "../../scenario/registries.ts";
import { settings } from "../../scenario/describe-setting.ts";
import { nearestName } from "../../scenario/suggest.ts";
import { metrics } from "../../statistics/metrics/registry.ts";
import { events } from "../../world/events.ts";
import { coordinatesOf, measuredPlaces } from "../../world/places.ts";
import type { JsonOption } from "../cli.ts";
import { colourful, ExitCode, InputError, widthOf } from "../io.ts";
import type { Io } from "../io.ts";
import { styleFor } from "../style.ts";

interface Entry {
  readonly name: string;
  readonly summary: string;
}
interface Listing {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const degrees = (value: number, positive: string, negative: string): string =>
  `${Math.abs(value).toFixed(2)}° ${value < 0 ? negative : positive}`;

function placeEntry(name: string): Entry & { latitude: number | null; longitude: number | null } {
  const at = coordinatesOf(name);
  const { latitude, longitude } = at ?? { latitude: null, longitude: null };
  const summary =
    at === null
      ? ""
      : `${degrees(at.latitude, "N", "S")}, ${degrees(at.longitude, "E", "W")}; round trips measured`;
  return { name, summary, latitude, longitude };
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  strategies: { title: "Strategies of balancers", entries: registries.strategies },
  placements: { title: "Placement structures, for hash", entries: registries.placements },
  hashes: {
    title: "Hash functions of keys, for hash",
    entries: hashFunctions.map(({ name, summary, follows, bits }) => {
      return { name, summary, follows, bits };
    }),
  },
  "front-doors": {
    title: "Front doors of a root without a place",
    entries: registries["front-doors"],
  },
  persistences: { title: "Session persistence of balancers", entries: registries.persistences },
  distributions: {
    title: "Distributions of demands, penalties and sizes",
    entries: registries.distributions,
  },
  popularities: { title: "Popularities of objects", entries: registries.popularities },
  arrivals: { title: "Arrivals of requests", entries: registries.arrivals },
  caches: { title: "Caches of machines", entries: registries.caches },
  events: {
    title: "Events in a run",
    entries: events.map((event) => ({ ...event, summary: `${event.summary}; ${event.example}` })),
  },
  metrics: { title: "Metrics, for expect and in results", entries: metrics },
  settings: {
    title: "Settings of a scenario, and of what; see lbsim explain NAME",
    entries: settings.map(({ name, of, field }) => ({ name, summary: `${of}: ${field.doc}`, of })),
  },
  places: { title: "Places with measured round trips", entries: measuredPlaces.map(placeEntry) },
};

export async function list(
  what: string | undefined,
  { json }: JsonOption,
  io: Io,
): Promise<ExitCode> {
  const names = what === undefined ? Object.keys(LISTINGS) : [nameOf(what)];
  if (json) {
    const listed = Object.fromEntries(names.map((name) => [name, LISTINGS[name].entries]));
    io.out.write(jsonText({ format: 1, kind: "list", ...listed }));
  } else {
    const texts = names.map((name) => textOf(name, LISTINGS[name], io));
    io.out.write(texts.join("\n"));
  }
  return ExitCode.Done;
}

function nameOf(what: string): string {
  if (Object.hasOwn(LISTINGS, what)) return what;
  const names = Object.keys(LISTINGS);
  const near = nearestName(what, names);
  const hint = near === null ? names.join(", ") : `did you mean ${near}?`;
  throw new InputError(`cannot list "${what}": ${hint}`);
}

function textOf(name: string, { title, entries }: Listing, io: Io): string {
  const style = styleFor(colourful(io.out, io.env));
  const width = widthOf(io.out);
  const indent = Math.max(...entries.map((entry) => displayWidth(entry.name))) + 4;
  const lines = entries.flatMap((entry) => {
    const [first = "", ...more] = wrapped(entry.summary, Math.max(20, width - indent));
    const head = `  ${entry.name}${" ".repeat(indent - 2 - displayWidth(entry.name))}`;
    return [`${head}${first}`.trimEnd(), ...more.map((line) => `${" ".repeat(indent)}${line}`)];
  });
  return [style.bold(`${name}: ${title}`), ...lines].map((line) => `${line}\n`).join("");
}
