// The words of a program as they are shown and changed: each stays as it is, or becomes a field of the form.

/** `input` and `output` are files. */
export type Role = 'fixed' | 'input' | 'output' | 'text' | 'number' | 'choice' | 'switch';

export interface Part {
  /** As it stands in the line, with its quotes. */
  raw: string;
  /** The blanks before it. */
  gap: string;
  /** What the program gets. */
  text: string;
  /** What of the text always stays: `--level=` of `--level=9`. */
  prefix: string;
  role: Role;
  /** What the field is called; letters, digits and _. */
  name: string;
  choices: string[];
  /** What a definition that was written by hand, or by an import, says of the field besides. */
  schema?: Record<string, unknown>;
  /** Whether it says that the field must be filled in. */
  isRequired?: boolean;
  /** Belongs to the shell, and is not an argument. */
  isOperator?: true;
  /** An element of `argv` that has no form as a word. */
  kept?: unknown;
}

/** A program that is being made. The first of its parts is the program itself, unless a shell runs the whole line. */
export interface Draft {
  parts: Part[];
  usesShell: boolean;
  /** Whether it reads a text or a file from its standard input. */
  readsStdin: boolean;
  environment: Record<string, string>;
  /** A script that was dropped, and what belongs to it. */
  files: Record<string, string | { base64: string }>;
  /** What else the definition says. */
  more: Record<string, unknown>;
}

export function fixedPart(text: string, { raw = text, gap = ' ' } = {}): Part {
  return { raw, gap, text, prefix: '', role: 'fixed', name: '', choices: [] };
}

/** The file that is the message: the first that no parameter is declared for. */
export function messageOf(parts: Part[]): Part | undefined {
  return parts.find(({ role, schema }) => role === 'input' && !schema);
}

export function changeable({ text, prefix }: Part): string {
  return text.slice(prefix.length);
}

export function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]{1,5})$/.exec(path)?.[1].toLowerCase() ?? '';
}

/** What a placeholder of this name stands for already. */
const ownNames = /^(input_file|output_file|input_pipe|output_pipe|port|run_id|workdir|message)$/;

/** A name for the field, unlike those of the other parts, and of `others`: the parameters that belong to no part. */
export function freeName(wanted: string, parts: Part[], others: string[] = []): string {
  const letters = wanted.replace(/[^A-Za-z0-9]+/g, '_').replace(/^[_\d]+|_+$/g, '') || 'value';
  const plain = ownNames.test(letters) ? `${letters}_value` : letters;
  const taken = new Set([...parts.filter(({ role }) => role !== 'fixed').map(({ name }) => name), ...others]);
  let name = plain;
  for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
  return name;
}

/** Bitrate, of bitrate. */
export function titleOf(name: string): string {
  const spaced = name.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
