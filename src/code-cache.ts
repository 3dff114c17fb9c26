import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';

/** Bytes of a digest. */
const DIGEST = 32;
/** Stored code begins with this, then the digests of the source and of what follows. */
const MAGIC = 'iomem-review code 1\n';

/** Where code is kept; undefined where a person does not wish that (Node's own variable), or there is no home. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const home = homedir();
  const base =
    platform === 'win32'
      ? env.LOCALAPPDATA
      : env.XDG_CACHE_HOME || (platform === 'darwin' ? path.join(home, 'Library/Caches') : path.join(home, '.cache'));
  // A relative path would be one of the folder that we were started in, which may be a stranger's tree.
  return base && path.isAbsolute(base) ? path.join(base, 'iomem-review', 'code') : undefined;
}

export interface CachedProgram {
  /** Whether compiled code was found, and was of this program and this engine. */
  readonly found: boolean;
  run(): void;
  /** Keeps what has been compiled by now; does nothing where that fails. */
  keep(): void;
}

/**
 * A program in one file (CommonJS), with the code that V8 made of it when it last ran: parsing it and compiling each function
 * at its first call are a fifth of the time of a first review. Anything amiss with the cache means that there is none.
 */
export function cachedProgram(file: string, folder: string | undefined): CachedProgram {
  // As Node wraps modules, on the first line, so that lines stay.
  const text = readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const source = `(function (exports, require, module, __filename, __dirname) { ${text}\n})`;
  const key = digest(source);
  const { versions, arch } = process;
  const cache = folder && path.join(folder, `${path.basename(file, '.js')}-${versions.v8}-${arch}.bin`);
  const kept = cache === undefined ? undefined : read(cache, key);
  const script = new Script(source, { filename: file, ...(kept ? { cachedData: kept } : {}) });
  return {
    found: kept !== undefined && script.cachedDataRejected === false,
    run() {
      const module = { exports: {} };
      const start = script.runInThisContext() as (...args: unknown[]) => void;
      start.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));
    },
    keep() {
      if (cache !== undefined) write(cache, key, script.createCachedData());
    },
  };
}

const digest = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

function read(cache: string, key: Buffer): Buffer | undefined {
  try {
    const bytes = readFileSync(cache);
    const at = MAGIC.length;
    const data = bytes.subarray(at + 2 * DIGEST);
    const whole =
      bytes.subarray(0, at).toString('latin1') === MAGIC &&
      bytes.subarray(at, at + DIGEST).equals(key) &&
      bytes.subarray(at + DIGEST, at + 2 * DIGEST).equals(digest(data));
    return whole ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Others may read or write it at the same time: it is there as a whole or not at all. */
function write(cache: string, key: Buffer, data: Buffer): void {
  const temporary = `${cache}.${process.pid}.${process.hrtime.bigint()}`;
  try {
    mkdirSync(path.dirname(cache), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, Buffer.concat([Buffer.from(MAGIC, 'latin1'), key, digest(data), data]), { mode: 0o600 });
    renameSync(temporary, cache);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // There is no such folder, or it is not ours to write to.
    }
  }
}
