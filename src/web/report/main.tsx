/** The report's page: reads the model that stands in it and shows it. Nothing is fetched. */
import { render } from "preact";
import { PAGE_FORMAT } from "../../report/page/page-model.ts";
import type { PageModel } from "../../report/page/page-model.ts";
import { startTheme } from "../shared/theme.ts";
import { Page } from "./page.tsx";
import "../shared/theme.css";
import "./report.css";

/** The model is written by `lbsim report` of the same version: its format is all that is asked. */
function isModel(value: unknown): value is PageModel {
  return (
    typeof value === "object" && value !== null && "format" in value && value.format === PAGE_FORMAT
  );
}

function modelIn(text: string): PageModel | null {
  try {
    const value: unknown = JSON.parse(text);
    return isModel(value) ? value : null;
  } catch {
    return null;
  }
}

startTheme();
const model = modelIn(document.getElementById("model")?.textContent ?? "");
const place = document.getElementById("page")!;
if (model === null) {
  const what = "This page holds no report, or a damaged one. Make it anew: lbsim report DIR";
  render(<p class="empty">{what}</p>, place);
} else {
  document.title = `${model.name} · lbsim report`;
  render(<Page model={model} />, place);
}
