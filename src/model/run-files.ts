// The files of a run, as its executor provides and takes them; paths are relative to the work directory.
import type { Readable } from 'node:stream';

export interface RunFile {
  path: string;
  /** True when a name in `path` is not UTF-8, and is percent-encoded there. */
  encoded?: true;
  directory: boolean;
  /** 0 for a folder. */
  bytes: number;
  modifiedAtMs: number;
}

export interface FileList {
  /** A folder comes before the files in it. */
  files: RunFile[];
  /** True when there are more files, or folders too deep to look into. */
  truncated: boolean;
}

export interface OpenFile {
  bytes: number;
  modifiedAtMs: number;
  executable: boolean;
  /** Changes with every change of the file. */
  etag: string;
  /** Closes the file at its end; may be called once. `end` is included. */
  read(range?: { start: number; end: number }): Readable;
  /** Closes a file that is not read. */
  close(): Promise<void>;
}

export interface NewFile {
  path: string;
  /** Called once the place of the file is ready. */
  content(): Readable | Promise<Readable>;
  executable?: boolean;
  /** When the file was changed; left out: now. */
  modifiedAt?: Date;
}

/** Links and special files are not listed, and are never followed, read or replaced. */
export interface FileTree {
  list(bound: number): Promise<FileList>;
  /** Throws not_found for a path that is missing, or that is not a regular file of the run. */
  open(path: string): Promise<OpenFile>;
  /** Creates missing folders. True: the file is new; false: the file has replaced another. Throws path_taken, wrong_state. */
  put(file: NewFile): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** Throws not_found as `open` does, and wrong_state. */
  remove(path: string): Promise<void>;
}

export interface RunFiles {
  /** The files that are ready for a run that has not started; they may be changed as long as `isOpen` returns true. */
  uploads(runId: string, isOpen: () => boolean): FileTree;
  /** The work directory while the run is active, and the files that it left there afterwards. */
  work(runId: string): FileTree;
  /** How many bytes of the disk the directories of an active run take; 0 while it has none. */
  activeBytes(runId: string): Promise<number>;
  /** How many bytes of the disk the files of a finished run take. */
  keptBytes(runId: string): Promise<number>;
}
