// Output adapter `append`: what the program appends to a file.
import { type FileHandle, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CollectedOutput } from '../../model/run-result.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { openLeftFile } from '../files/safe-open.js';
import { FrameCutter, framingOf } from '../io/framing.js';
import type { OutputAdapter, OutputFrame } from '../io/output-adapter.js';
import { type Named, ownPart, placeAfterStart } from '../io/own-path.js';
import { endSignal, pauseFor } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { keepFile } from './keep-file.js';
import { outputFileName } from './output-file.js';

/** The time between two looks whether the file has grown. */
const lookMs = 50;
const blockBytes = 64 * 1024;

export const appendOutput: OutputAdapter = {
  /** Skips what is there already: it was appended by somebody else. */
  async prepare(context: RunContext): Promise<void> {
    const { directory } = context;
    const own = ownPart(context, named(context));
    if (own === undefined) context.values.output_file = join(await directory.makeFolder(join(directory.root, 'out')), named(context).name);
    else context.marks.appendedFrom = (await stat(join(context.cwd, own)).catch(() => null))?.size ?? 0;
  },

  async collect(context: RunContext): Promise<CollectedOutput> {
    const place = placeAfterStart(context, named(context));
    const kept = await keepFile(await openLeftFile(place), context, context.marks.appendedFrom);
    return {
      source: 'file',
      ...kept,
      contentType: context.output.parameters.content_type as string | undefined,
      name: basename(place.path),
    };
  },

  async *frames(context: RunContext, process: LaunchedProcess, position: number): AsyncGenerator<OutputFrame> {
    const follower = new AppendedFile(context, process, position || (context.marks.appendedFrom ?? 0));
    let cutter = new FrameCutter(framingOf(context.output), follower.position);
    for await (const { bytes, anew } of follower.chunks()) {
      if (anew) {
        for (const { bytes: rest } of cutter.finish()) yield { bytes: rest, position: 0 };
        cutter = new FrameCutter(framingOf(context.output));
      }
      yield* cutter.push(bytes);
    }
    yield* cutter.finish();
  },
};

function named(context: RunContext): Named {
  return { side: 'output', path: context.output.parameters.file_path, placeholder: 'output_file', name: outputFileName(context) };
}

/** Follows a file by its name, also when the file is replaced or emptied. */
class AppendedFile {
  private file: FileHandle | null = null;
  private anew = false;

  constructor(
    private readonly context: RunContext,
    private readonly process: LaunchedProcess,
    public position: number,
  ) {}

  async *chunks(): AsyncGenerator<{ bytes: Buffer; anew: boolean }> {
    const over = endSignal(this.process);
    try {
      for (let last = false; !last; ) {
        last = over.aborted;
        for (let bytes = await this.read(); bytes.length > 0; bytes = await this.read()) {
          yield { bytes, anew: this.anew };
          this.anew = false;
        }
        if (!last) await pauseFor(lookMs, over);
      }
    } finally {
      await this.file?.close();
    }
  }

  private async read(): Promise<Buffer> {
    const bytes = await this.readOn();
    if (bytes.length > 0) return bytes;
    const next = await openLeftFile(placeAfterStart(this.context, named(this.context))).catch(() => null);
    if (!next) return bytes;
    this.context.scope.file(next);
    // what came before the file was replaced
    const late = await this.readOn();
    if (late.length > 0) await next.close();
    else await this.goOnWith(next);
    return late.length > 0 ? late : this.readOn();
  }

  private async readOn(): Promise<Buffer> {
    if (!this.file) return Buffer.alloc(0);
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes, this.position);
    this.position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  private async goOnWith(next: FileHandle): Promise<void> {
    const [before, now] = [await this.file?.stat(), await next.stat()];
    if ((before !== undefined && before.ino !== now.ino) || now.size < this.position) {
      this.position = 0;
      this.anew = true;
    }
    await this.file?.close();
    this.file = next;
  }
}
