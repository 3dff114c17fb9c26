/** `git` as an oracle: patches applied in a directory of its own, mails taken apart. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const haveGit = spawnSync('git', ['--version']).status === 0;

const ENV = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A U Thor',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_COMMITTER_NAME: 'C O Mitter',
  GIT_COMMITTER_EMAIL: 'committer@example.org',
  LC_ALL: 'C.UTF-8',
};

/** A directory with files, and git run in it; gone when `use` returns. */
export function inDirectory<T>(files: ReadonlyMap<string, string | Uint8Array>, use: (git: Git) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'patch-oracle-'));
  try {
    const git = new Git(directory);
    for (const [path, text] of files) git.write(path, text);
    return use(git);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export class Git {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  read(path: string): string | undefined {
    const full = join(this.directory, path);
    return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
  }

  /** All files but git's own. */
  files(): Map<string, string> {
    const names = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    const found = names
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name).slice(this.directory.length + 1));
    return new Map(
      found
        .filter((path) => !path.startsWith('.git/'))
        .sort()
        .map((path) => [path, this.read(path)!]),
    );
  }

  run(args: readonly string[], input?: string | Uint8Array): { status: number; stdout: string; stderr: string } {
    // Nothing outside the directory is taken for a repository.
    const env = { ...ENV, GIT_CEILING_DIRECTORIES: dirname(this.directory) };
    const made = spawnSync('git', [...args], { cwd: this.directory, env, input: input ?? '', maxBuffer: 1 << 28 });
    return { status: made.status ?? -1, stdout: made.stdout.toString('utf8'), stderr: made.stderr.toString('utf8') };
  }

  must(...args: string[]): string {
    const made = this.run(args);
    if (made.status !== 0) throw new Error(`git ${args.join(' ')}: ${made.stderr}`);
    return made.stdout;
  }

  /** What `git apply` makes of the directory's files; undefined where it refuses. */
  apply(patch: string, ...options: string[]): Map<string, string> | undefined {
    const made = this.run(['apply', '--whitespace=nowarn', ...options, '-'], patch);
    return made.status === 0 ? this.files() : undefined;
  }
}
