// `npm run package`: builds the .vsix, checks what is in it, and installs it into a fresh VS Code where one can be had.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { isCi } from './lib/paths.mjs';
import { ensureServer } from './lib/vscode-server.mjs';
import { installVsix, makeVsix } from './lib/vsix.mjs';

try {
  const { packagePath, files } = await makeVsix();
  console.log(
    `${path.basename(packagePath)}: ${files.length} files, ${Math.ceil(statSync(packagePath).size / 1024)} KiB`,
  );
  await smokeInstall(packagePath);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function smokeInstall(packagePath) {
  try {
    await ensureServer();
  } catch (error) {
    if (isCi) throw error;
    console.log(`Not installed for a try: ${error.message}`);
    return;
  }
  const data = mkdtempSync(path.join(tmpdir(), 'iomem-review-vsix-'));
  try {
    const extensions = await installVsix(packagePath, data);
    if (!readdirSync(extensions).some((name) => name.startsWith('iomem-review.iomem-review-'))) {
      throw new Error('VS Code did not install the package');
    }
    console.log('Installed into a fresh VS Code.');
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
