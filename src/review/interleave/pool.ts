import type { Placement } from '../../machine/api.ts';
import type { FromHelper, LedSearch, ToHelper } from './remote.ts';
import type { FoundTask, RemoteTask } from './search.ts';

/** A worker of whatever kind the host has; it answers with `searchHelper`. */
export interface HelperPort {
  post(message: ToHelper): void;
  end(): void;
}
export interface HelperEvents {
  message(message: FromHelper): void;
  /** It has ended, or could not begin. */
  exit(): void;
}
export type StartHelper = (events: HelperEvents) => HelperPort;

/** Workers to share searches with. */
export interface SearchPool {
  /** Tasks that can be executed at the same time. */
  readonly size: number;
  /** Executions of a search before it is shared: helpers must compile first. */
  readonly patience: number;
  /** Begins a search; the one before is over then. */
  begin(search: LedSearch): SharedSearch;
}
export interface SharedSearch {
  /**
   * What the tasks found, in their order; undefined where a task could not be done elsewhere. `placement`: where the
   * globals of the leader lie.
   */
  run(tasks: readonly RemoteTask[], placement: Placement | undefined): Promise<readonly (FoundTask | undefined)[]>;
}

/** As many tasks run at the same time: see `Split.parts` in exhaustive.ts. */
export const MOST_HELPERS = 8;

/** Helpers are started when there is something to share, and stay until {@link close}. */
export class HelperPool implements SearchPool {
  readonly size: number;
  readonly patience: number;
  readonly #start: StartHelper;
  readonly #worlds = new WeakMap<LedSearch['world'], number>();
  #helpers: readonly Helper[] = [];
  /** Tasks that helpers did. */
  done = 0;
  #known = 0;

  constructor(size: number, start: StartHelper, patience = 0) {
    this.size = Math.min(size, MOST_HELPERS);
    this.patience = patience;
    this.#start = start;
  }

  begin(search: LedSearch): SharedSearch {
    return {
      run: async (tasks, placement) => {
        if (this.#helpers.length === 0)
          this.#helpers = Array.from({ length: this.size }, () => new Helper(this.#start));
        const world = this.#numberOf(search.world);
        const found: (FoundTask | undefined)[] = tasks.map(() => undefined);
        let next = 0;
        const work = async (helper: Helper): Promise<void> => {
          while (next < tasks.length && !helper.gone) {
            const at = next++;
            found[at] = await helper.ask(search, world, tasks[at]!, placement);
            if (found[at]) this.done++;
          }
        };
        await Promise.all(this.#helpers.map(work));
        return found;
      },
    };
  }

  #numberOf(world: LedSearch['world']): number {
    let number = this.#worlds.get(world);
    if (number === undefined) this.#worlds.set(world, (number = this.#known++));
    return number;
  }

  close(): void {
    for (const helper of this.#helpers) helper.end();
    this.#helpers = [];
  }
}

/** One worker, doing one task at a time. */
class Helper {
  readonly #port: HelperPort | undefined;
  /** Worlds by number: how many of their texts were sent. */
  readonly #sent = new Map<number, number>();
  #search: LedSearch | undefined;
  #placement: Placement | undefined;
  #waiting: { readonly id: number; readonly settle: (found: FoundTask | undefined) => void } | undefined;
  #tasks = 0;
  gone = false;

  constructor(start: StartHelper) {
    try {
      this.#port = start({
        message: ({ id, found }) => {
          if (id === this.#waiting?.id) this.#settle(found);
        },
        exit: () => this.#leave(),
      });
    } catch {
      // Not every host lets workers have workers.
      this.gone = true;
    }
  }

  ask(
    search: LedSearch,
    world: number,
    task: RemoteTask,
    placement: Placement | undefined,
  ): Promise<FoundTask | undefined> {
    return new Promise((settle) => {
      const id = ++this.#tasks;
      this.#waiting = { id, settle };
      try {
        this.#tell(search, world);
        const isNew = placement && placement !== this.#placement;
        this.#placement = placement;
        this.#port?.post({ type: 'task', id, task, ...(isNew ? { placement } : {}) });
      } catch {
        // What cannot be sent is done by the leader.
        this.#leave();
      }
    });
  }

  /** Sends what it does not know yet of a search. */
  #tell(search: LedSearch, number: number): void {
    const { world, ...rest } = search;
    const sent = this.#sent.get(number);
    const { files } = world;
    if (sent !== files.size) {
      const more = [...files].slice(sent ?? 0).map(([path, text]) => [path, text ?? null] as const);
      this.#port?.post({ type: 'world', world: number, recipe: world.recipe, files: more });
      this.#sent.set(number, files.size);
    } else if (this.#search === search) return;
    this.#port?.post({ type: 'search', world: number, ...rest });
    this.#search = search;
    this.#placement = undefined;
  }

  #settle(found: FoundTask | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.settle(found);
  }

  #leave(): void {
    this.gone = true;
    this.#settle(undefined);
  }

  end(): void {
    this.#leave();
    this.#port?.end();
  }
}
