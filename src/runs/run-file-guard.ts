// What a caller may not do with the files of a run: take the places of the definition's own files, or send code to a user of the machine.
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import { refusePlace } from '../model/definition-files.js';
import type { Principal } from '../model/roles.js';
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

/**
 * A program that runs as a user of the machine must find no file of a caller in its work directory: a module that a script loads from there would be
 * code of that user. Throws forbidden.
 */
export function refuseCallersFiles({ role }: Pick<Principal, 'role'>, { run_as: name }: Pick<ProcessDefinition, 'run_as'>): void {
  if (name === undefined || role === 'admin') return;
  const instead = "send yours as the value of a parameter of the format 'file'";
  throw new CodedError(
    'forbidden',
    `the program runs as the user '${name}' (run_as), so only an admin may change the files of its work directory; ${instead}`,
  );
}
