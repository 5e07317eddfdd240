// What a pasted command line becomes: which of its words change, and the definition that this gives.
import { describe, expect, test } from 'vitest';
import { guess } from '../../web/src/views/new/guess.js';
import { changeable, type Part } from '../../web/src/views/new/parts.js';
import { toDefinition } from '../../web/src/views/new/to-definition.js';

/** The words, those that change in brackets: [input], [output mp3], [bitrate: choice 192k]. */
function seen(line: string): string {
  const { draft } = guess(line);
  const word = (part: Part) => {
    if (part.role === 'fixed') return part.text;
    if (part.role === 'output') return `${part.prefix}[output ${changeable(part).split('.').at(-1)}]`;
    return `${part.prefix}[${part.name}: ${part.role}${part.role === 'input' ? '' : ` ${changeable(part)}`}]`;
  };
  return `${draft.parts.map(word).join(' ')}${draft.usesShell ? ' (shell)' : ''}${draft.readsStdin ? ' (stdin)' : ''}`;
}

describe('words that change are found in', () => {
  test.each([
    ['ffmpeg -i in.wav -b:a 192k out.mp3', 'ffmpeg -i [in: input] -b:a [bitrate: choice 192k] [output mp3]'],
    ['ffmpeg -i talk.mp4 -vn -ar 44100 talk.wav', 'ffmpeg -i [talk: input] -vn -ar [sample_rate: choice 44100] [output wav]'],
    [
      'ffmpeg -ss 00:01:30 -t 10 -i in.mp4 -c:v libx264 -crf 23 cut.mp4',
      'ffmpeg -ss [start: text 00:01:30] -t [duration: number 10] -i [in: input] -c:v libx264 -crf [quality: number 23] [output mp4]',
    ],
    [
      'ffmpeg -i a.wav -i b.wav -filter_complex amix=inputs=2 mixed.mp3',
      'ffmpeg -i [a: input] -i [b: input] -filter_complex amix=inputs=2 [output mp3]',
    ],
    ['convert photo.jpg -resize 800x600 small.png', 'convert [photo: input] -resize [size: text 800x600] [output png]'],
    ['magick in.png -quality 85 out.jpg', 'magick [in: input] -quality [quality: number 85] [output jpg]'],
    ['identify photo.jpg', 'identify [photo: input]'],
    ['pandoc notes.md -o notes.pdf', 'pandoc [notes: input] -o [output pdf]'],
    ['pandoc -f markdown -t html5', 'pandoc -f markdown -t html5 (stdin)'],
    ["jq '.items[] | .name' data.json", 'jq [filter: text .items[] | .name] [data: input]'],
    ['jq -r .name', 'jq -r [filter: text .name] (stdin)'],
    ['grep -n "not found" access.log', 'grep -n [pattern: text not found] [access: input]'],
    ['grep -c -i error', 'grep -c -i [pattern: text error] (stdin)'],
    ["sed 's/a/b/g' in.txt", 'sed s/a/b/g [in: input]'],
    ["sed -i 's/a/b/g' in.txt", 'sed s/a/b/g [in: input]'],
    ["awk '{print $2}' table.csv", 'awk {print $2} [table: input]'],
    ['tar -czf backup.tar.gz folder', 'tar -czf [output gz] folder'],
    ['tar -tzf backup.tar.gz', 'tar -tzf [archive: input]'],
    ['curl -o page.html https://example.org/', 'curl -o [output html] [url: text https://example.org/]'],
    [
      'curl -s -X POST -d @order.json https://example.org/orders',
      'curl -s -X POST -d @[order: input] [url: text https://example.org/orders]',
    ],
    ['python3 script.py data.csv 5', 'python3 script.py [data: input] [number: number 5]'],
    ['python3 -m json.tool data.json', 'python3 -m json.tool [data: input]'],
    ['python3 -c "print(1 + 1)"', 'python3 -c print(1 + 1)'],
    ['node app.js --port 3000', 'node app.js --port [port_value: number 3000]'],
    ['sox in.wav -r 16000 out.wav', 'sox [in: input] -r [rate: number 16000] [output wav]'],
    ['lame speech.wav speech.mp3', 'lame [speech: input] [output mp3]'],
    ['wc -w', 'wc -w (stdin)'],
    ['tr a-z A-Z < in.txt > out.txt', 'tr a-z A-Z (stdin)'],
    ['sort -n numbers.txt | uniq -c', 'sort -n [numbers: input] | uniq -c (shell)'],
    ['cat access.log | grep 404 > found.txt', 'cat [access: input] | grep [pattern: text 404] > [output txt] (shell)'],
    ['head -n 20 big.csv', 'head -n [count: number 20] [big: input]'],
    ['sleep 5', 'sleep [seconds: number 5]'],
    ['md5sum disk.iso', 'md5sum [disk: input]'],
    ['zip all.zip one.txt two.txt', 'zip [output zip] [one: input] [two: input]'],
    ['gzip -c big.log', 'gzip -c [big: input]'],
    ['gs -sDEVICE=pdfwrite -sOutputFile=out.pdf in.pdf', 'gs -sDEVICE=pdfwrite -sOutputFile=[output pdf] [in: input]'],
    ['dd if=disk.img of=copy.img bs=4096', 'dd if=[disk: input] of=[output img] bs=4096'],
    ['optimise --level=9 photo.png', 'optimise --level=[level: number 9] [photo: input]'],
    ['tesseract scan.png stdout -l deu', 'tesseract [scan: input] stdout -l deu'],
    ['wkhtmltopdf https://example.org/ page.pdf', 'wkhtmltopdf [url: text https://example.org/] [output pdf]'],
    ['csv2json table.csv table.json', 'csv2json [table: input] [output json]'],
    ['openssl enc -aes-256-cbc -in plain.bin -out secret.bin', 'openssl enc -aes-256-cbc -in [plain: input] -out [output bin]'],
    ['$ date -u', 'date -u'],
    ['sudo nmap -p 80 host', 'nmap -p [p: number 80] host'],
    ['ls *.txt', 'ls *.txt (shell)'],
    ['echo "home is $HOME"', 'echo home is $HOME (shell)'],
    ['diff old.txt new.txt', 'diff [old: input] [new: input]'],
    ['./report.sh 2026', './report.sh [number: number 2026]'],
  ])('%s', (line, expected) => {
    expect(seen(line)).toBe(expected);
  });
});

const definitionOf = (line: string) => toDefinition(guess(line).draft);

describe('the definition', () => {
  test('An ffmpeg line has a file, a choice, and an MP3 as its result', () => {
    expect(definitionOf('ffmpeg -i in.wav -b:a 192k out.mp3')).toEqual({
      exec: 'ffmpeg',
      argv: ['-i', '${input_file}', '-b:a', '${bitrate}', '${output_file}'],
      input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}' } },
      output_adapter: {
        output_type: 'file',
        output_parameters: { file_path: '${output_file}', extension: 'mp3', content_type: 'audio/mpeg' },
      },
      parameters: {
        type: 'object',
        properties: { bitrate: { enum: ['96k', '128k', '192k', '256k', '320k'], title: 'Bitrate', default: '192k' } },
      },
    });
  });

  test('A second file is a required parameter', () => {
    const { argv, parameters } = definitionOf('diff old.txt new.txt');
    expect(argv).toEqual(['${input_file}', '${new}']);
    expect(parameters).toEqual({
      type: 'object',
      properties: { new: { type: 'string', format: 'file', title: 'New' } },
      required: ['new'],
    });
  });

  test('A line for a shell gets its values as arguments, never inside the script', () => {
    const { exec, argv } = definitionOf('sort -n numbers.txt | head -n 5 > "top five.txt"  # the best');
    expect(exec).toBe('/bin/sh');
    expect(argv).toEqual(['-c', 'sort -n "$1" | head -n "$2" > "$3"', 'sh', '${input_file}', '${count}', '${output_file}']);
  });

  test('The script of a shell stays as it was pasted', () => {
    const line = 'for f in *.jpg; do echo "$(basename "$f")" 2>&1; done';
    expect(definitionOf(line).argv).toEqual(['-c', line, 'sh']);
  });

  test('What looks like a placeholder is none', () => {
    expect(definitionOf("printf '${x} $<y> $z'").argv).toEqual(['$${x} $$<y> $z']);
  });

  test('Variables before the program are its environment', () => {
    expect(definitionOf('LANG=C TZ="Asia/Tokyo" date')).toEqual({
      exec: 'date',
      argv: [],
      environment: { LANG: 'C', TZ: 'Asia/Tokyo' },
      input_adapter: { input_type: 'none' },
    });
  });

  test('A program that reads its standard input says so where it has parameters', () => {
    expect(definitionOf('grep -c error').input_adapter).toEqual({
      input_type: 'file',
      input_parameters: { file_type: 'stream', stream_name: 'STDIN' },
    });
    expect(definitionOf('wc -w').input_adapter).toBeUndefined();
  });
});

describe('shell words', () => {
  const words = (line: string) => guess(line).draft.parts.map(({ text }) => text);

  test('Quotes, backslashes and continued lines are read as a shell reads them', () => {
    expect(words(`a 'b c' "d \\"e\\" \\n" f\\ g h"i"'j' ''`)).toEqual(['a', 'b c', 'd "e" \\n', 'f g', 'hij', '']);
    expect(words('a \\\n  b')).toEqual(['a', 'b']);
  });

  test('A quote that is not closed is a fault', () => {
    expect(guess("echo 'x").fault).toBe('a quote is not closed');
    expect(guess('echo "x').fault).toBe('a quote is not closed');
  });

  test.each([
    ['a | b', 'a pipe'],
    ['a && b', 'several commands'],
    ['a 2>&1', 'a redirection'],
    ['a >> b', 'a redirection'],
    ['a $HOME', 'a variable or a command inside'],
    ['a "$(b)"', 'a variable or a command inside'],
    ['a `b`', 'a variable or a command inside'],
    ['a *.txt', 'a pattern of file names'],
    ['a b[0-9]', 'a pattern of file names'],
    ['a ~/b', 'a home folder'],
    ['a {b,c}', 'a list in braces'],
    ['a\nb', 'several lines'],
  ])('%s needs a shell', (line, reason) => {
    const { draft, notes } = guess(line);
    expect(draft.usesShell).toBe(true);
    expect(notes.join()).toContain(reason);
  });

  test.each(["a '$HOME' '*'", 'a \\$HOME \\*', 'a "\\$HOME *"', 'a b~c', 'a x{y}', 'a 5$'])('%s needs none', (line) => {
    expect(guess(line).draft.usesShell).toBe(false);
  });
});
