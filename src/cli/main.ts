import model from 'virtual:model';
import { main } from './commands.ts';

main(process.argv.slice(2), model).then((status) => {
  process.exitCode = status;
});
