// Chromium, driven by playwright-core: Debian's browser or any other found on the PATH.
import { chromium } from 'playwright-core';
import { install } from './debian.mjs';
import { onPath } from './paths.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const find = () => process.env.IOMEM_REVIEW_CHROMIUM ?? names.map(onPath).find((file) => file !== undefined);

/** The path of a Chromium; installs Debian's where we may. */
export async function ensureChromium() {
  if (find() === undefined) await install(['chromium'], 'The tests in a browser need Chromium');
  return find();
}

export async function launchChromium() {
  return chromium.launch({
    executablePath: await ensureChromium(),
    headless: true,
    // A second on an idle machine.
    timeout: 180_000,
    args: [
      // Chromium refuses its sandbox as root, which is what containers run as; only our own pages on loopback are shown.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    ],
  });
}
