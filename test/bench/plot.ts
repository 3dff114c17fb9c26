/** A line of a plot: points by ascending x. */
export interface Curve {
  readonly name: string;
  readonly points: [number, number][];
}

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 60;
const BOTTOM = 40;
const COLOURS = ['#1565c0', '#c62828', '#2e7d32'];
const COLUMNS = 60;
const ROWS = 14;

/** Curves as a picture and as text. Axes begin at 0. */
export function plot(
  title: string,
  xName: string,
  yName: string,
  curves: readonly Curve[],
): { svg: string; text: string } {
  const all = curves.flatMap((c) => c.points);
  const xMax = Math.max(...all.map(([x]) => x));
  const yMax = Math.max(...all.map(([, y]) => y));
  return { svg: svg(title, xName, yName, curves, xMax, yMax), text: text(title, xName, yName, curves, xMax, yMax) };
}

const round = (value: number): string => `${Number(value.toPrecision(3))}`;

function svg(
  title: string,
  xName: string,
  yName: string,
  curves: readonly Curve[],
  xMax: number,
  yMax: number,
): string {
  const x = (v: number): number => LEFT + (v / xMax) * (WIDTH - LEFT - 20);
  const y = (v: number): number => HEIGHT - BOTTOM - (v / yMax) * (HEIGHT - BOTTOM - 40);
  const parts: string[] = [`<text x="${WIDTH / 2}" y="20" text-anchor="middle" font-size="14">${title}</text>`];
  for (let i = 0; i <= 5; i++) {
    const [vx, vy] = [(xMax * i) / 5, (yMax * i) / 5];
    parts.push(
      `<path d="M${x(0)} ${y(vy).toFixed(1)}H${x(xMax)}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${(y(vy) + 4).toFixed(1)}" text-anchor="end">${round(vy)}</text>`,
      `<text x="${x(vx).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${round(vx)}</text>`,
    );
  }
  parts.push(
    `<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle">${xName}</text>`,
    `<text x="14" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})">${yName}</text>`,
  );
  curves.forEach(({ name, points }, c) => {
    const colour = COLOURS[c % COLOURS.length]!;
    const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [px, py] of points)
      parts.push(`<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3" fill="${colour}"/>`);
    parts.push(`<text x="${LEFT + 12}" y="${44 + c * 16}" fill="${colour}">${name}</text>`);
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${parts.join('')}</svg>\n`
  );
}

function text(
  title: string,
  xName: string,
  yName: string,
  curves: readonly Curve[],
  xMax: number,
  yMax: number,
): string {
  const rows = Array.from({ length: ROWS + 1 }, () => new Array<string>(COLUMNS + 1).fill(' '));
  const marks = ['*', 'o', '+'];
  curves.forEach(({ points }, c) => {
    for (const [x, y] of points) {
      rows[ROWS - Math.round((y / yMax) * ROWS)]![Math.round((x / xMax) * COLUMNS)] = marks[c % marks.length]!;
    }
  });
  const legend = curves.map(({ name }, c) => `${marks[c % marks.length]} ${name}`).join(', ');
  const lines = rows.map((row, r) => {
    const label = r % 7 === 0 ? round((yMax * (ROWS - r)) / ROWS) : '';
    return `  ${label.padStart(8)} |${row.join('').trimEnd()}`;
  });
  return [
    `  ${title}: ${yName} by ${xName} (${legend})`,
    ...lines,
    `  ${' '.repeat(8)} +${'-'.repeat(COLUMNS)}`,
    `  ${' '.repeat(9)} 0${' '.repeat(COLUMNS - round(xMax).length)}${round(xMax)}`,
  ].join('\n');
}
