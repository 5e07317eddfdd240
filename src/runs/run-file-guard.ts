// The files of a run for a caller who changes them: the places of the definition's own files are not the caller's.
import type { ProcessDefinition } from '../model/definition.js';
import { refusePlace } from '../model/definition-files.js';
import type { FileCondition, FileList, FileTree, NewFile, OpenFile, PutFile } from '../model/run-files.js';

/** While the run can still read its definition's files: a program must find what its author wrote, whoever started the run. */
export class GuardedFiles implements FileTree {
  constructor(
    private readonly files: FileTree,
    private readonly definition: ProcessDefinition,
  ) {}

  list(bound: number): Promise<FileList> {
    return this.files.list(bound);
  }

  open(path: string): Promise<OpenFile> {
    return this.files.open(path);
  }

  async put(file: NewFile): Promise<PutFile> {
    refusePlace(this.definition, file);
    return this.files.put(file);
  }

  async makeFolder(path: string): Promise<void> {
    refusePlace(this.definition, { path, folder: true });
    await this.files.makeFolder(path);
  }

  async remove(path: string, condition?: FileCondition): Promise<void> {
    refusePlace(this.definition, { path, folder: true });
    await this.files.remove(path, condition);
  }
}
