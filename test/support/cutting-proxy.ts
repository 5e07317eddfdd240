// A TCP proxy that cuts connections in the middle.
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  cuts = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `bytes`: after how many bytes of both directions each connection is cut; undefined: not at all. */
  static async start(url: string, bytes: () => number | undefined): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    const { hostname, port } = new URL(url);
    server.on('connection', (incoming) => proxy.#forward(incoming, connect(Number(port), hostname), bytes()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #forward(incoming: Socket, outgoing: Socket, bound = Number.POSITIVE_INFINITY): void {
    let passed = 0;
    const end = () => {
      incoming.destroy();
      outgoing.destroy();
    };
    for (const socket of [incoming, outgoing]) {
      this.#open.add(socket);
      socket.on('error', end).on('close', () => this.#open.delete(socket) && end());
    }
    const count = (chunk: Buffer) => {
      passed += chunk.length;
      if (passed <= bound) return;
      this.cuts++;
      end();
    };
    incoming.on('data', count).pipe(outgoing);
    outgoing.on('data', count).pipe(incoming);
  }
}
