// Bundles dist/src/main.js into one file, beside a small one that is started: reading two thousand small ones costs most of a cold start.
// The libraries come with them.
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleAdapters } from './bundle-adapters.mjs';
import { bundleWorker } from './bundle-worker.mjs';

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
/** Native code, files beside their code, or rarely needed. */
const external = [
  'amqplib',
  'better-sqlite3',
  'mysql2',
  'mysql2/promise',
  'swagger-ui-dist',
  'pino-pretty',
  'passport-http',
  '@fastify/cors',
];

/** Modules that would be loaded a second time, or that nothing here uses, at a tenth of a second each. */
const replaced = {
  name: 'replaced',
  setup(bundle) {
    const replacements = [
      // looks for two classes that TypeORM 1 has removed, by loading all of TypeORM from node_modules once more
      [
        /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/,
        'export const Connection = undefined; export const AbstractRepository = undefined;',
      ],
      // the phone numbers of the world, for one validator of class-validator
      [/libphonenumber-js\/max\/index\.cjs$/, 'module.exports = {};'],
    ];
    for (const [filter, contents] of replacements) bundle.onLoad({ filter }, () => ({ contents, loader: 'js' }));
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
};

await build({
  entryPoints: ['dist/src/main.js'],
  outfile: 'dist/bundle/server.js',
  ...forNode,
  plugins: [replaced],
  sourcemap: 'linked',
  logLevel: 'warning',
  // its own entry is UMD, whose inner requires no bundler can see
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

// must be read by a Node that is too old for all the rest
await build({
  entryPoints: ['dist/src/cli/entry.js'],
  outfile: 'dist/bundle/main.js',
  platform: 'node',
  target: 'node14.18',
  format: 'esm',
  logLevel: 'warning',
  banner: { js: '#!/usr/bin/env node' },
});

/** The thread in which users' JSON Schemas are checked, beside the bundle. */
await build({
  entryPoints: ['dist/src/definitions/schema-thread.js'],
  outfile: 'dist/bundle/schema-thread.js',
  ...forNode,
  logLevel: 'warning',
  banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
});

await bundleWorker();
await bundleAdapters();
chmodSync('dist/bundle/main.js', 0o755);
