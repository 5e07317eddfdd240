// Bundles src/execute/plugin-kit/kit.ts, process-registry/adapters, into one file that needs only Node, with all types that it uses.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const entry = 'src/execute/plugin-kit/kit.ts';
const folder = 'dist/adapters';

/** Returns what esbuild says of it. */
export async function bundleAdapters() {
  const built = await build({
    entryPoints: [entry],
    outfile: `${folder}/index.js`,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'warning',
    metafile: true,
    banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
  });
  for (const path of withImports(entry)) {
    const target = join(folder, relative('src', path)).replace(/\.ts$/, '.d.ts');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, ts.transpileDeclaration(readFileSync(path, 'utf8'), { fileName: path }).outputText);
  }
  return built;
}

/** The file and all other files of ours that it needs. */
function withImports(first) {
  const found = new Set([first]);
  for (const path of found) {
    const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'));
    const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
    for (const name of own) found.add(relative('.', resolve(dirname(path), name)).replace(/\.js$/, '.ts'));
  }
  return found;
}
