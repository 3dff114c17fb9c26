import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { MachineRule } from '../machine/api.ts';
import { rules } from '../review/rules.ts';

/** Filters of exception breakpoints that are no rule's. */
export const EVERY = 'problem';
export const PARTING = 'difference';

/** What one execution can show, as filters for stops. */
const problems = [
  'recursive-lock',
  'deadlock',
  'lost-wakeup',
  'use-after-free',
  'double-free',
  'invalid-free',
  'out-of-bounds',
  'null-dereference',
  'wild-dereference',
  'uninitialised-read',
  'leak',
  'lock-held-at-exit',
  'unlock-not-held',
  'sleep-in-atomic',
  'warning-raised',
  'bug-reached',
  'tree-invariant',
  'expectation-failed',
  'api-misuse',
  'nontermination',
] as const satisfies readonly MachineRule[];

export const capabilities: P.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsDataBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsRestartRequest: true,
  supportsGotoTargetsRequest: true,
  supportsSteppingGranularity: true,
  supportsExceptionInfoRequest: true,
  supportsReadMemoryRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsTerminateRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsSingleThreadExecutionRequests: true,
  supportsExceptionFilterOptions: false,
  exceptionBreakpointFilters: [
    { filter: EVERY, label: 'Every problem found', default: true },
    {
      filter: PARTING,
      label: 'Before and after part here',
      description: 'The first statement that only one of the two executions comes to',
      default: false,
    },
    ...problems.map((rule) => ({ filter: rule, label: rule, description: rules[rule].title, default: false })),
  ],
};
