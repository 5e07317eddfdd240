// Runs code once: the files go into a separate work directory, and the command of the language runs in a sandbox.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { controlDirectory } from '../../model/control-directory.js';
import type { ProcessDefinition } from '../../model/definition.js';
import type { Principal } from '../../model/roles.js';
import type { UploadedFile } from '../../model/run-order.js';
import { RunsRoot } from '../../results/outputs.js';
import { MessageStorage } from '../../runs/message-storage.js';
import { newRunId } from '../../runs/run-ids.js';
import { emptyRequest, type RunRequest } from '../../runs/run-request.js';
import { Runs } from '../../runs/runs.js';
import type { CodeFile } from './code-faults.js';
import { codeProgram } from './code-program.js';
import { type CodeRefusal, type CodeResult, codeResult } from './code-result.js';
import { CodeSettings } from './code-settings.js';
import type { Language, LanguageCommand } from './language.js';
import { missingTools } from './language.js';
import { Languages } from './languages.js';
import type { CodeRequest } from './read-code.js';

/** A refusal that glot's clients get as `{error, message}`, with the status 400. */
export class CodeError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface AcceptedCode {
  runId: string;
  /** Null: the caller's own commands run. */
  tools: string[] | null;
}

export interface PlannedCode extends AcceptedCode {
  content: ProcessDefinition;
  code: CodeRequest;
}

@Injectable()
export class RunCode {
  constructor(
    private readonly runs: Runs,
    private readonly languages: Languages,
    private readonly settings: CodeSettings,
    private readonly root: RunsRoot,
    private readonly storage: MessageStorage,
  ) {}

  /** Plans the run; nothing is stored yet. Throws CodeError. */
  plan(code: CodeRequest): PlannedCode {
    const language = this.languageOf(code);
    const command = code.commands ? undefined : this.commandOf(language!);
    const content = codeProgram(code, { language, command, bounds: this.settings });
    return { runId: newRunId(), tools: command?.tools ?? null, content, code };
  }

  /** Resolves once the run is accepted: to its id, which is that of an earlier one for the same request with the same Idempotency-Key. */
  async submit(owner: Principal, { runId, content, code }: PlannedCode, asked: Pick<RunRequest, 'trace' | 'idempotency'>): Promise<string> {
    const read = async (): Promise<{ run: RunRequest }> => ({
      run: {
        ...emptyRequest(),
        runId,
        definition: null,
        content,
        message: await this.storage.keep(runId, Buffer.from(code.stdin)),
        uploads: await this.keepFiles(code.files, runId),
        synchronous: true,
        isolation: 'sandbox',
        dropFiles: true,
        ...asked,
      },
    });
    return (await this.runs.accept(owner, read, runId)).id;
  }

  /** The result; undefined while the run has not ended. */
  async result(owner: Principal, { runId, tools }: AcceptedCode): Promise<CodeResult | CodeRefusal | undefined> {
    const row = await this.runs.find(owner, runId);
    if (row.state !== 'finished') return undefined;
    return codeResult(row, await this.runs.log(runId), { tools, maxOutputBytes: this.settings.maxOutputBytes });
  }

  private languageOf({ language, commands }: CodeRequest): Language | undefined {
    if (language === undefined && commands) return undefined;
    const known = this.languages.find(language!);
    if (known) return known;
    throw new CodeError('language.unknown', `there is no language '${language}'; known are ${this.languages.names.join(', ')}`);
  }

  private commandOf(language: Language): LanguageCommand {
    const command = this.languages.commandOf(language);
    if (command) return command;
    throw new CodeError('language.unavailable', `${language.language} is not installed on this server: it needs ${missingTools(language)}`);
  }

  private async keepFiles(files: CodeFile[], runId: string): Promise<UploadedFile[]> {
    const folder = join(controlDirectory(this.root.path, runId).uploads, 'code');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const kept = files.map(({ name }, index) => ({ path: join(folder, String(index)), name }));
    await Promise.all(kept.map(({ path }, index) => writeFile(path, files[index].content, { mode: 0o600 })));
    return kept;
  }
}
