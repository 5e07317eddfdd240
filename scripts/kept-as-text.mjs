// Keeps libraries that few commands need as texts within a bundle: a text costs nothing at the start, while V8 reads through all code, used or not.
// Without this a start of the client takes a fifth more time of the processor.
import { build } from 'esbuild';

/** A plugin of esbuild. `bundled` gets the metafile of each library. */
export function keptAsText(names, bundled) {
  return {
    name: 'kept-as-text',
    setup({ onResolve, onLoad, initialOptions: { target } }) {
      onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({ path, namespace: 'text' }));
      onLoad({ filter: /./, namespace: 'text' }, async ({ path }) => {
        const how = { bundle: true, write: false, platform: 'node', target, format: 'cjs', minify: true, metafile: true };
        const { outputFiles, metafile } = await build({
          stdin: { contents: `module.exports = require('${path}')`, resolveDir: '.' },
          ...how,
        });
        bundled(metafile);
        const contents = `new Function('module', 'exports', 'require', ${JSON.stringify(outputFiles[0].text)})(module, exports, require);`;
        return { contents, resolveDir: '.' };
      });
    },
  };
}
