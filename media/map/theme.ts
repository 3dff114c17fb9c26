import type { Kind } from '../../src/model/map/facts.ts';

/** Colours and fonts of the editor's theme, as values a canvas takes. Nothing else colours the map. */
export interface Theme {
  readonly kind: 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly focus: string;
  readonly error: string;
  readonly warning: string;
  readonly info: string;
  readonly added: string;
  readonly removed: string;
  readonly link: string;
  readonly kinds: Readonly<Record<Kind, string>>;
  /** `12px family` of the interface, and of addresses. */
  readonly font: (size: number, weight?: number) => string;
  readonly mono: (size: number) => string;
  readonly contrast: boolean;
}

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
  const light = classes.contains('vscode-light') || classes.contains('vscode-high-contrast-light');
  const family = get('font-family');
  const monoFamily = get('editor-font-family');
  const text = get('editor-foreground', 'foreground');
  return {
    kind: contrast ? (light ? 'high-contrast-light' : 'high-contrast') : light ? 'light' : 'dark',
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
    mono: (size) => `${size}px ${monoFamily}`,
    contrast,
  };
}

/** Calls back when the editor's theme changes, which it tells by the body's classes and style. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
