// The faults of a body that asks to run code, in FastAPI's form; all faults are reported at once.

import { isObject } from '../../http/json-body.js';
import { relativePathFault } from '../../model/file-names.js';

const fileBound = 1000;

export interface CodeFile {
  name: string;
  content: string;
}

/** `loc`: where in the request the fault is. */
export interface Fault {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** A body with faults: the answer is a 422 with all of them. */
export class CodeFaults extends Error {
  constructor(readonly faults: Fault[]) {
    super('the request has faults');
  }
}

type Place = Fault['loc'];

/** Collects all faults; returned values are only valid when there are no faults. */
export class Check {
  readonly faults: Fault[] = [];

  object(value: unknown, loc: Place): Record<string, unknown> {
    if (isObject(value)) return value;
    this.fault(loc, value, { msg: 'value is not a valid dict', type: 'type_error.dict' });
    return {};
  }

  text(value: unknown, loc: Place): string {
    if (typeof value === 'string' && !value.includes('\0')) return value;
    this.fault(loc, value, typeof value === 'string' ? noText('contains a NUL') : { msg: 'str type expected', type: 'type_error.str' });
    return '';
  }

  optionalText(value: unknown, loc: Place): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, loc);
  }

  texts(value: unknown, loc: Place): string[] {
    return this.list(value, loc).map((one, index) => this.text(one, [...loc, index]));
  }

  files(value: unknown, loc: Place): CodeFile[] {
    const list = this.list(value, loc);
    if (Array.isArray(value) && (list.length === 0 || list.length > fileBound)) {
      this.faults.push({ loc, ...noText(list.length === 0 ? 'there is no file' : `there are more than ${fileBound} files`) });
    }
    const files = list.slice(0, fileBound).map((one, index) => this.file(one, [...loc, index]));
    if (files[0]?.content === '') this.faults.push({ loc: [...loc, 0, 'content'], ...noText('the first file is empty') });
    for (const index of takenPlaces(files))
      this.faults.push({ loc: [...loc, index, 'name'], ...noText(`'${files[index].name}' is there already`) });
    return files;
  }

  private file(value: unknown, loc: Place): CodeFile {
    const { name, content } = this.object(value, loc);
    const path = this.text(name, [...loc, 'name']);
    const fault = typeof name === 'string' ? relativePathFault(path) : undefined;
    if (fault) this.faults.push({ loc: [...loc, 'name'], ...noText(`the file name '${path}' ${fault}`) });
    if (typeof content === 'string') return { name: path, content };
    return { name: path, content: this.text(content, [...loc, 'content']) || ' ' };
  }

  private list(value: unknown, loc: Place): unknown[] {
    if (Array.isArray(value)) return value;
    this.fault(loc, value, { msg: 'value is not a valid list', type: 'type_error.list' });
    return [];
  }

  private fault(loc: Place, value: unknown, wrong: Omit<Fault, 'loc'>): void {
    if (this.faults.some((known) => loc.slice(0, known.loc.length).join('.') === known.loc.join('.'))) return;
    this.faults.push({ loc, ...(value === undefined ? { msg: 'field required', type: 'value_error.missing' } : wrong) });
  }
}

function noText(msg: string): Omit<Fault, 'loc'> {
  return { msg, type: 'value_error' };
}

/** The indexes of files whose name is that of an earlier file or of its folder, or lies in an earlier file. */
function takenPlaces(files: CodeFile[]): number[] {
  const [names, folders] = [new Set<string>(), new Set<string>()];
  return files.flatMap(({ name }, index) => {
    const parts = name.split('/');
    const parents = parts.slice(1).map((_part, depth) => parts.slice(0, depth + 1).join('/'));
    const taken = names.has(name) || folders.has(name) || parents.some((parent) => names.has(parent));
    names.add(name);
    for (const parent of parents) folders.add(parent);
    return taken ? [index] : [];
  });
}
