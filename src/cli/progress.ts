import { printable } from '../review/printable.ts';

/** One line on the terminal that is overwritten; nothing where standard error is a file or a pipe. */
export function progress(what: string): { update(done: number, total: number, doing: string): void; end(): void } {
  const terminal = process.stderr.isTTY;
  let shown = 0;
  return {
    update(done, total, doing) {
      const now = performance.now();
      if (!terminal || (now - shown < 50 && done < total)) return;
      shown = now;
      const width = process.stderr.columns || 80;
      process.stderr.write(`\r\x1b[K${printable(`${what}: ${done}/${total} ${doing}`).slice(0, width - 1)}`);
    },
    end() {
      if (terminal && shown > 0) process.stderr.write('\r\x1b[K');
    },
  };
}
