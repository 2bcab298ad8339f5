/** An entry of a registry with its source, traits and settings: `lbsim explain NAME`. */
import { placements } from "../balancing/registry.ts";
import type { Field } from "../definition.ts";
import type { PlacementTraits } from "../hashing/placement.ts";
import { defaultOf, REGISTRY_NAMES, registries, registryNouns } from "./registries.ts";
import type { Registered, RegistryName } from "./registries.ts";
import { nearestName, suggestAmong } from "./suggest.ts";
import { formatSetting } from "./words.ts";

/** Which registries hold an entry of that name; the empty list comes with what was meant. */
export function entriesNamed(
  name: string,
): readonly { readonly from: RegistryName; readonly entry: Registered }[] {
  const found: { from: RegistryName; entry: Registered }[] = [];
  for (const from of REGISTRY_NAMES) {
    const entry = registries[from].find((one) => one.name === name);
    if (entry !== undefined) found.push({ from, entry });
  }
  return found;
}

/**
 * What to say where `explain` finds nothing of that name: a strategy that is near or speaks of it,
 * else whatever else is near.
 * @param others names that are no entries of a registry
 */
export function suggestEntry(name: string, others: readonly string[]): string {
  const meant = suggestAmong(name, registries.strategies);
  if (meant.startsWith("did you mean")) return meant;
  const entries = REGISTRY_NAMES.flatMap((from) => registries[from].map((entry) => entry.name));
  const near = nearestName(name, [...entries, ...others]);
  return near === null ? meant : `did you mean "${near}"?`;
}

/**
 * An entry of a registry: what it does, whom it follows, its settings with their defaults, and how
 * it is written.
 */
export function describeEntry(from: RegistryName, entry: Registered): string[] {
  const lines = [
    `${entry.name} (${registryNouns[from]}): ${entry.summary}`,
    `Follows ${entry.follows}`,
  ];
  if (entry.needs !== undefined && entry.needs.length > 0)
    lines.push(`Reads ${entry.needs.join(", ")}`);
  if (entry.cost !== undefined) {
    const { lookup, change, memory } = entry.cost;
    lines.push(`Costs ${lookup} a lookup, ${change} a change of the pool, ${memory}`);
  }
  const traits = traitsOf(from, entry);
  if (traits !== null) lines.push(...describeTraits(traits));
  for (const [program, words] of Object.entries(entry.config ?? {})) {
    lines.push(`In ${program}: ${words}`);
  }
  const fields = Object.entries(entry.fields);
  if (fields.length > 0) lines.push("Settings");
  for (const [name, field] of fields) {
    const main = name === entry.primary ? `, short { ${entry.name}: … }` : "";
    lines.push(`  ${name}: ${field.doc} (${kindOf(field)}${main})`);
  }
  return lines;
}

export function kindOf(field: Field): string {
  const fallback = "default" in field && field.default !== undefined ? field.default : null;
  const kind =
    field.kind === "choice" ? field.of.join(", ") : field.kind === "numbers" ? "list" : field.kind;
  if (fallback !== null) return `${kind}; default ${formatSetting(fallback, field, "number")}`;
  return field.optional === true ? `${kind}; may be left out` : `${kind}; required`;
}

/** Of a structure that places keys, or the strategy of its name, as it is without settings. */
export function traitsOf(from: RegistryName, { name, fields }: Registered): PlacementTraits | null {
  if (from !== "placements" && from !== "strategies") return null;
  const definition = placements.find((one) => one.name === name);
  if (definition === undefined) return null;
  const settings = Object.entries(fields).map(([field, one]) => {
    return [field, "default" in one && one.default !== undefined ? defaultOf(one) : null] as const;
  });
  return definition.create(Object.fromEntries(settings)).traits;
}

const WHO_LEAVES: Readonly<Record<PlacementTraits["drops"], string>> = {
  any: "any target",
  last: "the last target of the list",
  none: "none, keys move between those that stay too",
};

function describeTraits({ drops, weighted, orderless, remembers }: PlacementTraits): string[] {
  const from = orderless ? "the present targets alone" : "the present targets and their order";
  return [
    `Who may leave, moving its own keys alone: ${WHO_LEAVES[drops]}`,
    weighted ? "Shares follow the targets' weights" : "Weights are ignored",
    remembers === true
      ? "Owners depend on earlier changes too: all who place must have seen the same ones"
      : `Owners depend on ${from}, on no earlier change`,
  ];
}
