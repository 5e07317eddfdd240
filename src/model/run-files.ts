// The files of a run, as whoever executes it gives and takes them; paths are relative to the work directory.
import type { Readable } from 'node:stream';

export interface RunFile {
  path: string;
  /** A name in `path` is not UTF-8; it is percent-encoded there. */
  encoded?: true;
  directory: boolean;
  /** 0 for a folder. */
  bytes: number;
  modifiedAtMs: number;
}

export interface FileList {
  /** A folder before what is in it. */
  files: RunFile[];
  /** There are more, or folders too deep to look into. */
  truncated: boolean;
}

export interface OpenFile {
  bytes: number;
  modifiedAtMs: number;
  executable: boolean;
  /** Another one after every change. */
  etag: string;
  /** Closes the file at its end; may be called once. `end` is included. */
  read(range?: { start: number; end: number }): Readable;
  /** For a file that is not read. */
  close(): Promise<void>;
}

export interface NewFile {
  path: string;
  /** Asked for once its place is ready. */
  content(): Readable | Promise<Readable>;
  executable?: boolean;
  /** When it was changed; left out: now. */
  modifiedAt?: Date;
}

/** Links and special files are in no list, and are never followed, read or replaced. */
export interface FileTree {
  list(bound: number): Promise<FileList>;
  /** Throws not_found for what is missing, or no regular file of the run's own. */
  open(path: string): Promise<OpenFile>;
  /** Makes the folders that it needs. True: the file is new; false: it has replaced one. Throws path_taken, wrong_state. */
  put(file: NewFile): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** Throws not_found as `open` does, and wrong_state. */
  remove(path: string): Promise<void>;
}

export interface RunFiles {
  /** What lies ready for a run that has not started; it may be changed as long as `isOpen` says so. */
  uploads(runId: string, isOpen: () => boolean): FileTree;
  /** The work directory while the run goes on, and what it left in it afterwards. */
  work(runId: string): FileTree;
  /** What a finished run left takes so much of the disk. */
  keptBytes(runId: string): Promise<number>;
}
