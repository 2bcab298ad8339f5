/**
 * Whether users and objects can be numbered: ids are 32-bit, and those of all classes follow on.
 */
import type { TreePositions } from "./read-balancers.ts";
import type { ClientsRead } from "./read-clients.ts";
import type { ClassesRead } from "./read-requests.ts";
import { registries } from "./registries.ts";
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

/**
 * Who is to be kept must be somebody: requests without affinity are nobody's. And whoever is kept
 * by its connection, or by the TLS session that it resumes, must have one.
 */
export function checkUsers(
  classes: readonly RequestClass[],
  { regions }: ClientsRead,
  { keeping }: TreePositions,
  { problems }: Reading,
): void {
  if (classes.every(({ affinity }) => affinity === "none")) {
    const would = "leave persistence out, or write affinity: user";
    for (const { at } of keeping) {
      problems.error(
        at,
        "users are to be kept, but with affinity none requests have no users",
        would,
      );
    }
  }
  for (const { persistence, at } of keeping) {
    const needs = registries.persistences.find(({ name }) => name === persistence.kind)?.needs;
    const lacking = regions.find(({ connections }) =>
      needs?.includes("tls") === true
        ? connections === undefined || connections.tls === "none" || connections.resume === 0
        : needs?.includes("connections") === true && connections === undefined,
    );
    if (lacking === undefined) continue;
    const [what, would] =
      needs?.includes("tls") === true
        ? ["resumes no TLS sessions", "write connections: { tls: 1.3, resume: 80% }"]
        : ["has no connections", "write connections: { idle: 60s }"];
    problems.error(
      at,
      `users are to be kept by ${persistence.kind}, and ${lacking.name} ${what}`,
      would,
    );
  }
}
