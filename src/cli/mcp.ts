import { createInterface } from 'node:readline';
import type { SourceTree } from '../base/tree.ts';
import { type AgentTool, explainRule, reviewTool, ruleTool, scenarioTool } from '../review/agent-tools.ts';
import { noKernelTree } from '../review/errors.ts';
import { exportReport } from '../review/export/exports.ts';
import { review } from '../review/review.ts';
import { runScenario } from '../review/run-scenario.ts';
import { findingLine, observeLines } from '../review/text.ts';
import type { ModelFiles } from '../review/world.ts';
import { treeOption } from './files.ts';
import { REVIEW_SEQUENCES } from './review.ts';
import { parse } from './usage.ts';

/** Revisions of the Model Context Protocol that we speak; messages of ours are the same in all of them. */
const versions = ['2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** Characters of one message. A patch of the size that we read fits. */
const longestLine = 1 << 29;

type Id = string | number;
interface Request {
  readonly id?: Id | null;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** Writes a message, or puts it into the answer to a batch. */
type Write = (message: object) => void;
interface Signal {
  aborted: boolean;
}
interface Tool {
  readonly about: AgentTool;
  run(
    args: ReadonlyMap<string, string>,
    signal: Signal,
    progress: (done: number, total: number) => void,
  ): Promise<string>;
}

/** Errors of JSON-RPC 2.0, section 5.1. */
const parseError = -32700;
const invalidRequest = -32600;
const methodNotFound = -32601;
const invalidParams = -32602;

/**
 * A server of the Model Context Protocol on standard input and output, one JSON message a line. Its tools see the tree that
 * was named when it was started, and no other file; they write nothing.
 */
export async function mcpCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values } = parse({
    args: [...args],
    options: { tree: { type: 'string' }, machine: { type: 'string' }, config: { type: 'string' } },
  });
  const tree = treeOption(values.tree, { file: values.config, machine: values.machine });
  if (!tree) throw noKernelTree();
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  await serveMcp(lines, (line) => process.stdout.write(`${line}\n`), { tree, model, machine: values.machine });
  return 0;
}

/** Answers messages until there are no more; settles when the last call has been answered. */
export async function serveMcp(
  lines: AsyncIterable<string>,
  post: (line: string) => void,
  world: { readonly tree: SourceTree; readonly model: ModelFiles; readonly machine?: string | undefined },
): Promise<void> {
  const tools = toolsOn(world.tree, world.model, world.machine);
  const running = new Map<Id, Signal>();
  const write: Write = (message) => post(JSON.stringify({ jsonrpc: '2.0', ...message }));
  // Calls take turns: two at a time would each take twice as long.
  let last: Promise<void> = Promise.resolve();
  /** Answers a request; the answer to a call comes later. */
  const take = (value: unknown, reply: Write): Promise<void> | undefined => {
    const request = asRequest(value);
    if (!request) reply(failure(invalidRequest, 'this is no request of JSON-RPC 2.0'));
    else if (request.id === undefined || request.id === null) notified(request, running);
    else if (request.method === 'tools/call') {
      const { id } = request;
      const signal = { aborted: false };
      running.set(id, signal);
      last = last.then(() => call(id, request.params, tools, signal, reply, write)).finally(() => running.delete(id));
      return last;
    } else answer(request.id, request, tools, reply);
    return undefined;
  };
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const message = line.length > longestLine ? undefined : readJson(line);
    if (message === undefined) write(failure(parseError, 'the line is no JSON message'));
    else if (!Array.isArray(message.value) || message.value.length === 0) take(message.value, write);
    else {
      // A batch (section 6): the answers to its requests are one message.
      const answers: object[] = [];
      const calls = message.value.map((one) => take(one, (reply) => answers.push({ jsonrpc: '2.0', ...reply })));
      const whole = Promise.all(calls).then(() => {
        if (answers.length > 0) post(JSON.stringify(answers));
      });
      last = Promise.all([last, whole]).then(() => undefined);
    }
  }
  await last;
}

const failure = (code: number, message: string) => ({ id: null, error: { code, message } });

function readJson(line: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) };
  } catch {
    return undefined;
  }
}

function asRequest(value: unknown): Request | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { id, method, params } = value as Record<string, unknown>;
  if (typeof method !== 'string') return undefined;
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return undefined;
  const named = typeof params === 'object' && params !== null && !Array.isArray(params) ? params : {};
  return { method, params: named as Record<string, unknown>, ...(id === undefined ? {} : { id: id as Id | null }) };
}

function notified({ method, params }: Request, running: ReadonlyMap<Id, Signal>): void {
  if (method !== 'notifications/cancelled') return;
  const signal = running.get(params.requestId as Id);
  if (signal) signal.aborted = true;
}

function answer(id: Id, { method, params }: Request, tools: readonly Tool[], write: Write): void {
  switch (method) {
    case 'initialize': {
      const asked = versions.find((version) => version === params.protocolVersion);
      const result = {
        protocolVersion: asked ?? versions[0],
        capabilities: { tools: { listChanged: false } },
        serverInfo: { name: 'iomem-review', version: process.env.IOMEM_REVIEW_VERSION ?? 'development' },
        instructions: 'Reviews Linux kernel patches to the physical address space by executing them before and after.',
      };
      write({ id, result });
      return;
    }
    case 'ping':
      write({ id, result: {} });
      return;
    case 'tools/list':
      write({
        id,
        result: {
          tools: tools.map(({ about }) => ({ ...about, annotations: { readOnlyHint: true, openWorldHint: false } })),
        },
      });
      return;
    default:
      write({ id, error: { code: methodNotFound, message: `there is no method ${method}` } });
  }
}

async function call(
  id: Id,
  params: Readonly<Record<string, unknown>>,
  tools: readonly Tool[],
  signal: Signal,
  write: Write,
  tell: Write,
): Promise<void> {
  const tool = tools.find(({ about }) => about.name === params.name);
  const args = new Map<string, string>();
  const given = typeof params.arguments === 'object' && params.arguments !== null ? params.arguments : {};
  for (const [key, value] of Object.entries(given)) {
    const known = tool && Object.hasOwn(tool.about.inputSchema.properties, key);
    if (typeof value !== 'string' || !known) {
      write({ id, error: { code: invalidParams, message: `the argument ${key} is not known, or no string` } });
      return;
    }
    args.set(key, value);
  }
  const missing = tool?.about.inputSchema.required.find((key) => !args.has(key));
  if (!tool || missing !== undefined) {
    const message = tool ? `the argument ${missing} is missing` : `there is no tool ${String(params.name)}`;
    write({ id, error: { code: invalidParams, message } });
    return;
  }
  const meta = params._meta as { readonly progressToken?: unknown } | undefined;
  const token = meta?.progressToken;
  const progress = (done: number, total: number) => {
    if (typeof token === 'string' || typeof token === 'number')
      tell({ method: 'notifications/progress', params: { progressToken: token, progress: done, total } });
  };
  try {
    const text = await tool.run(args, signal, progress);
    if (!signal.aborted) write({ id, result: { content: [{ type: 'text', text }], isError: false } });
  } catch (error) {
    // An answer to what was taken back would be an answer to nothing.
    if (signal.aborted) return;
    const text = error instanceof Error ? error.message : String(error);
    write({ id, result: { content: [{ type: 'text', text }], isError: true } });
  }
}

function toolsOn(tree: SourceTree, model: ModelFiles, machine: string | undefined): readonly Tool[] {
  const on = machine === undefined ? {} : { machine };
  return [
    {
      about: reviewTool,
      run: async (args, signal, progress) => {
        const format = (['text', 'json', 'markdown'] as const).find((one) => one === args.get('format')) ?? 'text';
        const { report } = await review({
          patchText: args.get('patch') ?? '',
          patchName: 'patch',
          tree,
          model,
          signal,
          progress,
          // So that a cancellation is read while it runs.
          pause: () => new Promise((resolve) => setImmediate(resolve)),
          toolVersion: process.env.IOMEM_REVIEW_VERSION ?? 'development',
          search: { when: 'silent', sequences: REVIEW_SEQUENCES },
          ...on,
        });
        return exportReport(format, report, []);
      },
    },
    { about: ruleTool, run: async (args) => explainRule(args.get('rule')) },
    {
      about: scenarioTool,
      run: async (args) => {
        const patch = args.get('patch');
        const schedule = args.get('schedule');
        const results = await runScenario({
          scenarioName: 'scenario.c',
          scenarioText: args.get('scenario') ?? '',
          tree,
          model,
          ...(patch === undefined ? {} : { patch: { text: patch, name: 'patch' } }),
          ...(schedule === undefined ? {} : { schedule }),
          ...on,
        });
        return results
          .flatMap(({ machine: name, outcome, findings }) => [
            `scenario on ${name}`,
            ...observeLines(outcome),
            ...findings.map(findingLine),
            `end: ${outcome.end}, ${outcome.statements} statements`,
          ])
          .join('\n');
      },
    },
  ];
}
