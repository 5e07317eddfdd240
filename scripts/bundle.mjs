// Bundles dist/src/main.js and its libraries into one file, next to a small file that is started: reading two thousand small files takes
// most of a cold start.
import { chmodSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleAdapters } from './bundle-adapters.mjs';
import { bundleCli } from './bundle-cli.mjs';
import { bundleWeb } from './bundle-web.mjs';
import { bundleWorker } from './bundle-worker.mjs';
import { writeNotices } from './notices.mjs';

const optional = [
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  'class-transformer/storage',
  '@fastify/view',
  '@fastify/multipart',
  '@nestjs/platform-express',
  '@nestjs/mongoose',
  'ts-node',
  'ts-node/*',
];
/** TypeORM's drivers for databases that are not offered. */
const drivers = [
  'sqlite3',
  'pg',
  'pg-native',
  'pg-query-stream',
  'mysql',
  'oracledb',
  'mssql',
  'mongodb',
  'sql.js',
  'redis',
  'ioredis',
  'hdb-pool',
  '@sap/hana-client',
  '@sap/hana-client/*',
  '@google-cloud/spanner',
  'typeorm-aurora-data-api-driver',
  'react-native-sqlite-storage',
  'expo-sqlite',
];
/** Modules that stay outside of the bundle: native code, code that reads files next to it, or rarely needed code. */
const external = [
  '@modelcontextprotocol/server',
  'amqplib',
  'better-sqlite3',
  'mysql2',
  'mysql2/promise',
  'swagger-ui-dist',
  'pino-pretty',
  'passport-http',
  '@fastify/cors',
];

/** Modules that would be loaded twice, or that nothing here uses; each would take a tenth of a second. */
const replaced = {
  name: 'replaced',
  setup(bundle) {
    const replacements = [
      // this module looks for two classes that TypeORM 1 has removed, by loading all of TypeORM from node_modules once more
      [
        /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/,
        'export const Connection = undefined; export const AbstractRepository = undefined;',
      ],
      // the phone number rules of all countries, for one validator of class-validator
      [/libphonenumber-js\/max\/index\.cjs$/, 'module.exports = {};'],
    ];
    for (const [filter, contents] of replacements) bundle.onLoad({ filter }, () => ({ contents, loader: 'js' }));
  },
};

/** V8 keeps a source in which every character is ASCII in half the memory. esbuild escapes texts, but neither regular expressions nor comments. */
const ascii = {
  name: 'ascii',
  setup(bundle) {
    const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    bundle.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/[^\0-\x7f]/g, escaped),
      loader: 'js',
    }));
  },
};

/** One file for the Node that the server runs with. */
const forNode = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
};

const server = await build({
  entryPoints: ['dist/src/main.js'],
  outfile: 'dist/bundle/server.js',
  ...forNode,
  plugins: [replaced, ascii],
  sourcemap: 'linked',
  logLevel: 'warning',
  // the library's own entry is UMD, whose inner requires are invisible to a bundler
  alias: { 'jsonc-parser': './node_modules/jsonc-parser/lib/esm/main.js' },
  external: [...optional, ...drivers, ...external],
  banner: {
    js: `import { createRequire as __createRequire } from 'node:module';
import { dirname as __pathDirname } from 'node:path';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __pathDirname(__filename);`,
  },
});

// this file must also run on a Node that is too old for the bundle
await build({
  entryPoints: ['dist/src/cli/entry.js'],
  outfile: 'dist/bundle/main.js',
  platform: 'node',
  target: 'node14.18',
  format: 'esm',
  logLevel: 'warning',
  banner: { js: '#!/usr/bin/env node' },
});

/** Worker threads, as files next to the bundle: the one that checks users' JSON Schemas, the one that reads imported files, the one that reads long lists, and that of the checkpoints. */
const threads = [];
for (const thread of ['definitions/schema-thread', 'imports/kinds/import-thread', 'database/read-thread', 'database/checkpoint-thread'])
  threads.push(
    await build({
      entryPoints: [`dist/src/${thread}.js`],
      outfile: `dist/bundle/${thread.split('/').at(-1)}.js`,
      ...forNode,
      external: ['better-sqlite3'],
      logLevel: 'warning',
      banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
    }),
  );

const libraries = [await bundleWorker(), await bundleAdapters(), await bundleCli(), await bundleWeb()];
writeNotices([server, ...threads, ...libraries].map(({ metafile }) => metafile));
chmodSync('dist/bundle/main.js', 0o755);
