// Calls a tool: a run like any other, whose end is waited for, and which ends with its call.
import type { CallToolResult } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { whenAborted } from '../http/client-disconnect.js';
import { CodedError } from '../model/coded-error.js';
import type { LogStream } from '../model/log-format.js';
import type { Principal } from '../model/roles.js';
import { streamedOutput } from '../run-http/answer-stream.js';
import { Runs } from '../runs/runs.js';
import { CallResults } from './call-result.js';
import { tellProgress } from './progress.js';
import { argumentsOf, ToolRequests } from './tool-request.js';
import type { OpenTool } from './tools.js';

export interface ToolCall {
  caller: Principal;
  tool: OpenTool;
  given: unknown;
  /** Aborted when nobody waits for the result any more. */
  signal: AbortSignal;
  /** Missing: the client has not asked for progress. */
  progress?: (progress: number, message: string) => void;
}

@Injectable()
export class ToolCalls {
  constructor(
    private readonly runs: Runs,
    private readonly requests: ToolRequests,
    private readonly results: CallResults,
  ) {}

  /** The failure of a run is a result too. Throws what refuses a run. */
  async call({ caller, tool, given, signal, progress }: ToolCall): Promise<CallToolResult> {
    this.runs.checkDisk();
    const read = async (runId: string) => ({ run: await this.requests.read({ caller, tool, given: argumentsOf(given), runId }) });
    const { id } = await this.runs.accept(caller, read);
    whenAborted(signal, () => this.runs.stopActive(id, { error: 'the caller has cancelled the call, or has gone away' }));
    const over = new AbortController();
    const told = progress && this.follow(caller, id, { tool, tell: progress, signal: AbortSignal.any([signal, over.signal]) });
    try {
      await this.runs.wait(id, Number.POSITIVE_INFINITY, signal);
      // the last lines come with the end
      await told;
    } finally {
      over.abort();
    }
    signal.throwIfAborted();
    return this.results.of(await this.runs.find(caller, id), tool.content);
  }

  private async follow(
    caller: Principal,
    id: string,
    { tool, ...told }: { tool: OpenTool; tell: (progress: number, message: string) => void; signal: AbortSignal },
  ): Promise<void> {
    const isShown = streamedOutput(tool.content) === 'stdout';
    const streams: LogStream[] = isShown ? ['stderr'] : ['stderr', 'stdout'];
    try {
      await tellProgress(this.runs, await this.runs.find(caller, id), { streams, ...told });
    } catch (error) {
      // the run may have been removed, and its result says more
      if (!(error instanceof CodedError)) throw error;
    }
  }
}
