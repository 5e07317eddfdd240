// Bundles src/worker/library/index.ts, the library process-registry/worker, into one file that needs only Node, and one file with its types.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import ts from 'typescript';

const { version, license, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
const banner = `// process-registry/worker ${version}, ${license}. Needs Node.js ${engines.node} and nothing else; built from src/worker/library/index.ts.`;
/** The files that index.ts exports from. */
const publicSources = ['contract', 'worker-error', 'worker'].map((name) => `src/worker/library/${name}.ts`);

/** Returns what esbuild says of it. */
export async function bundleWorker() {
  const built = await build({
    entryPoints: ['src/worker/library/index.ts'],
    outfile: 'dist/worker/index.js',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'warning',
    metafile: true,
    banner: { js: banner },
  });
  writeFileSync('dist/worker/index.d.ts', [banner, ...publicSources.map(declarationsOf)].join('\n'));
  return built;
}

/** The source without its imports from the other sources: here they are one file. */
function declarationsOf(path) {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(path, 'utf8'), { fileName: path });
  if (diagnostics.length > 0) throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n')}`);
  return outputText.replace(/^import .* from '\.\/.*;\n/gm, '').replace(/^\/\/ .*\n/, '');
}
