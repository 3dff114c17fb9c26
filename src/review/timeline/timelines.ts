import { CodedError } from '../../base/errors.ts';
import { openScenario } from '../open-scenario.ts';
import type { World as WorldName } from '../report.ts';
import { type ScheduleTimeline, scheduleTimeline, type TimelineInput } from './timeline.ts';

/**
 * One schedule in both worlds. A schedule that was found in one of them need not fit the other, where threads may do fewer
 * things: that world is absent then. Throws where it fits neither.
 */
export async function timelinesOf(
  input: Omit<TimelineInput, 'world'>,
): Promise<{ readonly [W in WorldName]?: ScheduleTimeline }> {
  const open = await openScenario(input);
  const machine = open.machines[0]!;
  const found: { [W in WorldName]?: ScheduleTimeline } = {};
  let failure: unknown;
  for (const world of open.hasBefore ? (['before', 'after'] as const) : (['after'] as const)) {
    try {
      found[world] = scheduleTimeline(
        open.executor(world, machine),
        open.lines,
        open.scenario,
        machine,
        input.schedule,
      );
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      failure = error;
    }
  }
  if (!found.before && !found.after) throw failure;
  return found;
}
