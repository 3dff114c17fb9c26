/** A header is short; what has none in this many bytes is no message. */
const LONGEST_HEADER = 4096;
const LONGEST_BODY = 64 * 1024 * 1024;

/**
 * The framing of the Debug Adapter Protocol's base protocol: `Content-Length: N`, an empty line, N bytes of JSON in UTF-8.
 * What is no message ends the stream: there is no telling where the next one would begin.
 */
export class Messages {
  readonly #receive: (message: unknown) => void;
  #bytes = new Uint8Array(0);
  #broken = false;

  constructor(receive: (message: unknown) => void) {
    this.#receive = receive;
  }

  static encode(message: unknown): Uint8Array {
    const body = new TextEncoder().encode(JSON.stringify(message));
    const head = new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`);
    const all = new Uint8Array(head.length + body.length);
    all.set(head);
    all.set(body, head.length);
    return all;
  }

  take(chunk: Uint8Array): void {
    if (this.#broken) return;
    const bytes = new Uint8Array(this.#bytes.length + chunk.length);
    bytes.set(this.#bytes);
    bytes.set(chunk, this.#bytes.length);
    let at = 0;
    for (;;) {
      const end = headerEnd(bytes, at);
      if (end < 0) {
        this.#broken = bytes.length - at > LONGEST_HEADER;
        break;
      }
      const header = new TextDecoder().decode(bytes.subarray(at, end));
      const length = Number(/^content-length:\s*(\d{1,9})\s*$/im.exec(header)?.[1] ?? Number.NaN);
      if (!(length <= LONGEST_BODY)) {
        this.#broken = true;
        break;
      }
      if (bytes.length < end + 4 + length) break;
      const body = new TextDecoder().decode(bytes.subarray(end + 4, end + 4 + length));
      at = end + 4 + length;
      try {
        this.#receive(JSON.parse(body));
      } catch {
        // No JSON: nobody could be answered.
      }
    }
    this.#bytes = bytes.slice(at);
  }
}

function headerEnd(bytes: Uint8Array, from: number): number {
  const limit = Math.min(bytes.length - 3, from + LONGEST_HEADER);
  for (let i = from; i < limit; i++)
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  return -1;
}
