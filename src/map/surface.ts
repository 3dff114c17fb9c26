/** What the map needs of a canvas. `CanvasRenderingContext2D` has it all; SVG and our own raster have just this. */
export interface Canvas {
  fillStyle: unknown;
  strokeStyle: unknown;
  globalAlpha: number;
  lineWidth: number;
  /** `400 12px family`. */
  font: string;
  textAlign: string;
  textBaseline: string;
  translate(x: number, y: number): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  roundRect(x: number, y: number, width: number, height: number, radius: number): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  setLineDash(lengths: number[]): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

/** A square that repeats over what it fills. */
export interface Tile {
  readonly size: number;
  readonly colour: string;
  /** Whether its path is filled; else it is stroked, one pixel wide. */
  readonly filled: boolean;
  draw(canvas: Canvas): void;
}

export interface Surface {
  readonly canvas: Canvas;
  /** A value for `fillStyle`. */
  tile(tile: Tile): unknown;
  /** Draws, and keeps only what lies inside. */
  within(x: number, y: number, width: number, height: number, draw: () => void): void;
}
