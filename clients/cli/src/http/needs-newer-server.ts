// What a command says when the server is too old for it.
import { exitCodes, Failure } from '../failure.js';
import { bytesOf, type Connection } from './connection.js';

const versionBytes = 1024;

/** `what`: the command or option that needs a newer server, such as `procreg events`. */
export async function needsNewerServer(connection: Connection, what: string, exitCode: number = exitCodes.failed): Promise<Failure> {
  const version = await versionOf(connection).catch(() => undefined);
  const said = version === undefined ? 'of an older version' : `version ${version}`;
  return new Failure(`${connection.server.label} is a server ${said}; ${what} needs a newer one`, { exitCode, hint: 'upgrade the server' });
}

/** The version as /about says it; it answers anyone. */
async function versionOf(connection: Connection): Promise<string | undefined> {
  const answer = await connection.open({ path: '/about', headers: { accept: 'text/plain' } });
  const text = (await bytesOf(answer, versionBytes)).toString();
  return /^\d[\w.+-]{0,40}$/.exec(text.trim())?.[0];
}
