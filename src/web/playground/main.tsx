import { render } from "preact";
import EngineWorker from "./engine.worker.ts?worker&inline";

const worker = new EngineWorker();
worker.addEventListener("message", ({ data }) => {
  render(<h1>Playground: {String(data)}</h1>, document.getElementById("page")!);
});
worker.postMessage(1);
