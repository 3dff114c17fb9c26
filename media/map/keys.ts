/** What keys on the map do. */
export interface KeyCommands {
  zoom(factor: number): void;
  fit(): void;
  /** By a share of what is in sight. */
  pan(share: number): void;
  /** To the neighbour. */
  walk(step: number): void;
  /** To the parent (−1) or the first child (1). */
  climb(step: number): void;
  end(step: number): void;
  nextDifference(step: number): void;
  find(): void;
  showSelected(): void;
  /** To the same region in the other world. */
  twin(): void;
  measure(): void;
  copy(): void;
  timeline(): void;
  step(by: number): void;
  openCode(): void;
  escape(): void;
}

/** Does what the key is for; keys of the editor pass. */
export function pressKey(event: KeyboardEvent, to: KeyCommands): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions: Record<string, () => void> = {
    '+': () => to.zoom(2),
    '=': () => to.zoom(2),
    '-': () => to.zoom(0.5),
    '−': () => to.zoom(0.5),
    '0': () => to.fit(),
    ArrowLeft: () => (event.shiftKey ? to.pan(-0.2) : to.walk(-1)),
    ArrowRight: () => (event.shiftKey ? to.pan(0.2) : to.walk(1)),
    ArrowUp: () => to.climb(-1),
    ArrowDown: () => to.climb(1),
    PageUp: () => to.pan(-0.8),
    PageDown: () => to.pan(0.8),
    Home: () => to.end(-1),
    End: () => to.end(1),
    d: () => to.nextDifference(1),
    D: () => to.nextDifference(-1),
    '/': () => to.find(),
    z: () => to.showSelected(),
    b: () => to.twin(),
    m: () => to.measure(),
    c: () => to.copy(),
    t: () => to.timeline(),
    ',': () => to.step(-1),
    '.': () => to.step(1),
    Enter: () => to.openCode(),
    Escape: () => to.escape(),
  };
  // A map, and no object's prototype: the key's name comes from outside.
  const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
  if (!action) return;
  event.preventDefault();
  action();
}
