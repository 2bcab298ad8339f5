import { render } from "preact";
import "../shared/theme.css";
import { startTheme } from "../shared/theme.ts";
import { App } from "./app.tsx";
import { Conductor } from "./conductor.ts";
import EngineWorker from "./engine.worker.ts?worker&inline";
import { gallery } from "./gallery/scenarios.ts";
import { portOf } from "./port.ts";
import "./style.css";

startTheme();
const conductor = new Conductor(portOf(new EngineWorker()));
render(<App conductor={conductor} />, document.getElementById("page")!);

const first = gallery().find(({ name }) => name === "flagship.yaml") ?? gallery()[0];
conductor.open(first);
