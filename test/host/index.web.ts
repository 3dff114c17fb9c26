// Mocha's own browser build: it defines the globals.
import 'mocha/mocha.js';
import { observe } from './run.ts';

/** Called by VS Code in its web extension host (`extensionTestsPath`). */
export async function run(): Promise<void> {
  // The browser build's `setup` differs from Node's in that it takes the reporter's name.
  // Its own reporter would draw on a page, and there is none.
  mocha.setup({ ui: 'bdd', timeout: 600_000, reporter: class {} as unknown as Mocha.ReporterConstructor });
  await import('./shared.ts');
  const result = await new Promise<Awaited<ReturnType<typeof observe>>>((resolve) => {
    void observe(mocha.run()).then(resolve);
  });
  // There is no file to write to: the driver takes this line from the console.
  console.log(`IOMEM_REVIEW_RESULT ${JSON.stringify(result)}`);
  if (result.failed > 0) throw new Error(`${result.failed} tests failed`);
}
