import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskHost } from '../../../src/cli/dap.ts';
import { DebugAdapter } from '../../../src/debug/adapter.ts';
import { readModelFiles } from '../../support/model-files.ts';

/* Whole sessions as they go over the wire, as text: each request, what it was answered, and the events that followed. */

const root = path.resolve(import.meta.dirname, '../../..');
const patchOf = (revision: string): string => {
  const folder = path.join(root, 'test/fixtures/seed-series', revision);
  return path.join(folder, readdirSync(folder).find((name) => name.endsWith('.patch'))!);
};

interface Answer {
  readonly body: never;
  /** The body of the `stopped` event that followed, if one did. */
  readonly stopped: { readonly threadId: number } | undefined;
}

/** A client that writes down what is said. */
class Transcript {
  readonly lines: string[] = [];
  readonly #adapter: DebugAdapter;
  readonly #tree: string;
  #sequence = 1;
  readonly #addresses: string[] = [];
  #said: { readonly type: string; readonly event?: string; readonly body?: unknown }[] = [];

  constructor(tree: string) {
    this.#tree = tree;
    this.#adapter = new DebugAdapter(diskHost(readModelFiles(), (message) => this.#said.push(message as never)));
  }

  note(text: string): void {
    this.lines.push('', `# ${text}`);
  }

  async ask(command: string, args: object = {}): Promise<Answer> {
    this.#said = [];
    this.#adapter.handle({ seq: this.#sequence++, type: 'request', command, arguments: args } as never);
    await this.#adapter.idle();
    this.lines.push(`→ ${command} ${this.#plain(args)}`);
    for (const message of this.#said) {
      const { success = true, message: why } = message as { success?: boolean; message?: string };
      if (message.type === 'event') this.lines.push(`! ${message.event} ${this.#plain(message.body)}`);
      else if (success) this.lines.push(...this.#body(message.body).map((line) => `← ${line}`));
      else this.lines.push(`← failed: ${why}`);
    }
    const body = this.#said.find(({ type }) => type === 'response')?.body as never;
    return { body, stopped: this.#said.find(({ event }) => event === 'stopped')?.body as never };
  }

  /** One line for each thing of a list. */
  #body(body: unknown): readonly string[] {
    if (body === undefined) return ['ok'];
    const entries = Object.entries(body as object);
    const list = entries.find(([, value]) => Array.isArray(value));
    if (!list || entries.length > 2) return [this.#plain(body)];
    return [`${list[0]}:`, ...(list[1] as unknown[]).map((one) => `  ${this.#plain(one)}`)];
  }

  #plain(value: unknown): string {
    return JSON.stringify(value ?? {})
      .replaceAll(this.#tree, 'TREE')
      .replaceAll(root, 'HERE')
      .replace(/0xffff[0-9a-f]{12}(?![0-9a-f])/g, (address) => {
        // Where things lie is the model's affair.
        if (!this.#addresses.includes(address)) this.#addresses.push(address);
        return `ADDRESS${this.#addresses.indexOf(address) + 1}`;
      });
  }

  async stack(
    threadId: number,
  ): Promise<readonly { readonly id: number; readonly name: string; readonly line: number }[]> {
    const { body } = await this.ask('stackTrace', { threadId });
    return (body as { stackFrames: [] }).stackFrames;
  }
  async variables(frameId: number, scope: string): Promise<void> {
    const { body } = await this.ask('scopes', { frameId });
    const { scopes } = body as { scopes: { name: string; variablesReference: number }[] };
    const { variablesReference } = scopes.find((one) => one.name === scope)!;
    await this.ask('variables', { variablesReference });
  }
}

function hold(name: string, { lines }: Transcript): void {
  const file = path.join(import.meta.dirname, `${name}.txt`);
  const text = `${lines.join('\n').trim()}\n`;
  if (process.env.RESET_RESULTS === '1' || !existsSync(file)) writeFileSync(file, text);
  const expected = readFileSync(file, 'utf8');
  if (expected === text) rmSync(`${file}.actual`, { force: true });
  else writeFileSync(`${file}.actual`, text);
  assert.equal(text, expected);
}

describe('debug transcripts', function () {
  this.timeout(60_000);
  let tree: string;
  let resource: string;
  const lineOf = (text: string): number => {
    const index = readFileSync(resource, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text));
    assert.ok(index >= 0, `no line has ${text}`);
    return index + 1;
  };

  before(() => {
    tree = mkdtempSync(path.join(tmpdir(), 'iomem-review-transcripts-'));
    cpSync(path.join(root, 'test/fixtures/seed-tree'), tree, { recursive: true });
    cpSync(path.join(root, 'test/fixtures/seed-suite'), path.join(tree, 'kernel'), { recursive: true });
    resource = path.join(tree, 'kernel/resource.c');
  });
  after(() => rmSync(tree, { recursive: true, force: true }));

  it('the race: to the claim that fails, and back to the check that went stale', async () => {
    const said = new Transcript(tree);
    const source = { path: resource };
    await said.ask('initialize', { adapterID: 'iomem-review', linesStartAt1: true, columnsStartAt1: true });
    said.lines.length = 0;
    said.note('before the patch, in the order of the report');
    const launch = { scenario: 'race-search-search', schedule: 'a2-b9-a2', world: 'before', patch: patchOf('v4') };
    await said.ask('launch', { ...launch, tree });
    const breakpoints = [{ line: lineOf('return ERR_PTR(-ENOMEM)') }];
    await said.ask('setBreakpoints', { source, breakpoints });
    await said.ask('setExceptionBreakpoints', { filters: [] });
    const { stopped } = await said.ask('configurationDone');
    said.note('the claim that fails');
    const failed = await said.ask('continue', { threadId: stopped!.threadId });
    const { threadId } = failed.stopped!;
    const [frame] = await said.stack(threadId);
    assert.equal(frame?.name, 'find_free_mem_region');
    await said.variables(frame.id, 'Arguments');
    await said.variables(frame.id, 'Locals');
    said.note('somebody has the place');
    await said.variables(frame.id, 'Resource tree');
    said.note('back to the check');
    await said.ask('setBreakpoints', { source, breakpoints: [{ line: lineOf('if (region_intersects(addr, size') }] });
    const stale = await said.ask('reverseContinue', { threadId });
    let at = stale.stopped!;
    for (let i = 0; i < 4 && at.threadId !== threadId; i++)
      at = (await said.ask('reverseContinue', { threadId })).stopped!;
    assert.equal(at.threadId, threadId);
    const [check] = await said.stack(threadId);
    said.note('it was free then');
    await said.variables(check!.id, 'Resource tree');
    await said.ask('evaluate', { expression: 'region_intersects(addr, size, 0, 0)', frameId: check!.id });
    await said.ask('evaluate', { expression: 'addr', frameId: check!.id });
    said.note('who took it? The next change of the list of children');
    await said.ask('setBreakpoints', { source, breakpoints: [] });
    const info = await said.ask('dataBreakpointInfo', { name: 'iomem_resource.child', frameId: check!.id });
    await said.ask('setDataBreakpoints', { breakpoints: [{ dataId: (info.body as { dataId: string }).dataId }] });
    const taken = await said.ask('continue', { threadId });
    assert.notEqual(taken.stopped?.threadId, threadId);
    await said.stack(taken.stopped!.threadId);
    await said.ask('iomemSchedule');
    await said.ask('disconnect');
    hold('race', said);
  });

  it('before and after: two sessions that stop where they part, with what differs there', async () => {
    const both = new Transcript(tree);
    for (const world of ['before', 'after']) {
      const said = new Transcript(tree);
      await said.ask('initialize', { adapterID: 'iomem-review', linesStartAt1: true, columnsStartAt1: true });
      said.lines.length = 0;
      const launch = {
        scenario: 'free-region-too-large',
        machine: 'laptop',
        world,
        patch: patchOf('v4'),
        stopAtDifference: true,
      };
      await said.ask('launch', { ...launch, tree });
      const { stopped } = await said.ask('configurationDone');
      const { threadId } = stopped!;
      const frames = await said.stack(threadId);
      await said.variables(frames[0]!.id, 'Arguments');
      await said.variables(frames[0]!.id, 'Locals');
      await said.ask('stepBack', { threadId });
      await said.ask('disconnect');
      both.note(world);
      both.lines.push(...said.lines);
    }
    hold('both', both);
  });

  it('a KUnit case: to the expectation that does not hold, and into the code under test', async () => {
    const said = new Transcript(tree);
    await said.ask('initialize', { adapterID: 'iomem-review', linesStartAt1: true, columnsStartAt1: true });
    said.lines.length = 0;
    await said.ask('launch', { kunit: 'kernel/resource_toy_kunit.c', case: 'toy_test_wrong', tree });
    await said.ask('setFunctionBreakpoints', { breakpoints: [{ name: '__request_region' }] });
    const { stopped } = await said.ask('configurationDone');
    const { threadId } = stopped!;
    await said.stack(threadId);
    await said.ask('threads');
    await said.ask('continue', { threadId });
    await said.stack(threadId);
    said.note('the expectation');
    const failed = await said.ask('continue', { threadId });
    await said.ask('exceptionInfo', { threadId });
    const frames = await said.stack(failed.stopped!.threadId);
    const frame = frames.find(({ name }) => name === 'toy_test_wrong')!;
    await said.variables(frame.id, 'Locals');
    await said.ask('evaluate', { expression: 'res->end - res->start + 1', frameId: frame.id });
    said.note('to its end, and back to its beginning');
    await said.ask('setFunctionBreakpoints', { breakpoints: [] });
    await said.ask('continue', { threadId });
    await said.ask('setExceptionBreakpoints', { filters: [] });
    await said.ask('reverseContinue', { threadId });
    await said.ask('terminate');
    hold('kunit', said);
  });
});
