const { builtinModules } = require('node:module');

// The table of rooms in src/README.md, as rules. Arrows point one way.
const rooms = {
  base: [],
  patch: ['base'],
  c: ['base'],
  machine: ['base', 'c'],
  model: ['base'],
  kernel: ['base', 'c', 'machine', 'model'],
  explore: ['base', 'c', 'machine'],
  review: ['base', 'patch', 'c', 'machine', 'kernel', 'model', 'explore'],
  map: ['base', 'model', 'review'],
  debug: ['base', 'c', 'machine', 'kernel', 'explore', 'review'],
  extension: ['base', 'review', 'map', 'debug'],
  cli: ['base', 'review', 'map', 'debug'],
};
/** Outside the folders: the protocol is for the shells, and knows only the report's types. */
const shells = {
  extension: ['protocol.ts', 'disk-tree.ts', 'model-files.d.ts'],
  cli: ['disk-tree.ts', 'model-files.d.ts'],
};
const core = ['base', 'patch', 'c', 'machine', 'kernel', 'model', 'explore', 'review', 'map', 'debug'];
/** The only packages that ship inside the core; of the debug protocol its types. */
const corePackages = ['postal-mime', 'diff', '@vscode/debugprotocol'];

const roomRules = Object.entries(rooms).map(([room, may]) => ({
  name: `room-${room}`,
  comment: `src/${room}/ may import only: ${[room, ...may].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^(src|media|test|\\.ci)/',
    pathNot: `^src/((${[room, ...may].join('|')})/|(${(shells[room] ?? ['$^']).join('|').replaceAll('.', '\\.')})$)`,
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'core-is-universal',
      comment: 'The core rooms know neither VS Code nor Node nor a screen.',
      severity: 'error',
      from: { path: `^src/(${core.join('|')})/` },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'unknown'],
        pathNot: `(^|/)(${corePackages.join('|')})(/|$)`,
      },
    },
    {
      name: 'protocol-is-types',
      comment: 'The protocol imports types of the report, and nothing that runs.',
      severity: 'error',
      from: { path: '^src/protocol\\.ts$' },
      to: {
        pathNot:
          '^src/(review/(report|budget|facts|kunit|timeline/(timeline|text))|map/(pack|what-if)|debug/proof-values)\\.ts$',
      },
    },
    {
      name: 'webview-knows-the-protocol',
      comment: 'media/ may import the protocol, types of the report, the core of the map, and its own files.',
      severity: 'error',
      from: { path: '^media/' },
      to: {
        path: '^(src|test|\\.ci)/',
        pathNot: '^src/((protocol|review/(report|timeline/(timeline|text)))\\.ts$|map/)',
      },
    },
    {
      name: 'vscode-only-in-the-extension',
      severity: 'error',
      from: { pathNot: '^(src/extension|test/(host|e2e))/' },
      to: { path: '^(vscode$|node_modules/@types/vscode/)' },
    },
    {
      name: 'web-without-node',
      comment: 'What the web bundles hold cannot use Node.',
      severity: 'error',
      from: { path: '^src/.*\\.web\\.ts$' },
      to: { reachable: true, path: `^(node:)?(${builtinModules.join('|')})$` },
    },
    {
      name: 'no-circles',
      comment:
        'Of code that runs. In the front end the functions of a recursive-descent parser call each other across files.',
      severity: 'error',
      from: { path: '^(src|media)/', pathNot: '^src/c/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^(src|media)/' },
      to: { couldNotResolve: true, pathNot: '^(vscode|virtual:model)$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out|node_modules)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
