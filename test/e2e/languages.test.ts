// Languages: a program of each that npm test installs really runs in the sandbox, and so do those of LANGUAGES_FILE.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Coder, file, newCoder } from '../support/code.js';
import { startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-languages-'));
const more = join(folder, 'languages.yaml');
let server: TestServer;
let run: Coder;
let reports: { language: string; available: boolean; tools: string[] | null; missing: string | null }[];

beforeAll(async () => {
  writeFileSync(
    more,
    `- language: wordcount
  extensions: [txt]
  commands: [{tools: [no-such-tool], run: no-such-tool}, {tools: [wc], build: 'cat "$f" "$@" > all', run: 'wc -w all'}]
- {language: picky, commands: [{tools: [cat], build: 'for each in "$f"; do grep -q good "$each"; done', run: 'cat "$f"'}]}
- {language: bash, commands: [{tools: [sh, bash], run: 'bash -e "$f"'}]}
`,
  );
  server = await startServer({ LANGUAGES_FILE: more, RUN_MAX_EXECUTION_TIME: '60' });
  run = await newCoder(server);
  reports = (await server.send({ path: '/languages' })).json;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each reads a line and prints it twice. */
const programs: Record<string, [string, string]> = {
  bash: ['main.sh', 'read -r word; echo "$word $word"'],
  c: ['main.c', '#include <stdio.h>\nint main() { char w[9]; scanf("%8s", w); printf("%s %s\\n", w, w); return 0; }'],
  cpp: ['main.cpp', '#include <iostream>\nint main() { std::string w; std::cin >> w; std::cout << w << " " << w << std::endl; }'],
  erlang: ['main.erl', '#!/usr/bin/env escript\nmain(_) -> L = string:trim(io:get_line("")), io:format("~s ~s~n", [L, L]).'],
  go: ['main.go', 'package main\nimport "fmt"\nfunc main() { var w string; fmt.Scan(&w); fmt.Println(w, w) }'],
  java: [
    'main.java',
    'class Main { public static void main(String[] a) { String w = new java.util.Scanner(System.in).next(); System.out.println(w + " " + w); } }',
  ],
  javascript: ['main.js', 'const w = require("fs").readFileSync(0, "utf8").trim(); console.log(w, w);'],
  lua: ['main.lua', 'local w = io.read("l"); print(w .. " " .. w)'],
  perl: ['main.pl', 'my $w = <STDIN>; chomp $w; print "$w $w\\n";'],
  php: ['main.php', '<?php $w = trim(fgets(STDIN)); echo "$w $w\\n";'],
  python: ['main.py', 'w = input(); print(w, w)'],
  ruby: ['main.rb', 'w = gets.chomp; puts "#{w} #{w}"'],
  rust: ['main.rs', 'fn main() { let mut w = String::new(); std::io::stdin().read_line(&mut w).unwrap(); println!("{0} {0}", w.trim()); }'],
};

/** Of glot's table, as its clients spell them. */
const glot =
  'assembly ats bash c clisp clojure cobol coffeescript cpp crystal csharp d dart elixir elm erlang fsharp go groovy guile hare haskell idris ' +
  'java javascript julia kotlin lua mercury nim nix ocaml pascal perl php python raku ruby rust sac scala swift typescript zig';

/** On a loaded machine a compiler may need longer than the 15 s that code has by default. */
const slow = { timeout: 120_000 };

const reportOf = (language: string) => reports.find((report) => report.language === language)!;

test('GET /languages lists the 44 of glot and those of LANGUAGES_FILE, with what is missing', () => {
  expect(reports.map(({ language }) => language).sort()).toEqual([...glot.split(' '), 'picky', 'wordcount'].sort());
  expect(reportOf('ats')).toEqual({ language: 'ats', available: false, tools: null, missing: 'patscc' });
  expect(reportOf('c').tools).toEqual([expect.stringMatching(/^(clang|gcc|cc)$/)]);
  expect([reportOf('rust').tools, reportOf('java').tools]).toEqual([['rustc'], ['javac', 'java']]);
});

test.each(Object.entries(programs))('%s', slow, async (language, [name, content]) => {
  const { status, json } = await run({ language, files: [file(name, content)], stdin: 'word\n' });
  expect([status, json.stdout, json.stderr, json.error]).toEqual([200, 'word word\n', '', '']);
  expect(json).toMatchObject({ isolation: 'sandbox', tools: reportOf(language).tools });
});

const faulty: [string, string, string, RegExp][] = [
  ['rust', 'main.rs', 'fn main() { let number: i32 = "text"; }', /^error\[E0308\]: mismatched types\n/],
  ['java', 'main.java', 'class Main { int number = "text"; }', /^main\.java:1: error: incompatible types/],
  ['go', 'main.go', 'package main\nfunc main() { var number int = "text" }', /main\.go:2:/],
  ['cpp', 'main.cpp', 'int main() { int* number = "text"; }', /^main\.cpp:/],
];

test.each(faulty)('%s says on stderr what does not compile, and nothing runs', slow, async (language, name, content, words) => {
  const { status, json } = await run({ language, files: [file(name, content)] });
  expect([status, json.stdout, json.error]).toEqual([200, '', 'Exit code: 1']);
  expect(json.stderr).toMatch(words);
});

test(
  'java may have its class in a file of another name, further classes next to it, threads, and letters of every language',
  slow,
  async () => {
    const greet = `class Hello {
  public static void main(String[] words) throws Exception {
    Thread[] threads = new Thread[20];
    for (int i = 0; i < threads.length; i++) (threads[i] = new Thread(() -> Count.up())).start();
    for (Thread thread : threads) thread.join();
    System.out.println("größer als " + Count.value());
  }
}`;
    const count = `class Count {
  private static int value;
  static synchronized void up() { value++; }
  static int value() { return value; }
}`;
    const { json } = await run({ language: 'java', files: [file('hello.java', greet), file('Count.java', count)] });
    expect([json.stdout, json.stderr, json.error]).toEqual(['größer als 20\n', '', '']);
  },
);

test('rust may have its modules in further files, threads, and panics with its own exit code', slow, async () => {
  const main = `mod count;
fn main() {
    let threads: Vec<_> = (0..20).map(|n| std::thread::spawn(move || count::twice(n))).collect();
    let sum: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("größer als {}", sum);
    panic!("that was all");
}`;
  const { json } = await run({
    language: 'rust',
    files: [file('main.rs', main), file('count.rs', 'pub fn twice(n: u32) -> u32 { 2 * n }')],
  });
  expect([json.stdout, json.error]).toEqual(['größer als 380\n', 'Exit code: 101']);
  expect(json.stderr).toMatch(/^thread 'main' panicked at .*that was all/s);
});

test('a language of LANGUAGES_FILE is built and run by the first command whose tools are there', async () => {
  const files = [file('a.txt', 'one two '), file('b.txt', 'three'), file('c.md', 'four')];
  const { json } = await run({ language: 'wordcount', files });
  expect([json.stdout, json.tools]).toEqual(['3 all\n', ['wc']]);
});

test('a build that loops and fails is not followed by the run', async () => {
  const [good, bad] = await Promise.all(['good', 'bad'].map((word) => run({ language: 'picky', files: [file('text', word)] })));
  expect(good.json).toMatchObject({ stdout: 'good', error: '' });
  expect(bad.json).toMatchObject({ stdout: '', error: 'Exit code: 1' });
});

test('LANGUAGES_FILE may override the built-in table', async () => {
  expect((await run(bash('false; echo on'))).json).toMatchObject({ stdout: '', error: 'Exit code: 1', tools: ['sh', 'bash'] });
});

test('a bad LANGUAGES_FILE stops the boot and is named', async () => {
  writeFileSync(`${more}.bad`, '- {language: x, commands: []}');
  await expect(startServer({ LANGUAGES_FILE: `${more}.bad` })).rejects.toThrow(/LANGUAGES_FILE .*languages\.yaml\.bad/);
});
