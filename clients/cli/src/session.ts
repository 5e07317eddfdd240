// What every command starts from: the server that is meant, and where output goes.
import { Connection } from './http/connection.js';
import { type ChosenServer, chooseServer } from './profiles/choose-server.js';

export class Session {
  /** What --server says. */
  readonly named?: string;
  #connection?: Connection;
  #username?: string;

  constructor(named?: string) {
    this.named = named;
  }

  /** The server that is meant: --server, PROCREG_URL, the current one, the socket of this machine. Throws a Failure when there is none. */
  get server(): ChosenServer {
    return this.connection.server;
  }

  get connection(): Connection {
    this.#connection ??= new Connection(chooseServer(this.named));
    return this.#connection;
  }

  /** The name of the user as whom the server takes the login. */
  async username(): Promise<string> {
    this.#username ??= (await this.connection.json<{ username: string }>({ path: '/api/me/' })).username;
    return this.#username;
  }
}
