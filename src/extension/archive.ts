/*
 * Threads of a public-inbox archive (lore.kernel.org and its like): `SERVER/MESSAGE-ID/t.mbox.gz` is the whole thread as an
 * mbox (public-inbox's own help page, /_/text/help/). Nothing here decides whether the network may be used.
 */

/** What a person named: the thread of a message, on a server. */
export interface ThreadAddress {
  /** Without a slash at its end, with the list: `https://lore.kernel.org/all`. */
  readonly server: string;
  readonly messageId: string;
}

/** Bounds of one thread. */
export interface ThreadBounds {
  /** Bytes as the server sends them, and unpacked. */
  readonly packed: number;
  readonly bytes: number;
  readonly milliseconds: number;
}
/** The largest thread that a person reviews stays far below. */
const usual: ThreadBounds = { packed: 16 << 20, bytes: 64 << 20, milliseconds: 60_000 };

/**
 * Reads a Message-ID, with or without `<>`, `id:` or `mid:`, or a link to a message. A link names its own server. Undefined
 * for anything else.
 */
export function parseThread(text: string, server: string): ThreadAddress | undefined {
  const asked = text.trim();
  const base = webServer(server);
  if (/^https?:\/\//i.test(asked)) {
    let url: URL;
    try {
      url = new URL(asked);
    } catch {
      return undefined;
    }
    const parts = url.pathname.split('/').filter((part) => part !== '');
    const at = parts.findIndex((part) => decode(part).includes('@'));
    if (at < 0) return undefined;
    const path = parts.slice(0, at).map((part) => `/${part}`);
    // `/r/ID` redirects to the list that has it: all of them do at `/all/`.
    const list = path.join('') === '/r' ? '/all' : path.join('');
    return { server: `${url.origin}${list}`, messageId: decode(parts[at]!) };
  }
  const id = /^(?:id:|mid:)?<?([^\s<>@/\\]{1,500}@[^\s<>/\\]{1,500})>?$/i.exec(asked)?.[1];
  return id === undefined || base === undefined ? undefined : { server: base, messageId: id };
}

/** A server's address without what does not belong to it; undefined where it is none of the web. */
export function webServer(text: string): string | undefined {
  try {
    const url = new URL(text.trim());
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return undefined;
  }
}

export const originOf = (address: ThreadAddress): string => new URL(address.server).origin;

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export const threadUrl = ({ server, messageId }: ThreadAddress): string =>
  `${server}/${encodeURIComponent(messageId).replaceAll('%40', '@')}/t.mbox.gz`;

/** The thread as an mbox. Rejects where the server does not have it, and for what is too large or no gzip. */
export async function fetchThread(address: ThreadAddress, cancel: AbortSignal, bounds = usual): Promise<string> {
  const signal = AbortSignal.any([cancel, AbortSignal.timeout(bounds.milliseconds)]);
  // A redirection could lead to a server that nobody allowed.
  const answer = await fetch(threadUrl(address), { signal, redirect: 'error', credentials: 'omit' });
  if (answer.status === 404) throw new Error(`${address.server} does not have the message ${address.messageId}`);
  if (!answer.ok || !answer.body) throw new Error(`${address.server} answered ${answer.status} ${answer.statusText}`);
  const packed = answer.body.pipeThrough(limited(bounds.packed));
  const bytes = await collect(packed.pipeThrough(new DecompressionStream('gzip')), bounds.bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

function limited(most: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let size = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      size += chunk.length;
      if (size > most) controller.error(new Error(`The thread is larger than ${most} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error(`The thread is larger than ${most} bytes`);
    }
    chunks.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
