// The call as lines of Python, for the library requests.
import { type Call, callPath, isPlain } from '../call.js';
import { variable } from './shell.js';

/** A text as JSON is a text of Python as well. */
const text = (value: string) => JSON.stringify(value);

export function pythonLines(base: string, user: string, call: Call): string {
  const parts = [text(base + callPath(call)), `auth=(${text(user)}, os.environ["PASSWORD"])`, ...parametersOf(call), ...bodyOf(call)];
  const result = call.resultName === null ? 'print(answer.text)' : `open(${text(call.resultName)}, "wb").write(answer.content)`;
  return `import os, requests\n\nanswer = requests.post(\n${parts.map((part) => `    ${part},\n`).join('')})\nanswer.raise_for_status()\n${result}`;
}

function parametersOf(call: Call): string[] {
  const pairs = [...call.switches.map(([name, value]): [string, string] => [name, text(value)]), ...(isPlain(call) ? textsOf(call) : [])];
  return pairs.length === 0 ? [] : [`params=${dictionary(pairs)}`];
}

function bodyOf(call: Call): string[] {
  const { message } = call;
  if (!isPlain(call)) return formOf(call);
  if (message instanceof File) return [`data=${opened(message.name)}`];
  return typeof message === 'string' ? [`data=${text(message)}.encode()`, 'headers={"Content-Type": "text/plain"}'] : [];
}

function formOf(call: Call): string[] {
  const { message } = call;
  const files = call.files.map(({ name, file }) => `(${text(name)}, ${opened(file.name)})`);
  if (message instanceof File) files.push(`("message", ${opened(message.name)})`);
  if (typeof message === 'string') files.push(`("message", ("message", ${text(message)}.encode(), "text/plain"))`);
  const texts = textsOf(call);
  return [...(texts.length > 0 ? [`data=${dictionary(texts)}`] : []), ...(files.length > 0 ? [`files=[${files.join(', ')}]`] : [])];
}

function textsOf({ texts }: Call): [name: string, code: string][] {
  return texts.map(({ field: { name, isSecret }, text: value }) => [name, isSecret ? `os.environ[${text(variable(name))}]` : text(value)]);
}

/** A repeated name is a list. */
function dictionary(pairs: [name: string, code: string][]): string {
  const names = [...new Set(pairs.map(([name]) => name))];
  const entries = names.map((name) => {
    const codes = pairs.filter((pair) => pair[0] === name).map(([, code]) => code);
    return `${text(name)}: ${codes.length === 1 ? codes[0] : `[${codes.join(', ')}]`}`;
  });
  return `{${entries.join(', ')}}`;
}

function opened(name: string): string {
  return `open(${text(name)}, "rb")`;
}
