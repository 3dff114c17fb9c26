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
