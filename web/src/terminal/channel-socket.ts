// The connection to a run's terminal: v5.channel.k8s.io, a byte that names the channel before each frame (docs/behaviour/terminals.md).
import { basePath } from '../api/base.js';
import { request } from '../api/client.js';

/** Why there is no connection any more. `lost`: it broke, and the run may still live. */
export type LineEnd = { kind: 'ended'; exitCode: number | null; text: string } | { kind: 'lost'; text: string };

export interface LineListener {
  opened(): void;
  wrote(bytes: Uint8Array): void;
  closed(end: LineEnd): void;
}

export interface TerminalLine {
  type(text: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

interface Status {
  status: 'Success' | 'Failure';
  message?: string;
  details?: { causes?: { reason: string; message: string }[] };
}

const channels = { input: 0, stdout: 1, stderr: 2, status: 3, size: 4 };
const encoder = new TextEncoder();
/** The server takes at most 1 MiB at once. */
const mostBytes = 512 * 1024;

/** Throws an ApiError when the run may not be attached to. */
export async function openLine(run: string, listener: LineListener): Promise<TerminalLine> {
  const path = `/api/run/${encodeURIComponent(run)}/attach/`;
  const asked = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ path }) };
  const { ticket } = await (await request('/api/ticket/', asked)).json();
  const address = new URL(`${basePath}${path}?-ticket=${ticket}`, location.href.replace(/^http/, 'ws'));
  const socket = new WebSocket(address, ['v5.channel.k8s.io']);
  socket.binaryType = 'arraybuffer';
  let status: Status | undefined;
  socket.onopen = () => listener.opened();
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const [channel] = new Uint8Array(data, 0, 1);
    const bytes = new Uint8Array(data, 1);
    if (channel === channels.status) status = JSON.parse(new TextDecoder().decode(bytes));
    else if (channel === channels.stdout || channel === channels.stderr) listener.wrote(bytes);
  };
  socket.onclose = ({ code, reason }) => listener.closed(status ? endOf(status) : { kind: 'lost', text: lostText(code, reason) });
  const send = (channel: number, content: string | Uint8Array) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const bytes = typeof content === 'string' ? encoder.encode(content) : content;
    for (let from = 0; from < bytes.length; from += mostBytes) {
      const piece = bytes.subarray(from, from + mostBytes);
      const frame = new Uint8Array(piece.length + 1);
      frame[0] = channel;
      frame.set(piece, 1);
      socket.send(frame);
    }
  };
  return {
    type: (text) => send(channels.input, text),
    resize: (columns, rows) => send(channels.size, JSON.stringify({ Width: columns, Height: rows })),
    close: () => socket.close(),
  };
}

function endOf({ status, message, details }: Status): LineEnd {
  const causes = new Map(details?.causes?.map((cause) => [cause.reason, cause.message]));
  const code = status === 'Success' ? 0 : Number(causes.get('ExitCode') ?? Number.NaN);
  if (Number.isNaN(code)) return { kind: 'ended', exitCode: null, text: message ?? 'The program has not started.' };
  const signal = causes.get('Signal');
  const others = [...causes.keys()].filter((reason) => !['ExitCode', 'Signal'].includes(reason));
  const why = others.length > 0 ? ` (${others.join(', ').replaceAll('_', ' ')})` : '';
  return { kind: 'ended', exitCode: code, text: signal ? `Ended by ${signal}${why}.` : `Ended with exit code ${code}${why}.` };
}

function lostText(code: number, reason: string): string {
  if (code === 1001) return 'The server is stopping; the run continues.';
  return reason ? `The connection was closed: ${reason}.` : 'The connection broke; the run may still live.';
}
