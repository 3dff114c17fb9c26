import type { Disposable as Disposes } from 'vscode';

/** Something that owns others: they are disposed of with it, the last one first. */
export abstract class Owner implements Disposes {
  readonly #owned: Disposes[] = [];
  #disposed = false;

  protected get isDisposed(): boolean {
    return this.#disposed;
  }

  protected own<T extends Disposes>(one: T): T {
    if (this.#disposed) one.dispose();
    else this.#owned.push(one);
    return one;
  }

  dispose(): void {
    this.#disposed = true;
    for (const one of this.#owned.splice(0).reverse()) one.dispose();
  }
}
