// What a dropped script becomes: a file of the definition, the program that runs it, and what it asks for.
import { type Draft, fixedPart, freeName, type Part } from './parts.js';

const interpreters: Record<string, string[]> = {
  // -I: nothing that a caller sends along is loaded as code
  py: ['python3', '-I'],
  sh: ['sh'],
  bash: ['bash'],
  js: ['node'],
  mjs: ['node'],
  rb: ['ruby'],
  pl: ['perl'],
  php: ['php'],
  lua: ['lua'],
  r: ['Rscript'],
};

const readsInput = /sys\.stdin|\binput\(|process\.stdin|\bread\b|STDIN|\bcat\b|php:\/\/stdin|\$<|io\.read|file\("stdin"\)/;
/** The places of arguments, the first one being 1. */
const places: [pattern: RegExp, first: number][] = [
  [/sys\.argv\[(\d)\]/g, 1],
  [/process\.argv\[(\d)\]/g, 2],
  [/\$ARGV\[(\d)\]|\bARGV\[(\d)\]/g, 0],
  [/\$argv\[(\d)\]/g, 1],
];

export function draftOfScript(name: string, content: string | { base64: string }): Draft {
  const text = typeof content === 'string' ? content : '';
  const extension = /\.(\w+)$/.exec(name)?.[1].toLowerCase() ?? '';
  const isOwnProgram = text.startsWith('#!') || !(extension in interpreters);
  const command = isOwnProgram ? [`./${name}`] : [...interpreters[extension], name];
  const parts = command.map((word) => fixedPart(word));
  parts.push(...(declaredOptions(text, parts) ?? countedArguments(text, extension)));
  const readsStdin = readsInput.test(text) && !parts.some(({ role }) => role === 'input');
  return { parts, usesShell: false, readsStdin, environment: {}, files: { [name]: content }, more: {} };
}

/** Of a Python script that says itself what it asks for; null: it does not. */
function declaredOptions(text: string, before: Part[]): Part[] | null {
  const declared = [...text.matchAll(/add_argument\(\s*((?:['"][\w-]+['"]\s*,?\s*)+)([^)]*)\)/g)];
  if (declared.length === 0) return null;
  const parts: Part[] = [];
  for (const [, names, rest] of declared) {
    const flags = [...names.matchAll(/['"]([\w-]+)['"]/g)].map(([, flag]) => flag);
    const flag = flags.find((one) => one.startsWith('--')) ?? flags[0];
    const name = freeName(flag, [...before, ...parts]);
    const value = /default=['"]?([^'",)]+)/.exec(rest)?.[1].trim() ?? '';
    const role = /type=(int|float)/.test(rest) && value !== '' ? ('number' as const) : ('text' as const);
    if (/store_true/.test(rest)) parts.push({ ...fixedPart(flag), role: 'switch', name, schema: { type: 'boolean', title: name } });
    else if (!flag.startsWith('-')) parts.push({ ...fixedPart(value), role, name });
    else if (value !== '' && value !== 'None') parts.push(fixedPart(flag), { ...fixedPart(value), role, name });
  }
  return parts;
}

function countedArguments(text: string, extension: string): Part[] {
  const isShell = /^#!.*\b(ba|da|z)?sh\b/.test(text) || ['sh', 'bash'].includes(extension);
  const all: [RegExp, number][] = isShell ? [[/\$\{?([1-9])\b/g, 1]] : places;
  const indexes = all.flatMap(([pattern, first]) => [...text.matchAll(pattern)].map((match) => Number(match[1] ?? match[2]) - first + 1));
  const count = Math.max(0, ...indexes);
  return Array.from({ length: count }, (_none, at) => {
    const isFile = new RegExp(`open\\(\\s*sys\\.argv\\[${at + 1}\\]\\s*[,)]`).test(text);
    return { ...fixedPart(''), role: isFile ? 'input' : 'text', name: `argument_${at + 1}` };
  });
}

/** The content of a file for a definition: its text, or its bytes where it is none. */
export async function contentOf(file: File): Promise<string | { base64: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  }
}
