// Bundles the client in clients/cli into one file that needs nothing else, and the small one that is started, for its own package and for that of
// the server; with its manual page and licences.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { manualPage } from './cli-documents.mjs';
import { keptAsText } from './kept-as-text.mjs';
import { writeClientNotices } from './notices.mjs';

const folder = 'clients/cli';
const { version, engines } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));

/** commander loads node:child_process for commands that are programs of their own, of which there are none; that takes a tenth of a start. */
const withoutSubprograms = {
  name: 'without-subprograms',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /node_modules\/commander\//.test(importer) ? { path, namespace: 'nothing' } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const forNode = {
  platform: 'node',
  target: `node${engines.node.replace('>=', '')}`,
  format: 'cjs',
  minify: true,
  logLevel: 'warning',
};

/** Returns the result of esbuild, with its metafile. */
export async function bundleCli() {
  const libraries = [];
  const result = await build({
    entryPoints: [`${folder}/src/main.ts`],
    outfile: `${folder}/dist/client.cjs`,
    bundle: true,
    ...forNode,
    // as ES module all of Node's modules that any command needs would be loaded at each start, with all that they export
    supported: { 'dynamic-import': false },
    metafile: true,
    plugins: [withoutSubprograms, keptAsText(['yaml', 'ws'], (metafile) => libraries.push(metafile))],
    define: { CLIENT_VERSION: JSON.stringify(version) },
  });
  await build({
    entryPoints: [`${folder}/src/start.ts`],
    outfile: `${folder}/dist/procreg.cjs`,
    ...forNode,
    banner: { js: '#!/usr/bin/env node' },
  });
  chmodSync(`${folder}/dist/procreg.cjs`, 0o755);
  writeFileSync(`${folder}/dist/procreg.1`, manualPage(version));
  for (const { inputs } of libraries) Object.assign(result.metafile.inputs, inputs);
  writeClientNotices(result.metafile, `${folder}/dist`);
  return result;
}
