// Attaches this terminal to a run, or to a command that it starts on the server.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { openWebSocket } from '../../http/web-socket.js';
import { findRun } from '../../runs/find-run.js';
import { runPath } from '../../runs/run-record.js';
import { secondsOf } from '../../terminal/durations.js';
import { tell } from '../../terminal/table.js';
import { converse, terminalSize } from './session.js';

interface AttachOptions {
  stdin?: boolean;
  tty?: boolean;
}

interface ExecOptions extends AttachOptions {
  env?: string[];
  cwd?: string;
  timeout?: string;
  lane?: string;
  keepRunning?: boolean;
}

const protocols = ['v5.channel.k8s.io'];

export const attach: Act = async ({ connection }, [target], options: AttachOptions) => {
  refuseOtherThanTerminal(options);
  return attached(connection, await findRun(connection, target), options);
};

/** The command runs as a new run, which ends when this side leaves; a server runs nothing inside of another run. */
export const exec: Act = async ({ connection }, [program, ...argv], options: ExecOptions) => {
  refuseOtherThanTerminal(options);
  const { id } = await connection.json<{ id: string }>({ method: 'POST', path: '/api/run/', json: commandOf([program, ...argv], options) });
  if (options.tty) tell(`Run ${id}; Ctrl-P Ctrl-Q leaves it.`);
  return attached(connection, id, { ...options, ends: !options.stdin });
};

function refuseOtherThanTerminal({ tty, stdin }: AttachOptions): void {
  if (!tty) return;
  if (!stdin) throw new Failure('-t needs -i: a terminal is typed at', { exitCode: exitCodes.usage, hint: 'procreg exec -it' });
  if (!process.stdin.isTTY) throw new Failure('stdin is not a terminal', { exitCode: exitCodes.usage, hint: 'leave out -t' });
}

function commandOf([program, ...argv]: string[], { tty, env = [], cwd, timeout, lane, keepRunning }: ExecOptions): object {
  const { rows, columns } = terminalSize();
  return {
    exec: program,
    argv,
    // attaching starts it, so that it cannot end before
    start: false,
    ...(tty ? { tty: { rows, columns } } : { interactive: true }),
    ...(env.length > 0 && { environment: Object.fromEntries(env.map(variableOf)) }),
    ...(cwd !== undefined && { cwd }),
    ...(timeout !== undefined && { timeout: Number(secondsOf(timeout)) }),
    ...(lane !== undefined && { lane }),
    ...(keepRunning && { on_disconnect: 'continue' }),
  };
}

function variableOf(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new Failure(`--env '${text}' is not NAME=VALUE`, { exitCode: exitCodes.usage });
  return [name, value];
}

type How = AttachOptions & { ends?: boolean };

async function attached(connection: Connection, id: string, { stdin = false, tty = false, ends }: How): Promise<number> {
  const size = tty
    ? `?${new URLSearchParams({ tty: '1', rows: String(terminalSize().rows), columns: String(terminalSize().columns) })}`
    : '';
  const socket = await openWebSocket(connection, `${runPath(id)}attach/${size}`, protocols);
  const code = await converse({ socket, input: stdin, ends, tty });
  if (code !== undefined) return code;
  process.stderr.write('\n');
  tell(`Left run ${id}. Unless its definition or exec --keep-running says otherwise, it is stopped when nobody is attached.`);
  return 0;
}
