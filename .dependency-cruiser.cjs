// SPDX-License-Identifier: Apache-2.0
// Who may import whom. Default deny: a room reaches itself and what is named here, nothing else, so that a
// new folder has to be given its place before anything can use it.

/** Rooms by folder below src, each with the rooms and packages that it may import besides itself. */
const rooms = {
  'shared/base': { rooms: [], packages: ['zod'] },
  'shared/contract': { rooms: ['shared/base'], packages: ['zod'] },
  // What the charts of a comparison draw, for the window and for reports: options as data, no library.
  'shared/charts': { rooms: ['shared/base', 'shared/contract'], packages: [] },
  'shared/trace': { rooms: ['shared/base'], packages: ['zod'] },

  'main/ports': { rooms: ['shared/'], node: true },
  'main/launch': {
    rooms: ['shared/', 'main/ports'],
    packages: ['zod', 're2js', 'yaml'],
    nodeModules: ['path', 'path/posix'],
  },
  'main/platform': { rooms: ['shared/', 'main/ports', 'main/launch'], node: true },
  'main/engine': { rooms: ['shared/', 'main/ports'], packages: ['zod'], node: true, native: true },
  'main/compare': { rooms: ['shared/'], packages: [] },
  'main/pictures': { rooms: ['shared/'], packages: ['echarts'] },
  'main/services': {
    rooms: ['shared/', 'main/ports', 'main/launch', 'main/compare', 'main/pictures'],
    packages: ['zod', 'yauzl', 'yazl'],
    node: true,
  },
  'main/electron': {
    rooms: ['shared/', 'main/ports', 'main/services', 'main/launch', 'main/composition.ts'],
    packages: ['electron', 'zod'],
    node: true,
  },
  'main/cli': {
    // Its entry is a composition root: it puts platform and engine together for plain Node.
    rooms: ['shared/', 'main/ports', 'main/services', 'main/launch', 'main/composition.ts'].concat([
      'main/compare',
      'main/platform',
      'main/engine/client.ts',
    ]),
    packages: ['commander', 'zod'],
    node: true,
  },
  preload: { rooms: ['shared/'], packages: ['electron'] },

  'renderer/base': { rooms: ['shared/'], packages: ['react', 'react-dom'] },
  'renderer/widgets': {
    rooms: ['shared/', 'renderer/base'],
    packages: ['react', 'react-dom', '@base-ui/react', '@tanstack/', '@xterm/'],
  },
  'renderer/charts': { rooms: ['shared/', 'renderer/base'], packages: ['react', 'echarts'] },
  'renderer/timeline': { rooms: ['shared/', 'renderer/base'], packages: [] },
  'renderer/data': { rooms: ['shared/', 'renderer/base'], packages: ['react', 'zod'] },
  'renderer/stores': { rooms: ['shared/', 'renderer/base'], packages: ['react', 'zustand'] },
  'renderer/features': {
    rooms: ['shared/', 'renderer/base', 'renderer/widgets', 'renderer/charts', 'renderer/timeline'].concat([
      'renderer/data',
      'renderer/stores',
    ]),
    packages: ['react', 'react-dom', 'zustand', '@base-ui/react', '@tanstack/'],
  },
  'renderer/app': {
    rooms: ['shared/', 'renderer/base', 'renderer/widgets', 'renderer/data', 'renderer/stores'].concat([
      'renderer/features',
    ]),
    packages: ['react', 'react-dom', 'zod', 'zustand', '@base-ui/react'],
  },
};

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** @param {string} name of a package, or a scope ending in a slash */
const packagePath = (name) =>
  `(^|/)node_modules/(@types/)?${escaped(name)}${name.endsWith('/') ? '' : '(/|$)'}`;

const electronPath = '^electron$|node_modules/electron(-33)?/';
const nodePrefix = '^(node:)?';

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room.replaceAll('/', '-')}`,
  comment: `src/${room} may import only itself and what .dependency-cruiser.cjs grants it.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    pathNot: [
      `^src/${room}/`,
      ...allowed.rooms.map((name) => `^src/${escaped(name)}${/\/$|\.ts$/.test(name) ? '' : '/'}`),
      ...(allowed.packages ?? []).map((name) => (name === 'electron' ? electronPath : packagePath(name))),
      ...(allowed.nodeModules ?? []).map((name) => `${nodePrefix}${name}$`),
      ...(allowed.native ? ['^src/native/binding/index\\.d\\.ts$', '\\.node$'] : []),
      // Styles and pictures belong to whoever shows them.
      ...(room.startsWith('renderer') ? ['\\.(css|svg|woff2)$'] : []),
    ],
    ...(allowed.node ? { dependencyTypesNot: ['core'] } : {}),
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'room-unknown',
      comment:
        'A folder below src needs its place in .dependency-cruiser.cjs; only composition roots lie outside.',
      severity: 'error',
      from: {},
      to: {
        path: '^src/',
        pathNot: [
          ...Object.keys(rooms).map((room) => `^src/${room}/`),
          '^src/main/(index|composition)\\.ts$',
          '^src/renderer/index\\.html$',
        ],
      },
    },
    {
      name: 'features-apart',
      comment: 'A feature never imports another: what two need moves down.',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
    },
    {
      name: 'zustand-in-models',
      comment: 'In a feature only its model holds state.',
      severity: 'error',
      from: { path: '^src/renderer/features/', pathNot: '/model(\\.ts$|/)' },
      to: { path: packagePath('zustand') },
    },
    {
      name: 'electron-in-its-place',
      comment: 'Services, engine and CLI run in plain Node.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main/electron/|main/index\\.ts$|preload/)' },
      to: { path: electronPath },
    },
    {
      name: 'main-and-renderer-apart',
      comment: 'They meet in the contract only.',
      severity: 'error',
      from: { path: '^src/(main|preload)/' },
      to: { path: '^src/renderer/' },
    },
    {
      name: 'renderer-and-main-apart',
      comment: 'They meet in the contract only.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^src/(main|preload)/' },
    },
    {
      name: 'native-module-in-engine',
      comment: 'One folder knows the shape of the native module.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/engine/' },
      to: { path: '\\.node$|^dist/native/|^src/native/' },
    },
    { name: 'src-without-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      comment: 'A module that nothing imports and that imports nothing is left over.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '^test/', '^src/(main/(index|engine/process|cli/index)|preload/index)\\.ts$'],
      },
      to: {},
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    exclude: { path: ['^src/native/', '^test/fixtures/'] },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts'],
    },
  },
};
