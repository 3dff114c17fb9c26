import { parseAddress, parseSize } from './numbers.ts';
import type { Level, Region } from './regions.ts';
import type { Lane, Paging } from './scene.ts';

export type Found =
  | { readonly kind: 'address'; readonly address: bigint; readonly region: Region | undefined }
  | { readonly kind: 'regions'; readonly regions: readonly Region[] };

/** Names are not searched for more than this many hits. */
const MAX_HITS = 5000;

/**
 * `0x3fff_0000_0000`, `2^46`, `4G` go to an address, `+1G` and `-1G` from `here`, `pfn 0x3fff2` to a page frame, `section 5` to a section;
 * anything else is a part of a name.
 */
export function search(query: string, lanes: readonly Lane[], here: bigint, end: bigint, paging?: Paging): Found {
  const address = addressOf(query.trim(), here, paging);
  if (address !== undefined && address >= 0n && address < end) {
    let region: Region | undefined;
    for (const lane of lanes) region ??= deepestAt(lane, address);
    return { kind: 'address', address, region };
  }
  const wanted = query.trim().toLowerCase();
  const regions: Region[] = [];
  if (wanted !== '')
    for (const lane of lanes)
      for (const row of lane.rows)
        for (const region of row) {
          if (regions.length >= MAX_HITS) break;
          // What is the same in both worlds is found once.
          if (lane !== lanes[0] && region.change === 'same') continue;
          if (region.name.toLowerCase().includes(wanted)) regions.push(region);
        }
  return { kind: 'regions', regions };
}

function addressOf(query: string, here: bigint, paging?: Paging): bigint | undefined {
  const pfn = /^pfn\s*:?\s*(.+)$/i.exec(query);
  if (pfn) {
    const number = parseSize(pfn[1]!);
    return number === undefined ? undefined : number << BigInt(paging?.pageShift ?? 12);
  }
  const section = /^section\s*:?\s*(.+)$/i.exec(query);
  if (section && paging?.sectionSizeBits !== undefined) {
    const number = parseSize(section[1]!);
    return number === undefined ? undefined : number << BigInt(paging.sectionSizeBits);
  }
  const relative = /^([+−-])\s*(.+)$/.exec(query);
  if (!relative) return parseAddress(query);
  const distance = parseSize(relative[2]!);
  return distance === undefined ? undefined : relative[1] === '+' ? here + distance : here - distance;
}

/** The innermost region that holds the address. */
export function deepestAt(lane: Lane, address: bigint): Region | undefined {
  let found: Region | undefined;
  for (let level = lane.rows[0]; level; level = found.children) {
    const inside = holding(level, address);
    if (!inside) return found;
    found = inside;
  }
  return found;
}

function holding(level: Level, address: bigint): Region | undefined {
  let low = 0;
  let high = level.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (level.at(middle)!.end < address) low = middle + 1;
    else high = middle;
  }
  const region = level.at(low);
  return region && region.start <= address ? region : undefined;
}
