// How a run of the native launcher ended: the same fields in the frame of its end and in its exit record.
import { constants as osConstants } from 'node:os';
import type { ProcessEnd } from './launcher.js';
import { FrameFields } from './launcher-frames.js';

export interface EndedRun {
  end: ProcessEnd;
  note: string;
  logBytes: number;
}

/** Names by number. When a number has several names, the first is the usual one: SIGABRT, not SIGIOT. */
const byNumber = (constants: object): Record<number, string> =>
  Object.fromEntries(
    Object.entries(constants)
      .map(([name, number]) => [number, name] as const)
      .reverse(),
  );

const signalNames = byNumber(osConstants.signals);
const errnoNames = byNumber(osConstants.errno);

/** The name of an errno, such as ENOENT. */
export function errnoName(errno: number): string {
  return errnoNames[errno] ?? 'UNKNOWN';
}

/** Reads the fields that follow the frame's name and the run's id. */
export function readEnded(fields: FrameFields): EndedRun {
  const signalled = fields.text() === 'signal';
  const code = fields.number();
  const reason = fields.text() as '' | 'timeout' | 'stop' | 'output_limit' | 'input_cut';
  const logErrno = fields.number();
  const usage = { cpuMs: fields.number() / 1000, maxRssBytes: fields.number() };
  const [startedAtMs, endedAtMs] = [fields.number(), fields.number()];
  const stdout = { bytes: fields.number(), isText: fields.flag() };
  const stderr = { bytes: fields.number(), isText: fields.flag() };
  const logBytes = fields.number();
  const spilled = fields.text() === 'spilled';
  const note = fields.text();
  const end: ProcessEnd = {
    exitCode: signalled ? null : code,
    signal: signalled ? (signalNames[code] ?? `SIG${code}`) : null,
    reason: reason || (logErrno !== 0 ? 'log_failed' : null),
    startedAtMs,
    endedAtMs,
    usage,
    stdout,
    stderr,
    log: spilled ? null : Buffer.from(fields.rest()),
  };
  return { end, note, logBytes };
}

/** Reads the bytes of an exit record. */
export function readRecord(bytes: Buffer): EndedRun {
  const fields = new FrameFields(bytes);
  fields.text();
  fields.text();
  return readEnded(fields);
}

/** The end of a run whose end is unknown; its log is kept. */
export function lostEnd(startedAtMs: number): ProcessEnd {
  const nothing = { bytes: 0, isText: false };
  return {
    exitCode: null,
    signal: null,
    reason: 'lost',
    startedAtMs,
    endedAtMs: Date.now(),
    usage: null,
    stdout: nothing,
    stderr: nothing,
    log: null,
  };
}
