// Starts our own server in a bench as npm start does, with its own database and its own DATA_DIR in the bench's folder.
import { join } from 'node:path';
import { ourCommand, runOnce, startServer } from './servers.mjs';

const password = 'bench-secret';

/** The Authorization header of every request of a bench. */
export const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;

/** `settings` are given as --set; `environment` may also hold settings that only some versions know; `nodeFlags` go to node. */
export function ourServer({ name, settings, environment, nodeFlags = [] }, scratch) {
  const directory = scratch.directory(name);
  const databaseFile = join(scratch.path, `${name}.sqlite`);
  const all = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: directory,
    DATABASE_URL: `sqlite:${databaseFile}`,
    ADMIN_PASSWORD: password,
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([setting, value]) => ['--set', `${setting}=${value}`]);
  const [node, ...words] = ourCommand();
  return {
    databaseFile,
    migrate: () => runOnce([node, ...words.slice(0, -1), 'migrate', ...flags], scratch),
    start: async () => {
      const command = [node, ...nodeFlags, ...words, ...flags];
      const address = /process-registry \S+ on (\S+) /;
      return { ...(await startServer({ name, command, address, environment }, scratch)), directory, authorization };
    },
  };
}
