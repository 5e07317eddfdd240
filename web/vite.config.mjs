// How the page is built: into dist/web, with addresses that work below any BASE_PATH.
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Few files that are compressed well, in place of many small ones: what all views need, and what the views of operations do. */
const groups = [
  { name: 'page', test: /web\/src\/(api|frame|router|parts\/(?!tokens|bindings)[^/]+$)|node_modules\/preact\// },
  { name: 'operations', test: /web\/src\/(views\/(account|operations|services|streams)\/(?!chart)|parts\/(tokens|bindings))/ },
];

/** @type {import('vite').UserConfig} */
export default {
  root: folder,
  base: '/ui/',
  // documents refer to /ui/…, before which the server puts BASE_PATH; what is loaded later is found next to the file that loads it
  experimental: { renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(folder, '../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // a picture or a style that is written into another file would break the policy of the page's content
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // what each view loads, for a test
    manifest: 'manifest.json',
    reportCompressedSize: false,
    rolldownOptions: { input: join(folder, 'index.html'), output: { codeSplitting: { includeDependenciesRecursively: false, groups } } },
  },
  worker: { format: 'es' },
  logLevel: 'warn',
};
