/** Files that the product carries as text: `include/…`, `lib/…`, `scenarios/…`. Made by .ci/lib/model-files.mjs. */
declare module 'virtual:model' {
  const files: ReadonlyMap<string, string>;
  export default files;
}
