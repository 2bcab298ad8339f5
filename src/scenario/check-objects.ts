/** Whether users and objects can be numbered: ids are 32-bit, and those of all classes follow on. */
import type { TreePositions } from "./read-balancers.ts";
import type { ClientsRead } from "./read-clients.ts";
import type { ClassesRead } from "./read-requests.ts";
import type { Reading } from "./reading.ts";
import type { RequestClass } from "./scenario.ts";
import { formatNumber } from "./words.ts";

const MOST_IDS = 2 ** 31 - 1;

export function checkObjects(
  { regions, at }: ClientsRead,
  { classes, objectsAt }: ClassesRead,
  { problems }: Reading,
): void {
  const most = `${formatNumber(MOST_IDS)} are the most`;
  let users = 0;
  for (const [i, region] of regions.entries()) {
    users += region.users;
    if (users <= MOST_IDS) continue;
    problems.error(at[i], `there are ${formatNumber(users)} users up to here`, most);
    return;
  }
  let objects = 0;
  for (const [i, { name, objects: of }] of classes.entries()) {
    const own = of.perUser === null ? of.count : users * of.perUser;
    objects += own;
    if (objects <= MOST_IDS) continue;
    const what =
      of.perUser === null
        ? `${formatNumber(own)} objects`
        : `${formatNumber(users)} users × ${formatNumber(of.perUser)} are ${formatNumber(own)} objects`;
    const others =
      objects === own ? "" : `, with those of the classes before ${name} ${formatNumber(objects)}`;
    problems.error(objectsAt[i], what + others, most);
    return;
  }
}

/** Who is to be kept must be somebody: requests without affinity are nobody's. */
export function checkUsers(
  classes: readonly RequestClass[],
  { keeping }: TreePositions,
  { problems }: Reading,
): void {
  if (classes.some(({ affinity }) => affinity !== "none")) return;
  const would = "leave persistence out, or write affinity: user";
  for (const at of keeping) {
    problems.error(
      at,
      "users are to be kept, but with affinity none requests have no users",
      would,
    );
  }
}
