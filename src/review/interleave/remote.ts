import { MemoryTree, type SourceTree } from '../../base/tree.ts';
import type { Granularity } from '../../explore/explore.ts';
import type { Budget, Placement } from '../../machine/api.ts';
import type { MachineModel } from '../../model/api.ts';
import { Executor } from '../execute.ts';
import type { Scenario } from '../scenario.ts';
import { compileWorld, type ModelFiles, type World, type WorldRecipe } from '../world.ts';
import { translated, translatedEnd } from './placement.ts';
import { executeRemote, type FoundTask, type RemoteTask, SearchSide } from './search.ts';

/*
 * What a worker does that helps with a search another one leads. It is sent what the leader's world was compiled from, the
 * texts of the tree included, and compiles the same; it is then given tasks. Where it cannot be sure to do what the leader
 * would do, it says so, and the leader does the task itself: the result never depends on who helped.
 */

/** One search, as its leader has it. */
export interface LedSearch {
  readonly world: World;
  readonly budget: Partial<Budget>;
  readonly scenario: Scenario;
  readonly machine: MachineModel;
  readonly granularity: Granularity;
}

/** Leader → helper. Plain data. */
export type ToHelper =
  /** Texts of the tree; null where there is no such file. Those of a world that is known already come in addition. */
  | {
      readonly type: 'world';
      readonly world: number;
      readonly recipe: WorldRecipe;
      readonly files: readonly (readonly [string, string | null])[];
    }
  | ({ readonly type: 'search'; readonly world: number } & Omit<LedSearch, 'world'>)
  /** `placement`: where the leader's globals lie, if that is not as it was told last. */
  | {
      readonly type: 'task';
      readonly id: number;
      readonly task: RemoteTask;
      readonly placement?: Placement;
    };
/** Helper → leader: without a find it could not do the task. */
export interface FromHelper {
  readonly id: number;
  readonly found?: FoundTask;
}

/** Worlds that a helper keeps compiled: both sides of two architectures. */
const MOST_WORLDS = 4;

/** The texts that it was sent, and whether others were asked for. */
class SentTree implements SourceTree {
  readonly #files = new Map<string, string | null>();
  readonly #tree = new MemoryTree(this.#files);
  lacking = false;

  read(path: string): string | undefined {
    if (!this.#files.has(path)) this.lacking = true;
    return this.#tree.read(path);
  }
  add(files: readonly (readonly [string, string | null])[]): void {
    for (const [path, text] of files) this.#files.set(path, text);
  }
}

interface KnownWorld {
  readonly recipe: WorldRecipe;
  readonly tree: SentTree;
  world?: World;
  readonly executors: Map<string, Executor>;
}

/** Makes what answers a leader's messages. `answer` is undefined where none is due. */
export function searchHelper(model: ModelFiles): (message: ToHelper) => FromHelper | undefined {
  const worlds = new Map<number, KnownWorld>();
  let wanted: Extract<ToHelper, { type: 'search' }> | undefined;
  let side: SearchSide | undefined;
  let leaders: Placement | undefined;

  const executorOf = (known: KnownWorld, budget: Partial<Budget>): Executor => {
    known.world ??= compileWorld({ ...known.recipe, tree: known.tree, model });
    const key = JSON.stringify(budget);
    let executor = known.executors.get(key);
    if (!executor) known.executors.set(key, (executor = new Executor(known.world, { budget })));
    return executor;
  };

  const perform = (task: RemoteTask): FoundTask | undefined => {
    const known = wanted && worlds.get(wanted.world);
    if (!known || !wanted) return undefined;
    const executor = executorOf(known, wanted.budget);
    if (!side) {
      const begun = executor.begin(wanted.scenario, wanted.machine);
      if (begun.end !== 'ok') return undefined;
      side = new SearchSide(executor, begun, wanted.granularity);
    }
    const own = (): Placement | undefined => executor.machine.placement?.();
    const mine = translated(task, leaders, own());
    const found = mine && executeRemote(side, mine);
    // Without the text, what was compiled may be something else.
    if (known.tree.lacking) return undefined;
    return found && translatedEnd(found, own(), leaders);
  };

  return (message) => {
    switch (message.type) {
      case 'world': {
        side?.end();
        side = undefined;
        const known = worlds.get(message.world) ?? {
          recipe: message.recipe,
          tree: new SentTree(),
          executors: new Map<string, Executor>(),
        };
        known.tree.add(message.files);
        if (known.tree.lacking) {
          known.tree.lacking = false;
          delete known.world;
          known.executors.clear();
        }
        worlds.delete(message.world);
        worlds.set(message.world, known);
        for (const old of worlds.keys()) {
          if (worlds.size <= MOST_WORLDS) break;
          worlds.delete(old);
        }
        return undefined;
      }
      case 'search':
        side?.end();
        side = undefined;
        leaders = undefined;
        wanted = message;
        return undefined;
      case 'task': {
        if (message.placement) leaders = message.placement;
        let found: FoundTask | undefined;
        try {
          found = perform(message.task);
        } catch {
          // Whatever it is, the leader meets it, too, and tells it.
          side = undefined;
        }
        return { id: message.id, ...(found ? { found } : {}) };
      }
    }
  };
}
