interface Side<Stop> {
  /** Movements that were asked for and have not come to their stop. */
  moves: number;
  stop: Stop | undefined;
}

/**
 * Two sessions that move together. Each movement ends in one stop of each; nobody is told before both stand, so that what is
 * shown then is of one moment, however long either takes and however soon the next movement is asked for.
 */
export class Lockstep<Who, Stop> {
  readonly #sides: ReadonlyMap<Who, Side<Stop>>;
  /** Told of stops that belong together: of both, the one that came last at the end, or of one whose partner is gone. */
  readonly #tell: (stops: readonly (readonly [Who, Stop])[]) => void;

  constructor(sides: readonly [Who, Who], tell: (stops: readonly (readonly [Who, Stop])[]) => void) {
    this.#sides = new Map(sides.map((who) => [who, { moves: 0, stop: undefined }]));
    this.#tell = tell;
  }

  /** Both were asked to move. */
  begin(): void {
    for (const side of this.#sides.values()) side.moves++;
  }

  /** Both were asked to stop where they are: the stops that come are told as they come. */
  giveUp(): void {
    for (const side of this.#sides.values()) {
      side.moves = 0;
      side.stop = undefined;
    }
  }

  /** One has stopped. False: not because of a movement of both, and nobody is told. */
  stopped(who: Who, stop: Stop): boolean {
    const side = this.#sides.get(who);
    if (!side || side.moves === 0) return false;
    side.moves--;
    side.stop = stop;
    const all = [...this.#sides];
    if (all.some(([, { moves }]) => moves > 0)) return true;
    this.#release(all.sort(([a], [b]) => Number(a === who) - Number(b === who)));
    return true;
  }

  /** One session is over: the other one goes on alone. */
  leave(who: Who): void {
    this.#release([...this.#sides].filter(([other]) => other !== who));
  }

  #release(sides: readonly (readonly [Who, Side<Stop>])[]): void {
    const stops = sides.flatMap(([who, { stop }]): [Who, Stop][] => (stop === undefined ? [] : [[who, stop]]));
    for (const [, side] of sides) side.stop = undefined;
    this.#tell(stops);
  }
}
