// What runs in both extension hosts.
import './review.test.ts';
import './rerun.test.ts';
import './manifest.test.ts';
import './desk.test.ts';
import './debug.test.ts';
import './schedule.test.ts';
import './hostile.test.ts';
import './search-workers.test.ts';
