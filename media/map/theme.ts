import type { Canvas, Surface } from '../../src/map/surface.ts';
import type { Theme } from '../../src/map/theme.ts';

/** Colours and fonts of the editor's theme. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const get = (...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  const classes = document.body.classList;
  const contrast = classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const family = get('font-family');
  const monoFamily = get('editor-font-family');
  const text = get('editor-foreground', 'foreground');
  return {
    background: get('editor-background'),
    text,
    faint: contrast ? text : get('descriptionForeground', 'foreground'),
    line: contrast
      ? get('contrastBorder', 'foreground')
      : get('editorIndentGuide-activeBackground1', 'panel-border', 'editorLineNumber-foreground'),
    focus: get('focusBorder'),
    error: get('editorError-foreground', 'charts-red', 'errorForeground'),
    warning: get('editorWarning-foreground', 'charts-yellow'),
    info: get('editorInfo-foreground', 'charts-blue'),
    added: get('gitDecoration-addedResourceForeground', 'charts-green'),
    removed: get('gitDecoration-deletedResourceForeground', 'charts-red'),
    link: get('textLink-foreground'),
    kinds: {
      ram: get('charts-green'),
      kernel: get('terminal-ansiCyan', 'charts-green'),
      reserved: get('descriptionForeground', 'charts-foreground'),
      pci: get('charts-blue'),
      device: get('charts-orange'),
      cxl: get('charts-purple'),
      pmem: get('terminal-ansiMagenta', 'charts-purple'),
      virtio: get('terminal-ansiBrightCyan', 'charts-green'),
      other: get('charts-yellow'),
    },
    font: (size, weight = 400) => `${weight} ${size}px ${family}`,
    mono: (size) => `400 ${size}px ${monoFamily}`,
    contrast,
  };
}

/** Calls back when the editor's theme changes, which it tells by the body's classes and style. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** A canvas of the page as a surface. */
export function surfaceOf(c: CanvasRenderingContext2D, ratio: number): Surface {
  return {
    canvas: c,
    tile({ size, colour, filled, draw }) {
      const tile = document.createElement('canvas');
      tile.width = tile.height = Math.max(1, Math.round(size * ratio));
      const t = tile.getContext('2d')!;
      t.scale(tile.width / size, tile.height / size);
      t.strokeStyle = t.fillStyle = colour;
      t.lineWidth = 1;
      t.beginPath();
      draw(t satisfies Canvas);
      if (filled) t.fill();
      else t.stroke();
      const made = c.createPattern(tile, 'repeat');
      made?.setTransform(new DOMMatrix().scale(size / tile.width, size / tile.height));
      return made ?? colour;
    },
    within(x, y, width, height, draw) {
      c.save();
      c.beginPath();
      c.rect(x, y, width, height);
      c.clip();
      draw();
      c.restore();
    },
  };
}
