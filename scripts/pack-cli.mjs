// Builds what the package of the client holds, before npm packs it: npm pack in clients/cli.
import { bundleCli } from './bundle-cli.mjs';

await bundleCli();
