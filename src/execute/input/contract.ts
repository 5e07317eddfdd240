// What an input adapter must do to get the message into a program.
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import type { RunStage } from '../run-stage.js';

export interface InputAdapter {
  /** Before the start: writes files, adds placeholder values, and says what stdin is. */
  prepare(stage: RunStage): Promise<LaunchSpec['stdin']>;
  /** After the start: brings the message. A program that stops reading early is no error. */
  deliver(stage: RunStage, process: LaunchedProcess): Promise<void>;
}
