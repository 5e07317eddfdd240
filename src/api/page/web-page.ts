// The files of the page as they were built: listed once, so that no address leads to any other file.
import { type Dirent, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The files that may lie beside one: the same bytes, compressed at the build. */
const encodings: [name: string, extension: string][] = [
  ['br', '.br'],
  ['gzip', '.gz'],
];
const start = 'index.html';

export interface WebFile {
  /** Below the folder, as assets/app-1a2b3c.js. */
  name: string;
  /** Undefined: the bytes are as they are. */
  encoding?: string;
  read(): Promise<Buffer>;
}

export class WebPage {
  private readonly names: Set<string>;

  /** `embedOrigins`: those whose pages may frame the forms (EMBED_ORIGINS). */
  constructor(
    private readonly folder: string,
    readonly embedOrigins: string[],
  ) {
    const isFile = (entry: Dirent) => entry.isFile();
    this.names = new Set(
      entriesOf(folder)
        .filter(isFile)
        .map(({ parentPath, name }) => relative(folder, join(parentPath, name))),
    );
  }

  get isBuilt(): boolean {
    return this.names.has(start);
  }

  /** The name of what is shown at this path below ui/: the page itself finds out what an unknown path means; undefined: nothing. */
  nameAt(path: string): string | undefined {
    if (this.names.has(path) && !encodings.some(([, extension]) => path.endsWith(extension))) return path;
    return this.isBuilt && !path.startsWith('assets/') ? start : undefined;
  }

  /** In the first of our encodings that the caller takes. */
  file(name: string, accepted: string[]): WebFile {
    const [encoding, extension = ''] = encodings.find((one) => accepted.includes(one[0]) && this.names.has(name + one[1])) ?? [];
    return { name, encoding, read: () => readFile(join(this.folder, name + extension)) };
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
}
