// Interactive input for a program: what arrives before the program has started waits for its start.
import { setTimeout as pause } from 'node:timers/promises';
import type { Interaction } from '../../model/run-order.js';
import type { RunInput } from '../../model/run-task.js';
import type { LaunchedProcess } from '../../worker/launcher.js';

/** A terminal holds about 4 KiB that its program has not read and drops the rest: a paste is written in pieces, a little apart. */
const pieceBytes = 1024;
const pieceMs = 5;
/** Control-D: on a terminal, the end of input. */
const endOfInput = Buffer.from([4]);

export class InteractiveInput implements RunInput {
  private readonly process: Promise<LaunchedProcess | null>;
  private resolve: (process: LaunchedProcess | null) => void;

  constructor(readonly interaction: Interaction) {
    this.process = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  attach(process: LaunchedProcess): void {
    this.resolve(process);
  }

  /** No program will start any more. */
  end(): void {
    this.resolve(null);
  }

  async write(bytes: Buffer): Promise<boolean> {
    const process = await this.process;
    if (!process) return false;
    return this.interaction.terminal ? type(process, bytes) : push(process, bytes);
  }

  async resize(size: { rows: number; columns: number }): Promise<void> {
    const process = await this.process;
    if (this.interaction.terminal) process?.resize(size);
  }

  async close(): Promise<void> {
    const process = await this.process;
    if (this.interaction.terminal) process?.type(endOfInput);
    else process?.closeInput();
  }
}

async function type(process: LaunchedProcess, bytes: Buffer): Promise<boolean> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (at > 0) await pause(pieceMs);
    process.type(bytes.subarray(at, at + pieceBytes));
  }
  return true;
}

function push({ stdin }: LaunchedProcess, bytes: Buffer): Promise<boolean> {
  if (!stdin || stdin.destroyed || stdin.writableEnded) return Promise.resolve(false);
  return new Promise((resolve) => stdin.write(bytes, (error) => resolve(!error)));
}
