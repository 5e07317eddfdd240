// The messages of a service as they come, resumed where they were when the connection broke.
import { ApiError, request } from '../../api/client.js';
import { serverEvents } from '../../api/sse.js';

export interface Message {
  id: string;
  text: string;
}

/** The newest ones are shown. */
const mostMessages = 500;
const retryMs = 2000;

export class MessageStream {
  list: Message[] = [];
  private left = new AbortController();
  private last = '';

  constructor(
    private readonly path: string,
    private readonly changed: () => void,
  ) {}

  open(): void {
    this.close();
    this.left = new AbortController();
    void this.read(this.left.signal);
  }

  close(): void {
    this.left.abort();
  }

  add(message: Message): void {
    this.list = [message, ...this.list].slice(0, mostMessages);
    this.changed();
  }

  private async read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await this.readOnce(signal)) return;
      } catch (error) {
        if (error instanceof ApiError && error.status !== 0 && error.status < 500) return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  /** True: the service has ended, and there is nothing more. */
  private async readOnce(signal: AbortSignal): Promise<boolean> {
    const headers = { Accept: 'text/event-stream', ...(this.last && { 'Last-Event-ID': this.last }) };
    const response = await request(this.path, { headers, signal });
    if (response.status === 204) return true;
    for await (const { name, data, id } of serverEvents(response)) {
      if (signal.aborted || name === 'end') return true;
      if (!name.startsWith('message') || id === undefined) continue;
      this.last = id;
      this.add({ id, text: name === 'message' ? data : bytesAsText(data) });
    }
    return false;
  }
}

function bytesAsText(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}
