/** The page: head, stage, time, figures, and at its sides what is open beside them. */
import type { Conductor } from "./conductor.ts";
import { Head } from "./controls/head.tsx";
import { Notices } from "./controls/notices.tsx";
import { Transport } from "./controls/transport.tsx";
import { DrawerOf } from "./drawer.tsx";
import { About } from "./panels/about.tsx";
import { Figures } from "./panels/figures.tsx";
import { Follow } from "./panels/follow.tsx";
import { Happened } from "./panels/happened.tsx";
import { Inspector } from "./panels/inspector.tsx";
import { Save } from "./panels/save.tsx";
import { Legend } from "./stage/legend.tsx";
import { Stage } from "./stage/stage.tsx";
import { useStore } from "./state.ts";

export function App({ conductor }: { conductor: Conductor }) {
  const drawer = useStore(conductor.page, (page) => page.drawer);
  return (
    <div class={drawer === "none" ? "page" : "page with-drawer"}>
      <Head conductor={conductor} />
      {drawer === "none" ? null : <DrawerOf conductor={conductor} drawer={drawer} />}
      <main class="main">
        <Notices conductor={conductor} />
        <Stage conductor={conductor} />
        <Legend conductor={conductor} />
        <Transport conductor={conductor} />
        <Figures conductor={conductor} />
      </main>
      <aside class="side" aria-label="Selection" tabIndex={0}>
        <Inspector conductor={conductor} />
        <Follow conductor={conductor} />
        <Happened conductor={conductor} />
        <Save conductor={conductor} />
        <About conductor={conductor} />
      </aside>
    </div>
  );
}
