/** The texts that came with the page, in the person's language. */
export function pageTexts(): Readonly<Record<string, string>> {
  const data = document.getElementById('texts')?.textContent;
  return data ? (JSON.parse(data) as Record<string, string>) : {};
}

type Child = Node | string | undefined | false;

/** An element with attributes and children. Text goes in as text nodes, never as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value as unknown as EventListener);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** Buttons of which one is pressed. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string, string])[],
  chosen: (value: T) => void,
): { readonly element: HTMLElement; set(value: T): void } {
  const buttons = options.map(
    ([value, text, title]) => [value, h('button', { title, click: () => chosen(value) }, text)] as const,
  );
  return {
    element: h('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons.map(([, button]) => button)),
    set(value) {
      for (const [own, button] of buttons) button.setAttribute('aria-pressed', String(own === value));
    },
  };
}

const icons = {
  first: 'M3 3h2v10H3zM13 3v10L6 8z',
  back: 'M11 3v10L4 8z',
  play: 'M4 3l9 5-9 5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  forward: 'M5 3l7 5-7 5z',
  last: 'M3 3l7 5-7 5zM11 3h2v10h-2z',
} as const;

/** A sign in the colour of the text; its button has the name. */
export function icon(name: keyof typeof icons): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', icons[name]);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}
