// The connection to the launcher, kept: opened when it is wanted, tried again and again while it cannot be, and in words why not.
import { type Greeting, LauncherConnection, type LauncherEvents, type LauncherPlace } from './launcher-connection.js';

/** How soon after a launcher could not be started it is tried again. */
const againMs = 1000;

export class KeptConnection {
  /** Null: there is none now. */
  current: LauncherConnection | null = null;
  /** Of the launcher that answered last. */
  greeting: Greeting | null = null;
  /** Why none can be opened, as the last try showed. */
  fault: string | null = null;
  onFault: (fault: string | null) => void = () => {};
  private opening: Promise<LauncherConnection> | null = null;
  private closed = false;

  /** `ears.gone` is called when there is none any more. */
  constructor(
    private readonly place: LauncherPlace,
    private readonly ears: LauncherEvents,
  ) {}

  /** The one that is there, or a new one; starts the launcher when there is none. Rejects when that is not possible. */
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
      // with a fault there is always a further try on its way
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
