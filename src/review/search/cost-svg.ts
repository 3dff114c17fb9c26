import type { SearchCost } from '../report.ts';

const WIDTH = 560;
const HEIGHT = 320;
const LEFT = 64;
const RIGHT = 16;
const TOP = 44;
const BOTTOM = 64;

/** Both curves of one measure as a picture: before dashed with rings, after solid with squares, so that no colour is needed. */
export function costSvg(cost: SearchCost): string {
  const { before, after, growth } = cost;
  const points = [...before, ...after];
  const mostX = Math.max(1, ...points.map((p) => p.size));
  const mostY = Math.max(1, ...points.map((p) => p.cost));
  const x = (size: number): number => round(LEFT + (size / mostX) * (WIDTH - LEFT - RIGHT));
  const y = (n: number): number => round(HEIGHT - BOTTOM - (n / mostY) * (HEIGHT - TOP - BOTTOM));
  const name = cost.operation.replace(/\W/g, '');
  const title = `${name}(): ${plain(cost.measure)} over regions (${plain(cost.shape)})`;
  const told = (list: typeof before, how: string): string => {
    const last = list.at(-1);
    return last ? `${plain(how)}, ${last.cost} with ${last.size} regions` : 'cut off';
  };
  const sizes = [...new Set(points.map((p) => p.size))].sort((a, b) => a - b);
  const line = (list: typeof before, kind: string): string =>
    `<polyline class="${kind}" points="${list.map((p) => `${x(p.size)},${y(p.cost)}`).join(' ')}"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="t d">`,
    `<title id="t">${title}</title>`,
    `<desc id="d">before: ${told(before, growth.before)}; after: ${told(after, growth.after)}</desc>`,
    '<style>svg{font:12px sans-serif;background:#fff;color:#1f1f1f}text{fill:currentColor}.axis{stroke:currentColor;fill:none}' +
      '.grid{stroke:currentColor;stroke-opacity:.15}.before,.after{fill:none;stroke-width:2}.before{stroke:#0060c0;stroke-dasharray:6 4}' +
      '.after{stroke:#c04000}.ring{fill:none;stroke:#0060c0;stroke-width:2}.square{fill:#c04000}' +
      '@media (prefers-color-scheme:dark){svg{background:#1f1f1f;color:#e0e0e0}.before,.ring{stroke:#60a8ff}.after{stroke:#ff9050}.square{fill:#ff9050}}</style>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="none"/>`,
    `<text x="${LEFT}" y="20" font-weight="bold">${title}</text>`,
    ...[0, mostY / 2, mostY].map(
      (n) =>
        `<path class="grid" d="M${LEFT} ${y(n)}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${y(n) + 4}" text-anchor="end">${Math.round(n)}</text>`,
    ),
    `<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>`,
    ...sizes.map((size) => `<text x="${x(size)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${size}</text>`),
    line(before, 'before'),
    line(after, 'after'),
    ...before.map((p) => `<circle class="ring" cx="${x(p.size)}" cy="${y(p.cost)}" r="4"/>`),
    ...after.map((p) => `<rect class="square" x="${x(p.size) - 3}" y="${y(p.cost) - 3}" width="6" height="6"/>`),
    `<circle class="ring" cx="${LEFT + 6}" cy="${HEIGHT - 28}" r="4"/><text x="${LEFT + 18}" y="${HEIGHT - 24}">before: ${told(before, growth.before)}</text>`,
    `<rect class="square" x="${LEFT + 3}" y="${HEIGHT - 13}" width="6" height="6"/><text x="${LEFT + 18}" y="${HEIGHT - 6}">after: ${told(after, growth.after)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

const round = (n: number): number => Math.round(n * 10) / 10;
/** These are words of ours; what is none of them does not get into the picture. */
const plain = (text: string): string => text.replace(/[^\w ]/g, '');
