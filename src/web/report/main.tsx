import { render } from "preact";

render(<h1>Report</h1>, document.getElementById("page")!);
