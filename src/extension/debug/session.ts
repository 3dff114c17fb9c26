import type { DebugProtocol } from '@vscode/debugprotocol';
import { type DebugAdapter, type DebugProtocolMessage, EventEmitter, l10n, type Uri } from 'vscode';
import type { DebugRequest } from '../../protocol.ts';
import { Owner } from '../disposable.ts';
import { JobFailure, type WorkerClient } from '../worker-client.ts';
import { Lockstep } from './lockstep.ts';

/** What one session executes, and which documents its places stand in. */
export interface Prepared {
  readonly request: DebugRequest;
  readonly timeout: number;
  readFiles(paths: readonly string[]): Promise<readonly { readonly path: string; readonly text: string | null }[]>;
  /** The path by which the editor knows a file of a world: a path of the disk, or an address. */
  documentOf(world: string, file: string): string | undefined;
  /** The other way round: `WORLD:FILE`, or `disk:FILE` for what stands in the tree. */
  fileOf(path: string): string | undefined;
  /** The execution as the address map names it: indices into the report's patches and into the patch's scenarios. */
  readonly shown?: {
    readonly patch: Uri;
    readonly index: number;
    readonly scenario: number;
    readonly schedule: string;
  };
}
type Message = DebugProtocol.ProtocolMessage;

/** Requests that move the execution. */
const moving = new Set(['continue', 'reverseContinue', 'next', 'stepIn', 'stepOut', 'stepBack', 'pause']);
/** Numbers of requests that are not the editor's: nobody waits for their answers. */
const OWN = 1_000_000_000;

/**
 * A debug adapter inside the extension, whose work is done in a worker of its own: the editor stays responsive, and to end a
 * session that takes too long is to end the worker. It translates between places and documents on the way.
 */
export class ProofAdapter extends Owner implements DebugAdapter {
  readonly #sent = this.own(new EventEmitter<DebugProtocolMessage>());
  readonly onDidSendMessage = this.#sent.event;
  readonly #worker: WorkerClient;
  readonly #prepare: () => Promise<Prepared>;
  #prepared: Prepared | undefined;
  #sequence = OWN;
  /** The session of the other world that goes on whenever this one does. */
  #partner: ProofAdapter | undefined;
  #lockstep: Lockstep<ProofAdapter, Message> | undefined;

  constructor(worker: WorkerClient, prepare: () => Promise<Prepared>) {
    super();
    this.#worker = this.own(worker);
    this.#prepare = prepare;
    worker.onDebugMessage = (message) => this.#fromWorker(message as Message);
    this.own({
      dispose: () => {
        const [partner, lockstep] = [this.#partner, this.#lockstep];
        if (!partner) return;
        partner.#partner = partner.#lockstep = undefined;
        lockstep?.leave(this);
      },
    });
  }

  /** Lets two sessions move together; each is told where the other stands, then the editor hears that they stopped. */
  static pair(one: ProofAdapter, other: ProofAdapter): void {
    // One that could not be launched may be over before the other begins.
    if (one.isDisposed || other.isDisposed) return;
    const lockstep = new Lockstep<ProofAdapter, Message>([one, other], (stops) => {
      for (const [adapter] of stops) {
        const beside = positionIn(stops.find(([who]) => who !== adapter)?.[1]);
        if (beside !== undefined) adapter.ask('iomemBeside', { position: beside });
      }
      for (const [adapter, message] of stops) adapter.#send(message);
    });
    [one.#partner, other.#partner] = [other, one];
    one.#lockstep = other.#lockstep = lockstep;
  }

  get prepared(): Prepared | undefined {
    return this.#prepared;
  }

  handleMessage(message: DebugProtocolMessage): void {
    const request = message as unknown as DebugProtocol.Request;
    // To restart is to read the texts again, as they are now.
    if (request.type === 'request' && (request.command === 'launch' || request.command === 'restart'))
      void this.#launch(request);
    else {
      this.#worker.debug(this.#toWorker(request));
      if (!this.#partner || request.type !== 'request' || !moving.has(request.command)) return;
      if (request.command === 'pause') this.#lockstep?.giveUp();
      else this.#lockstep?.begin();
      this.#partner.ask(request.command, request.arguments);
    }
  }

  /** A request of our own; what it leads to arrives as events. */
  ask(command: string, args: unknown): void {
    // The editor did not ask: it has to be told that the session goes on.
    if (moving.has(command) || command === 'iomemSeek')
      this.#send({
        seq: this.#sequence++,
        type: 'event',
        event: 'continued',
        body: { threadId: 1, allThreadsContinued: true },
      } as Message);
    this.#worker.debug({ seq: this.#sequence++, type: 'request', command, arguments: args });
  }

  async #launch(request: DebugProtocol.Request): Promise<void> {
    const controller = new AbortController();
    this.own({ dispose: () => controller.abort() });
    try {
      const prepared = await this.#prepare();
      this.#prepared = prepared;
      await this.#worker.perform('debug', prepared.request, {
        signal: controller.signal,
        timeout: prepared.timeout,
        progress: () => {},
        readFiles: (paths) => prepared.readFiles(paths),
      });
      this.#worker.debug(request);
    } catch (error) {
      const failure = error instanceof JobFailure ? error.failure : undefined;
      const text = failure
        ? `${failure.file === undefined ? '' : `${failure.file}:${failure.line ?? 1}: `}${failure.message}${failure.code ? ` [${failure.code}]` : ''}`
        : error instanceof Error
          ? error.message
          : String(error);
      this.#send({
        seq: this.#sequence++,
        type: 'response',
        request_seq: request.seq,
        command: request.command,
        success: false,
        message: text,
        body: { error: { id: 1, format: text.replaceAll('{', '(').replaceAll('}', ')'), showUser: true } },
      } as Message);
    }
  }

  #send(message: Message): void {
    if (!this.isDisposed) this.#sent.fire(message as unknown as DebugProtocolMessage);
  }

  /** What the worker calls `WORLD:FILE` becomes a document. */
  #fromWorker(message: Message): void {
    if (message.type === 'response' && (message as DebugProtocol.Response).request_seq >= OWN) return;
    if (
      message.type === 'event' &&
      (message as DebugProtocol.Event).event === 'stopped' &&
      this.#lockstep?.stopped(this, message)
    )
      return;
    this.#send(
      withSources(message, (source) => {
        const match = /^(before|after):(.+)$/s.exec(source.path ?? '');
        const path = match && this.#prepared?.documentOf(match[1]!, match[2]!);
        if (!path) {
          const { path: _, ...rest } = source;
          return { ...rest, name: match?.[2] ?? source.name ?? l10n.t('unknown source') };
        }
        return { ...source, path };
      }),
    );
  }
  #toWorker(message: Message): Message {
    return withSources(message, (source) => {
      const path = source.path === undefined ? undefined : this.#prepared?.fileOf(source.path);
      return path === undefined ? source : { ...source, path };
    });
  }
}

/** Where the session stands that tells of a stop. */
const positionIn = (stopped: Message | undefined): number | undefined =>
  (stopped as { readonly body?: { readonly iomemPosition?: number } } | undefined)?.body?.iomemPosition;

/** The message with the sources in it replaced, wherever the protocol has some. */
function withSources(message: Message, change: (source: DebugProtocol.Source) => DebugProtocol.Source): Message {
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > 6 || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => walk(one, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        if (key === 'source' && typeof one === 'object' && one !== null) return [key, change(one)];
        if (key === 'sources' && Array.isArray(one)) return [key, one.map((s: DebugProtocol.Source) => change(s))];
        return [key, walk(one, depth + 1)];
      }),
    );
  };
  return walk(message, 0) as Message;
}
