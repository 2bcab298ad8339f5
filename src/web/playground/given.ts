/** The scenario that the page was served with: `lbsim play FILE` puts it in as data. */
import { headOf } from "../../scenario/head.ts";
import { lanesOf } from "./gallery/scenarios.ts";
import type { Source } from "./page.ts";

/** null: the page came alone. */
export function givenSource(): Source | null {
  const text = document.getElementById("given")?.textContent ?? "";
  if (text === "") return null;
  const given: unknown = JSON.parse(text);
  if (!isGiven(given)) return null;
  return { ...given, lanes: lanesOf(headOf(given.text).compare[0]) };
}

function isGiven(value: unknown): value is Omit<Source, "lanes"> {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value && "text" in value && "files" in value)) return false;
  const { name, text, files } = value;
  return (
    typeof name === "string" &&
    typeof text === "string" &&
    typeof files === "object" &&
    files !== null &&
    Object.values(files).every((each) => typeof each === "string")
  );
}
