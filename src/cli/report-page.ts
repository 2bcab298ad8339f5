/** The report of a result: its model laid into the page that was built with this version. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ComparisonManifest, RunManifest } from "../report/manifest.ts";
import type { PageModel } from "../report/page/page-model.ts";
import { comparisonPage, pageText, pageVariant, runPage } from "../report/page/page.ts";
import type { PageVariant } from "../report/page/page.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { placementHistories } from "../simulator/placement-history.ts";
import type { Executed } from "./execute.ts";
import { InputError } from "./io.ts";
import type { Io } from "./io.ts";
import { comparisonReportOf, runReportOf } from "./result-files.ts";
import type { ComparisonFigures, RunFigures } from "./result-files.ts";
import { codeOf, systemReason } from "./result-folder.ts";

/** In a result folder. */
export const REPORT_FILE = "report.html";

/** The built page without a model. Throws `InputError` where it is not built. */
export function reportTemplate({ pages }: Io): string {
  try {
    return readFileSync(join(pages, "report", "index.html"), "utf8");
  } catch (error) {
    const why = codeOf(error) === "ENOENT" ? "is not built" : systemReason(error);
    throw new InputError(`the report's page: ${why}; npm run build makes it`);
  }
}

/** For `run` and `compare`: null where no report is asked for. Asked before the first run. */
export function templateFor(
  { report, write }: { readonly report?: boolean; readonly write: boolean },
  io: Io,
): string | null {
  if (report !== true) return null;
  if (!write) {
    throw new InputError(
      `--report writes ${REPORT_FILE} into the result folder, leave out --no-write`,
    );
  }
  return reportTemplate(io);
}

/** Pictures of placement: so many pools, changes and owners, so that the page stays small. */
const LIMITS = { balancers: 4, states: 7, owners: 2_048 };

/** `variants`: how many share the page. */
export function variantOf(
  label: string,
  scenario: Scenario,
  { record }: Executed,
  { settings }: RunFigures,
  variants = 1,
): PageVariant {
  const placements = placementHistories(scenario, record, LIMITS);
  return pageVariant({ label, scenario, record, settings, placements }, variants);
}

export function runPageOf(
  manifest: RunManifest,
  figures: RunFigures,
  variant: PageVariant,
): PageModel {
  const { summary, expectations } = figures;
  return runPage({ report: runReportOf(manifest, figures), summary, expectations, variant });
}

export function comparisonPageOf(
  manifest: ComparisonManifest,
  { result, runs }: Pick<ComparisonFigures, "result" | "runs">,
  variants: readonly PageVariant[],
): PageModel {
  const report = comparisonReportOf(manifest, result);
  return comparisonPage({ report, result, runs, version: manifest.lbsim, variants });
}

/** The page's text. Throws `InputError` where the page was built by another version. */
export function pageIn(template: string, model: PageModel): string {
  const text = pageText(template, model);
  if (text === null) {
    throw new InputError("the report's page is of another version, npm run build makes it anew");
  }
  return text;
}
