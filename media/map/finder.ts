import { t } from '../../src/map/language.ts';
import { addressText } from '../../src/map/numbers.ts';
import type { Region } from '../../src/map/regions.ts';
import type { Scene } from '../../src/map/scene.ts';
import { search } from '../../src/map/search.ts';
import { nameOf } from './names.ts';
import type { Stage } from './stage.ts';

export interface FinderEvents {
  /** What is searched. */
  scene(): Scene | undefined;
  /** How many there are, or what was found. */
  tell(text: string): void;
  select(region: Region | undefined, go: boolean): void;
}

/** From hit to hit of what a person looks for. */
export class Finder {
  readonly #stage: Stage;
  readonly #events: FinderEvents;
  #query = '';
  #hits: readonly Region[] = [];
  #hit = -1;

  constructor(stage: Stage, events: FinderEvents) {
    this.#stage = stage;
    this.#events = events;
  }

  clear(): void {
    this.#hits = [];
    this.#events.tell('');
  }

  /** `step`: on to the next hit or back, 0 to begin anew. */
  find(query: string, step: number): void {
    const scene = this.#events.scene();
    if (!scene) return;
    if (query !== this.#query || step === 0) {
      this.#query = query;
      this.#hits = [];
      this.#hit = -1;
      if (query.trim() === '') {
        this.#events.tell('');
        return;
      }
      const lanes = [scene.lanes.after, scene.lanes.before];
      const here = this.#stage.selected?.start ?? this.#stage.view.left;
      const found = search(query, lanes, here, scene.end, scene.paging);
      if (found.kind === 'address') {
        const at = addressText(found.address);
        this.#events.tell(found.region ? t('{0}, in {1}', at, nameOf(found.region)) : t('{0}, free', at));
        if (found.region) this.#events.select(found.region, false);
        const { view } = this.#stage;
        const x = view.x(found.address);
        if (x < 0 || x > view.width) this.#stage.glide((v) => v.pan(x - v.width / 2));
        return;
      }
      this.#hits = found.regions;
      step = 1;
    }
    const count = this.#hits.length;
    if (count === 0) {
      this.#events.tell(t('not found'));
      return;
    }
    this.#hit = (this.#hit + step + count) % count;
    this.#events.tell(t('{0} of {1}', this.#hit + 1, count));
    this.#events.select(this.#hits[this.#hit], true);
  }
}
