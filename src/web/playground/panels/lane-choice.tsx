import type { Page } from "../page.ts";

/** Whether a touch is for all lanes or for the selected one alone. */
export function LaneChoice(props: {
  page: Page;
  lane: number;
  alone: boolean;
  setAlone: (alone: boolean) => void;
}) {
  const { page, lane, alone, setAlone } = props;
  const { opened } = page;
  if (opened === null || opened.lanes.length < 2) return null;
  return (
    <label>
      <input
        type="checkbox"
        checked={alone}
        onChange={({ currentTarget }) => setAlone(currentTarget.checked)}
      />
      in {opened.lanes[lane].label} alone
    </label>
  );
}
