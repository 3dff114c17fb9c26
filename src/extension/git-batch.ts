import type { TreeFile } from '../protocol.ts';

const utf8 = new TextDecoder();

/** Takes apart what `git cat-file --batch` wrote: one header line for each path, and after it the file where there is one. */
export function splitBatch(output: Uint8Array, paths: readonly string[]): readonly TreeFile[] {
  let at = 0;
  return paths.map((path) => {
    const end = output.indexOf(10, at);
    if (end < 0) return { path, text: null };
    const header = utf8.decode(output.subarray(at, end));
    at = end + 1;
    const found = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header);
    if (!found) return { path, text: null };
    const size = Number(found[2]);
    const text = found[1] === 'blob' ? utf8.decode(output.subarray(at, at + size)) : null;
    at += size + 1;
    return { path, text };
  });
}
