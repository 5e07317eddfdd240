// The one who holds the connection of a browser: a worker that all tabs share.
import { LiveHub } from './live-hub.js';
import type { LiveMessage, TabWishes } from './live-messages.js';

const hub = new LiveHub();

(globalThis as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }: MessageEvent<TabWishes>) => hub.hear(port, data, (message: LiveMessage) => port.postMessage(message));
};
