/** What `virtual:model` holds in the bundles, read from disk: tests run the sources, not the bundles. */
export { readModelFiles } from '../../.ci/lib/model-files.mjs';
