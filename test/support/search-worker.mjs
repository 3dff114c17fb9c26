// A worker thread of a shared search: Node does not read TypeScript there by itself.
import { tsImport } from 'tsx/esm/api';

const { actAsWorker } = await tsImport('../../src/cli/search-workers.ts', import.meta.url);
const { readModelFiles } = await tsImport('./model-files.ts', import.meta.url);
actAsWorker(readModelFiles());
