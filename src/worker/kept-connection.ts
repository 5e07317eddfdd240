// The connection to the launcher, kept open: it is opened on demand and tried again after a failure, whose reason is kept in words.
import { type Greeting, LauncherConnection, type LauncherEvents, type LauncherPlace } from './launcher-connection.js';

/** The pause before the next attempt after a launcher could not be started. */
const againMs = 1000;

export class KeptConnection {
  /** Null: there is no connection now. */
  current: LauncherConnection | null = null;
  /** The greeting of the launcher that answered last. */
  greeting: Greeting | null = null;
  /** Why no connection can be opened, from the last attempt; null: the last attempt succeeded. */
  fault: string | null = null;
  onFault: (fault: string | null) => void = () => {};
  private opening: Promise<LauncherConnection> | null = null;
  private closed = false;

  /** `ears.gone` is called when the connection has ended. */
  constructor(
    private readonly place: LauncherPlace,
    private readonly ears: LauncherEvents,
  ) {}

  /** Returns the current connection, or opens one; starts the launcher when there is none. Rejects when no launcher can be started. */
  async open(): Promise<LauncherConnection> {
    if (this.current) return this.current;
    this.opening ??= this.openNew().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  close(): void {
    this.closed = true;
    this.current?.close();
  }

  private async openNew(): Promise<LauncherConnection> {
    const gone = () => {
      this.current = null;
      this.ears.gone();
    };
    try {
      const connection = await LauncherConnection.open(this.place, this.ears.hear, gone);
      this.current = connection;
      this.greeting = connection.greeting;
      this.become(null);
      if (this.closed) connection.close();
      return connection;
    } catch (error) {
      // after a failure another attempt is always scheduled
      setTimeout(() => void (this.closed || this.open().catch(() => {})), againMs).unref();
      this.become((error as Error).message);
      throw error;
    }
  }

  private become(fault: string | null): void {
    if (fault === this.fault) return;
    this.fault = fault;
    this.onFault(fault);
  }
}
