// What an input adapter must do to get the message into a program.
import type { Readable } from 'node:stream';
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';

export interface InputAdapter {
  /** The message passes through the server while the program runs: the message is cut off when the server ends before `deliver`. */
  passing?: true;
  /** Called before the start: writes files, adds placeholder values, and returns what stdin is. */
  prepare(context: RunContext): Promise<LaunchSpec['stdin']>;
  /** Called after the start: delivers the message. A program that stops reading early is not an error. Throws input_error. */
  deliver(context: RunContext, process: LaunchedProcess): Promise<void>;
  /** Only for an adapter that services can use: the way in, opened after each start, and again when the service is adopted. */
  open?(context: RunContext, process: LaunchedProcess): Promise<MessageSink>;
}

/** The way into a running service, for one message at a time. */
export interface MessageSink {
  /**
   * Resolves when the program's side has taken the whole message: with the reply where the adapter has one (`port` in and out), else
   * with null. Throws input_error.
   */
  send(message: Readable): Promise<Readable | null>;
  close(): Promise<void>;
}
