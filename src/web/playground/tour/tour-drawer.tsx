/** The tour on the page: it opens its lessons, touches what runs, and watches the lanes' figures. */
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";
import { Tour } from "./tour.tsx";
import type { TourOpen } from "./tour.tsx";

export function TourDrawer({ conductor }: { readonly conductor: Conductor }) {
  const live = useStore(conductor.live, ({ frame }) => frame);
  const open = async ({ speed, ...source }: TourOpen): Promise<void> => {
    conductor.setSpeed(speed);
    if (await conductor.open(source)) await conductor.play(true);
  };
  return (
    <Tour
      onOpen={(lesson) => void open(lesson)}
      onTouch={(touch, lane) => void conductor.touch(touch, lane)}
      onLeave={() => conductor.page.set({ drawer: "none" })}
      frame={
        live && {
          nowMs: live.nowMs,
          figure: (lane, name) => conductor.histories[lane]?.last(name) ?? NaN,
        }
      }
    />
  );
}
