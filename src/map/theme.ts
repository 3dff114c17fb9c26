import type { Kind } from './facts.ts';

/** Colours and fonts, as values a canvas takes. Nothing else colours the map. */
export interface Theme {
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
  /** `400 12px family` of the interface, and of addresses. */
  readonly font: (size: number, weight?: number) => string;
  readonly mono: (size: number) => string;
  /** High contrast: marks in place of fills. */
  readonly contrast: boolean;
}

/** For pictures that no editor draws: dark on white, to be printed and attached. */
export const paperTheme: Theme = {
  background: '#ffffff',
  text: '#24292f',
  faint: '#57606a',
  line: '#8c959f',
  focus: '#0969da',
  error: '#cf222e',
  warning: '#9a6700',
  info: '#0969da',
  added: '#1a7f37',
  removed: '#cf222e',
  link: '#0969da',
  kinds: {
    ram: '#2da44e',
    kernel: '#0598bc',
    reserved: '#6e7781',
    pci: '#218bff',
    device: '#d18616',
    cxl: '#8250df',
    pmem: '#bf3989',
    virtio: '#1b7c83',
    other: '#bf8700',
  },
  font: (size, weight = 400) => `${weight} ${size}px Helvetica, Arial, "DejaVu Sans", sans-serif`,
  mono: (size) => `400 ${size}px "DejaVu Sans Mono", Menlo, Consolas, monospace`,
  contrast: false,
};

/** The same for dark pages. */
export const darkTheme: Theme = {
  ...paperTheme,
  background: '#1f1f1f',
  text: '#cccccc',
  faint: '#9d9d9d',
  line: '#707070',
  focus: '#3794ff',
  error: '#f14c4c',
  warning: '#cca700',
  info: '#3794ff',
  added: '#81b88b',
  removed: '#e57a63',
  link: '#4daafc',
  kinds: {
    ram: '#89d185',
    kernel: '#11a8cd',
    reserved: '#9d9d9d',
    pci: '#3794ff',
    device: '#d18616',
    cxl: '#b180d7',
    pmem: '#bc3fbc',
    virtio: '#29b8db',
    other: '#cca700',
  },
};
