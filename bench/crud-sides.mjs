// The two servers of the bench `crud`: ours as it is started by npm start, and the peer on a copy of the same database.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { insertRows } from './crud-rows.mjs';
import { ourCommand, projectRoot, runOnce, startServer } from './servers.mjs';

/** The first user that a server makes in an empty database. */
const adminId = 1;
const login = 'admin:secret';
const oursFile = 'ours.sqlite';

export async function startOurs(scratch, settings) {
  const directory = scratch.directory('ours');
  const file = join(scratch.path, oursFile);
  const all = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: directory, DATABASE_URL: `sqlite:${file}`, ADMIN_PASSWORD: 'secret', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const [node, ...words] = ourCommand();
  runOnce([node, ...words.slice(0, -1), 'migrate', ...flags], scratch);
  insertRows(file, adminId);
  copyFileSync(file, join(scratch.path, 'peer.sqlite'));
  const server = await startServer(
    { name: 'ours', command: [node, ...words, ...flags], address: /process-registry \S+ on (\S+) / },
    scratch,
  );
  return { ...server, authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

export function startPeer(scratch, { durability }) {
  const synchronous = durability === 'power' ? 'FULL' : 'NORMAL';
  const command = [process.execPath, join(projectRoot, 'bench/peer-registry.mjs'), join(scratch.path, 'peer.sqlite'), synchronous];
  return startServer({ name: 'peer', command, address: /listening on (\S+)/ }, scratch);
}
