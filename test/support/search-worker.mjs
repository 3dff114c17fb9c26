// A worker thread of a search, of schedules or of calls: Node does not read TypeScript there by itself.
import { tsImport } from 'tsx/esm/api';

const { actAsWorker } = await tsImport('../../src/cli/search-workers.ts', import.meta.url);
const { actAsSearchJob } = await tsImport('../../src/cli/search-jobs.ts', import.meta.url);
const { readModelFiles } = await tsImport('./model-files.ts', import.meta.url);
const model = readModelFiles();
if (!actAsWorker(model)) actAsSearchJob(model);
