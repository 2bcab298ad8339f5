import { render } from "preact";
import "../shared/theme.css";
import { startTheme } from "../shared/theme.ts";
import { App } from "./app.tsx";
import { asksForMore, openFirst, openLink } from "./boot.ts";
import { Conductor } from "./conductor.ts";
import EngineWorker from "./engine.worker.ts?worker&inline";
import "./style.css";
import { isTour } from "./tour/progress.ts";

startTheme();
const conductor = new Conductor(new EngineWorker());
render(<App conductor={conductor} />, document.getElementById("page")!);
void openFirst(conductor);
window.addEventListener("hashchange", () => {
  if (isTour(location.hash)) conductor.page.set({ drawer: "tour" });
  else if (asksForMore(location.hash)) void openLink(conductor);
});
