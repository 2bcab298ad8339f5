/** Which rule of a layer-7 balancer a class of requests follows. */
import type { RequestClass, RouteSpec } from "../scenario/scenario.ts";

/** The first that fits; a balancer's last one fits all. */
export const routeOf = (routes: readonly RouteSpec[], one: RequestClass): RouteSpec | undefined =>
  routes.find((route) => follows(one, route));

/** Whether a class of requests meets a rule's conditions; one without any takes all. */
function follows(one: RequestClass, { when }: RouteSpec): boolean {
  const host = one.host ?? "";
  const path = one.path ?? "/";
  const has = (
    wanted: Readonly<Record<string, string>> | undefined,
    given: Readonly<Record<string, string>> | undefined,
  ): boolean =>
    Object.entries(wanted ?? {}).every(
      ([name, value]) => given !== undefined && given[name] === value,
    );
  return (
    (when.class === undefined || when.class === one.name) &&
    (when.host === undefined || matchesHost(when.host, host)) &&
    (when.path === undefined || path.startsWith(when.path)) &&
    has(when.headers, one.headers) &&
    has(when.cookies, one.cookies)
  );
}

/** `*.example` stands for all names beneath it. */
const matchesHost = (pattern: string, host: string): boolean =>
  pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern;
