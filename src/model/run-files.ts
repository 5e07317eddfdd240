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

/** Throws for a file that has this ETag and must not be changed, or, null, for a file that must exist. */
export type FileCondition = (etag: string | null) => void;

export interface NewFile {
  path: string;
  /** Called once the place of the file is ready. */
  content(): Readable | Promise<Readable>;
  executable?: boolean;
  /** When the file was changed; left out: now. */
  modifiedAt?: Date;
  /** Asked before the content is read, and again in the moment in which the file appears. */
  condition?: FileCondition;
}

export interface PutFile {
  /** False: the file has replaced another. */
  isNew: boolean;
  /** Null: the file has already vanished. */
  etag: string | null;
}

/** Links and special files are not listed, and are never followed, read or replaced. */
export interface FileTree {
  list(bound: number): Promise<FileList>;
  /** Throws not_found for a path that is missing, or that is not a regular file of the run. */
  open(path: string): Promise<OpenFile>;
  /** Creates missing folders. Throws path_taken, wrong_state, and what the condition throws. */
  put(file: NewFile): Promise<PutFile>;
  makeFolder(path: string): Promise<void>;
  /** Throws not_found as `open` does, wrong_state, and what the condition throws. */
  remove(path: string, condition?: FileCondition): Promise<void>;
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
