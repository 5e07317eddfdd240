// The two servers of the bench `crud`: ours as npm start starts it, and the peer on a copy of the same database.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { insertRows } from './crud-rows.mjs';
import { ourServer } from './ours.mjs';
import { projectRoot, startServer } from './servers.mjs';

/** The id of the first user, whom a server creates in an empty database. */
const adminId = 1;

export function startOurs(scratch, settings) {
  const server = ourServer({ name: 'ours', settings }, scratch);
  server.migrate();
  insertRows(server.databaseFile, adminId);
  copyFileSync(server.databaseFile, join(scratch.path, 'peer.sqlite'));
  return server.start();
}

export function startPeer(scratch, { durability }) {
  const synchronous = durability === 'power' ? 'FULL' : 'NORMAL';
  const command = [process.execPath, join(projectRoot, 'bench/peer-registry.mjs'), join(scratch.path, 'peer.sqlite'), synchronous];
  return startServer({ name: 'peer', command, address: /listening on (\S+)/ }, scratch);
}
