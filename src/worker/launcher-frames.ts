// The frames of the launcher's protocol: a length (uint32, little endian), then NUL-terminated strings.
import { constants } from 'node:os';
import type { LaunchSpec } from './launcher.js';

export const protocolVersion = '4';
/** A longer frame ends the connection (native/launcher/frame.h). */
export const largestFrameBytes = 8 << 20;

export type FrameValue = string | number | string[];

/** Encodes one frame: a list becomes its length and its strings; `rest` follows unchanged. */
export function encodeLaunchFrame(values: FrameValue[], rest: Buffer = Buffer.alloc(0)): Buffer {
  const parts: string[] = [];
  for (const value of values) {
    if (Array.isArray(value)) parts.push(String(value.length), ...value);
    else parts.push(String(value));
  }
  const text = `${parts.join('\0')}\0`;
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(4 + bytes + rest.length);
  frame.writeUInt32LE(bytes + rest.length, 0);
  frame.write(text, 4);
  rest.copy(frame, 4 + bytes);
  return frame;
}

export function startFrame(spec: LaunchSpec): Buffer {
  const { limits, user, stdin, terminal } = spec;
  const [input, inputPath] = typeof stdin === 'string' ? [stdin, ''] : 'file' in stdin ? ['file', stdin.file] : ['inline', ''];
  const values = [
    'start',
    spec.runId,
    spec.level,
    spec.note,
    spec.cwd,
    spec.exec,
    input,
    inputPath,
    spec.kept,
    user?.uid ?? -1,
    user?.gid ?? -1,
    Number(user?.own ?? false),
    Math.ceil(spec.timeoutMs),
    constants.signals[spec.stopSignal as NodeJS.Signals],
    Math.ceil(spec.graceMs),
    spec.outputLimitBytes,
    terminal?.rows ?? 0,
    terminal?.columns ?? 0,
    Number(spec.holdPipes),
    limits.memoryBytes ?? -1,
    Math.ceil(limits.cpuSeconds ?? -1),
    limits.processes ?? -1,
    limits.openFiles ?? -1,
    limits.fileBytes ?? -1,
    spec.pipes,
    spec.masked,
    spec.cgroups,
    [spec.exec, ...spec.argv],
    Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    (user?.named?.groups ?? []).map(String),
  ];
  return encodeLaunchFrame(values, typeof stdin === 'object' && 'bytes' in stdin ? stdin.bytes : undefined);
}

/** One frame: its strings, read one after the other, and the bytes that follow them. */
export class FrameFields {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new Error('a frame of the launcher is truncated');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  number(): number {
    const text = this.text();
    const number = Number(text);
    if (Number.isFinite(number)) return number;
    throw new Error(`a frame of the launcher has '${text.slice(0, 40)}' in place of a number`);
  }

  flag(): boolean {
    return this.text() === '1';
  }

  get left(): boolean {
    return this.at < this.bytes.length;
  }

  rest(): Buffer {
    return this.bytes.subarray(this.at);
  }
}

/** Cuts the arriving bytes into frames; a frame is valid until the next chunk is pushed. */
export class FrameSplitter {
  private pending: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<FrameFields> {
    let bytes = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk;
    while (bytes.length >= 4) {
      const end = 4 + bytes.readUInt32LE(0);
      if (bytes.length < end) break;
      yield new FrameFields(bytes.subarray(4, end));
      bytes = bytes.subarray(end);
    }
    this.pending = Buffer.from(bytes);
  }
}
