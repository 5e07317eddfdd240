// What an empty registry offers to begin with: small programs that most machines have.

export interface Example {
  name: string;
  /** What it does, for the button's line; becomes the description. */
  description: string;
  /** The programs that can do it; the first one that is there is taken. */
  programs: string[];
  definition: Record<string, unknown>;
  /** A text to begin with in the form. */
  message?: string;
  /** It needs nothing, and is run at once. */
  runsAtOnce?: true;
}

const object = (properties: Record<string, object>) => ({ type: 'object', properties });
const none = { input_adapter: { input_type: 'none' } };
const fileOut = (extension: string, content_type: string) => ({
  output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension, content_type } },
});

const primes = `import sys
n, found = int(sys.argv[1]), []
while len(found) < n:
    k = found[-1] + 1 if found else 2
    while any(k % p == 0 for p in found): k += 1
    found.append(k)
print(*found)
`;

export const examples: Example[] = [
  {
    name: 'uppercase',
    description: 'Turn a text into capitals',
    programs: ['tr'],
    definition: { argv: ['[:lower:]', '[:upper:]'], tags: ['text'], examples: [{ message: 'hello', expect: 'HELLO' }] },
    message: 'hello from the page',
  },
  {
    name: 'count',
    description: 'Count to ten, one number a second: a log that grows',
    programs: ['sh'],
    definition: {
      ...none,
      argv: ['-c', 'i=1; while [ "$i" -le "$1" ]; do echo "number $i"; i=$((i + 1)); sleep 1; done', 'sh', '${to}'],
      parameters: object({ to: { type: 'integer', title: 'Count to', minimum: 1, maximum: 3600, default: 10 } }),
    },
    runsAtOnce: true,
  },
  {
    name: 'thumbnail',
    description: 'Shrink a picture',
    programs: ['magick', 'convert'],
    definition: {
      argv: ['${input_file}', '-thumbnail', '${width}x', '${output_file}'],
      ...fileOut('png', 'image/png'),
      parameters: object({ width: { type: 'integer', title: 'Width in pixels', minimum: 1, maximum: 4000, default: 320 } }),
      tags: ['image'],
    },
  },
  {
    name: 'mp3',
    description: 'Convert audio to MP3',
    programs: ['ffmpeg'],
    definition: {
      argv: ['-nostdin', '-i', '${input_file}', '-b:a', '${bitrate}', '${output_file}'],
      ...fileOut('mp3', 'audio/mpeg'),
      parameters: object({ bitrate: { enum: ['128k', '192k', '320k'], title: 'Bitrate', default: '192k' } }),
      tags: ['audio'],
    },
  },
  {
    name: 'count-words',
    description: 'Count the words of a text or a file',
    programs: ['wc'],
    definition: { argv: ['-w'], tags: ['text'] },
    message: 'one two three',
  },
  {
    name: 'primes',
    description: 'The first prime numbers, by a Python script',
    programs: ['python3'],
    definition: {
      ...none,
      argv: ['-I', 'primes.py', '${count}'],
      files: { 'primes.py': primes },
      parameters: object({ count: { type: 'integer', title: 'How many', minimum: 1, maximum: 5000, default: 20 } }),
    },
  },
  { name: 'date', description: 'What time it is there', programs: ['date'], definition: none, runsAtOnce: true },
];
