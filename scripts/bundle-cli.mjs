// Bundles the client in clients/cli into one file that needs nothing else, for its own package and for that of the server; with its manual page and licences.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { manualPage } from './cli-documents.mjs';
import { keptAsText } from './kept-as-text.mjs';
import { writeClientNotices } from './notices.mjs';

const folder = 'clients/cli';
const { version, engines } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));

/** Returns the result of esbuild, with its metafile. */
export async function bundleCli() {
  const libraries = [];
  const result = await build({
    entryPoints: [`${folder}/src/main.ts`],
    outfile: `${folder}/dist/procreg.js`,
    bundle: true,
    platform: 'node',
    target: `node${engines.node.replace('>=', '')}`,
    // modules of Node.js are loaded when a command needs them: as ESM all of them would be loaded at each start
    format: 'iife',
    minify: true,
    metafile: true,
    plugins: [keptAsText(['yaml', 'ws'], (metafile) => libraries.push(metafile))],
    logLevel: 'warning',
    define: { CLIENT_VERSION: JSON.stringify(version) },
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  chmodSync(`${folder}/dist/procreg.js`, 0o755);
  writeFileSync(`${folder}/dist/procreg.1`, manualPage(version));
  for (const { inputs } of libraries) Object.assign(result.metafile.inputs, inputs);
  writeClientNotices(result.metafile, `${folder}/dist`);
  return result;
}
