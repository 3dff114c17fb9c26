import type { Showing } from '../../src/map/layout.ts';
import type { ScaleMode } from '../../src/map/scale.ts';
import type { FromMap, ToMap } from '../../src/protocol.ts';
import type { World } from '../../src/review/report.ts';

/** What outlives a reload of the page: where the person was, not what was drawn. */
export interface Saved {
  readonly patch: number;
  readonly scenario: string;
  readonly mode: ScaleMode;
  readonly showing: Showing;
  readonly table: boolean;
  /** First address in sight, as hex digits, and how many times the whole is magnified. */
  readonly left: string;
  readonly magnification: number;
  /** Where the divider of before over after stands, from 0 to 1. */
  readonly divider?: number;
  readonly selected?: string;
  /** The last wish to see a finding that was fulfilled. */
  readonly wish?: number;
  /** The timeline is open, in this world, on this row. */
  readonly timeline?: { readonly world: World; readonly row: number };
}

interface VsCodeApi {
  postMessage(message: FromMap): void;
  getState(): Saved | undefined;
  setState(state: Saved): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const types = new Set<unknown>([
  'report',
  'machine',
  'whatIf',
  'timeline',
  'noTimeline',
  'line',
  'stand',
] satisfies ToMap['type'][]);

/** The extension on the other side. */
export class Host {
  readonly #api = acquireVsCodeApi();
  #saving: number | undefined;

  post(message: FromMap): void {
    this.#api.postMessage(message);
  }

  get saved(): Saved | undefined {
    return this.#api.getState();
  }

  /** Saves a little later, once for many changes. */
  save(make: () => Saved): void {
    window.clearTimeout(this.#saving);
    this.#saving = window.setTimeout(() => this.#api.setState(make()), 150);
  }

  onMessage(received: (message: ToMap) => void): void {
    window.addEventListener('message', (event: MessageEvent<ToMap>) => {
      if (types.has(event.data?.type)) received(event.data);
    });
  }
}
