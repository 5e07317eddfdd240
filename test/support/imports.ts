// Reads files of other systems in the test's own thread, without a server.
import type { Imported, ImportedFiles } from '../../src/imports/imported.js';
import { type ImportKind, importFile } from '../../src/imports/kinds/import-file.js';
import { importFiles } from '../../src/imports/kinds/import-files.js';

export function importedHere(kind: ImportKind, files: ImportedFiles): Promise<Imported[]> {
  return importFiles(kind, files, async (task) => ({ items: importFile(task), usedMs: 0 }));
}
