// Builds the page in web/ into dist/web, each file also compressed, as the server sends it.
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import config from '../web/vite.config.mjs';

/** Smaller files are not worth a second one. */
const compressedFromBytes = 1024;

/** Returns the sources that went into it, in the form of esbuild's metafile. */
export async function bundleWeb() {
  const page = await build({ ...config, configFile: false });
  const { outDir } = config.build;
  // not to be served
  renameSync(join(outDir, 'manifest.json'), `${outDir}-manifest.json`);
  // shares no file with the page: what both need would be cut out of the page's, for a document that few open
  const more = { emptyOutDir: false, manifest: false, rolldownOptions: { input: join(config.root, 'terminal.html') } };
  const terminal = await build({ ...config, build: { ...config.build, ...more }, configFile: false });
  compressFiles(outDir);
  const modules = [page, terminal].flatMap(({ output }) => output).flatMap((chunk) => Object.keys(chunk.modules ?? {}));
  return { metafile: { inputs: Object.fromEntries(modules.map((path) => [relative('.', path), {}])) } };
}

function compressFiles(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name.endsWith('.html')) continue;
    const bytes = readFileSync(path);
    if (bytes.length < compressedFromBytes) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
