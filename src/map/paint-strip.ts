import { type Pen, Places } from './draw.ts';
import { t } from './language.ts';
import type { Layout } from './layout.ts';
import { addressText, larger, sizeText, smaller } from './numbers.ts';
import type { Scene } from './scene.ts';
import type { View } from './view.ts';

/** Sections narrower than this, in pixels, are not told apart. */
const LEAST_SECTION = 7;
/** More than this many are never drawn at once. */
const MOST_SECTIONS = 1000;

/** What the kernel has as memory, the holes in between up to max_pfn, and sections where they are wide enough. */
export function paintStrip(pen: Pen, scene: Scene, view: View, at: NonNullable<Layout['strip']>): void {
  const { c, theme } = pen;
  const { memory } = scene;
  const [left, right] = [view.left, view.right];
  const places = new Places();
  const font = theme.font(10);
  let from = 0;
  for (let high = memory.length; from < high; ) {
    const middle = (from + high) >> 1;
    if (memory[middle]!.end < left) from = middle + 1;
    else high = middle;
  }
  let drawn = -1;
  let hole = from === 0 ? 0n : memory[from - 1]!.end + 1n;
  for (let i = from; i < memory.length; i++) {
    const { start, end } = memory[i]!;
    if (hole < start) {
      const x0 = Math.max(0, view.x(hole));
      const x1 = Math.min(view.width, view.x(start));
      if (x1 - x0 >= 3) {
        c.globalAlpha = theme.contrast ? 0.7 : 0.4;
        c.fillStyle = pen.pattern('hole', theme.faint) ?? theme.faint;
        c.fillRect(x0, at.top, x1 - x0, at.height);
        c.globalAlpha = 1;
        const label = t('hole {0}', sizeText(start - hole));
        const width = pen.measure(label, font);
        const middle = (x0 + x1) / 2;
        if (width + 10 < x1 - x0 && places.take(middle - width / 2 - 3, middle + width / 2 + 3))
          pen.plate(label, middle, at.top + at.height / 2, font, theme.faint, 'center');
      }
    }
    hole = end + 1n;
    if (start > right) break;
    const x0 = Math.max(-2, view.x(start));
    const x1 = Math.min(view.width + 2, view.x(end + 1n));
    // A frame costs by its width, not by the number of ranges.
    if (x1 < drawn + 1) continue;
    drawn = x1;
    c.globalAlpha = theme.contrast ? 0 : 0.55;
    c.fillStyle = theme.kinds.ram;
    c.fillRect(x0, at.top, Math.max(1, x1 - x0), at.height);
    c.globalAlpha = 1;
    if (theme.contrast) {
      c.strokeStyle = theme.text;
      c.lineWidth = 1;
      c.strokeRect(x0 + 0.5, at.top + 0.5, Math.max(1, x1 - x0 - 1), at.height - 1);
    }
  }
  paintSections(pen, scene, view, at, places);
}

function paintSections(pen: Pen, scene: Scene, view: View, at: NonNullable<Layout['strip']>, places: Places): void {
  const bits = scene.paging.sectionSizeBits;
  if (bits === undefined) return;
  const { theme } = pen;
  const font = theme.mono(10);
  const size = 1n << BigInt(bits);
  const { scale } = view;
  const [begin, end] = [scale.indexOf(view.left), scale.indexOf(view.right)];
  // With more pieces than pixels no section is wide enough.
  if (end - begin > view.width) return;
  let drawn = 0;
  for (let i = begin; i <= end && drawn <= MOST_SECTIONS; i++) {
    const segment = scale.segment(i);
    const width = segment.length * view.zoom * (Number(size) / Number(segment.end - segment.start));
    if (segment.folded || width < LEAST_SECTION) continue;
    const last = smaller(segment.end, view.right);
    const first = larger(segment.start, view.left) / size;
    for (let number = first; number * size <= last && drawn <= MOST_SECTIONS; number++, drawn++) {
      const x = view.x(number * size);
      if (number * size >= segment.start) pen.vertical(x, at.top, at.top + at.height, theme.line);
      const label = `section 0x${number.toString(16)}`;
      const room = pen.measure(label, font) + 8;
      const from = Math.max(x, 0) + 4;
      if (Math.min(width, view.width) > room && places.take(from - 4, from + room))
        pen.plate(label, from, at.top + at.height / 2, font, theme.text, 'left');
    }
  }
}

/** A measured range: brackets at both ends, its size between them. */
export function paintRuler(
  pen: Pen,
  view: View,
  layout: Layout,
  ruler: { readonly from: bigint; readonly to: bigint },
): void {
  const { c, theme } = pen;
  const [a, b] = ruler.from <= ruler.to ? [ruler.from, ruler.to] : [ruler.to, ruler.from];
  const [x0, x1] = [Math.max(-4, view.x(a)), Math.min(view.width + 4, view.x(b))];
  if (x1 < 0 || x0 > view.width) return;
  c.globalAlpha = 0.12;
  c.fillStyle = theme.focus;
  c.fillRect(x0, layout.axis.bottom, Math.max(1, x1 - x0), layout.footer.top - layout.axis.bottom);
  c.globalAlpha = 1;
  pen.vertical(x0, layout.axis.bottom - 10, layout.footer.top, theme.focus);
  pen.vertical(x1, layout.axis.bottom - 10, layout.footer.top, theme.focus);
  const y = layout.axis.bottom - 5;
  c.fillStyle = theme.focus;
  c.fillRect(x0, y, Math.max(1, x1 - x0), 1);
  const label = t('{0} from {1}', sizeText(b - a), addressText(a));
  const half = pen.measure(label, theme.font(11, 600)) / 2 + 4;
  const x = Math.max(half, Math.min(view.width - half, (Math.max(x0, 0) + Math.min(x1, view.width)) / 2));
  pen.plate(label, x, y, theme.font(11, 600), theme.text, 'center');
}
