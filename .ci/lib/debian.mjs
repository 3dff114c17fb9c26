// Debian packages: installed where we may (root on a Debian system), else named for the person to install.

import { onPath } from './paths.mjs';
import { run } from './run.mjs';

export const canInstall = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get') !== undefined;

let updated;
/** Refreshes the package lists once in this process. */
export function aptUpdate() {
  updated ??= run('apt-get', ['update', '-qq'], { quiet: true });
  return updated;
}

/** Installs packages, or throws an error that tells what to type. */
export async function install(packages, why) {
  const names = packages.join(' ');
  if (!canInstall()) throw new Error(`${why}. Install it, on Debian: sudo apt-get install ${names}`);
  await aptUpdate();
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    quiet: true,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
