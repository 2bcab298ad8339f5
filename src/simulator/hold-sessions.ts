/** A run's sessions, where its scenario has them: their sizes, and who counts them. */
import type { EventQueue } from "../engine/event-queue.ts";
import { createSampler } from "../random/registry.ts";
import type { RandomStreams } from "../random/streams.ts";
import type { Inputs, Scenario, SessionSpec } from "../scenario/scenario.ts";
import type { Recorder } from "../statistics/recorder.ts";
import type { Machines } from "../world/machines.ts";
import type { Network } from "../world/network.ts";
import { Sessions } from "../world/sessions.ts";
import type { Topology } from "../world/topology.ts";
import type { BalancerAtWork } from "./parts.ts";

/** The session that a user has; undefined where no class needs one. */
export const sessionOf = ({ classes }: Scenario): SessionSpec | undefined =>
  classes.find(({ session }) => session !== undefined)?.session;

interface Surroundings {
  readonly machines: Machines;
  readonly topology: Topology;
  readonly network: Network;
  readonly queue: EventQueue;
  readonly recorder: Recorder;
  /** By node id. */
  readonly balancers: readonly (BalancerAtWork | undefined)[];
}

/**
 * null where no class needs a session.
 * @param users by region
 */
export function holdSessions(
  scenario: Scenario,
  { numbers }: Inputs,
  users: readonly number[],
  random: RandomStreams,
  { machines, topology, network, queue, recorder, balancers }: Surroundings,
): Sessions | null {
  const spec = sessionOf(scenario);
  if (spec === undefined) return null;
  const { saveMs, openMs, bandwidth } = spec;
  const size = createSampler(spec.state, random.named("sessions"), numbers);
  const bytes = new Float64Array(users.reduce((sum, n) => sum + n, 0));
  for (let user = 0; user < bytes.length; user++) {
    bytes[user] = Math.max(0, Math.round(size.next()));
  }
  const stateful = scenario.classes.map(({ session }) => session !== undefined);
  const sessions = new Sessions(
    { stateful, bytes, saveMs, openMs, bandwidth },
    machines.all,
    ({ node }) => topology.nodes[node].place,
    network,
    queue,
    {
      opened(request) {
        recorder.session("opened", request.source!.region, request);
      },
      moved(request, carried) {
        recorder.session("moved", request.source!.region, request, carried);
      },
      lost(user, group, machine) {
        const { last } = balancers[topology.nodes[machine.node].parent]!;
        recorder.session("lost", regionOf(user, users), { group, last });
      },
    },
  );
  machines.holdSessions(sessions);
  return sessions;
}

/** Users are numbered region after region. */
function regionOf(user: number, users: readonly number[]): number {
  let region = 0;
  for (let first = users[0]; user >= first; first += users[region]) region++;
  return region;
}
