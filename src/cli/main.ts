import model from 'virtual:model';
import { main } from './commands.ts';
import { actAsSearchJob } from './search-jobs.ts';
import { actAsWorker } from './search-workers.ts';

if (!actAsWorker(model) && !actAsSearchJob(model)) {
  // A reader that has seen enough (`| head`) ends us quietly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 3);
  });
  main(process.argv.slice(2), model).then((status) => {
    process.exitCode = status;
  });
}
