// The languages of the run-code interface: each has equivalent commands, of which the first with all tools installed is used.
import type { Language, LanguageCommand } from './language.js';

const by = (tools: string, run: string, build?: string): LanguageCommand => ({ tools: tools.split(' '), run, build });
const language = (name: string, commands: LanguageCommand[], extensions: string[] = []): Language => ({
  language: name,
  extensions,
  commands,
});

/**
 * Scripts for sh, which contain nothing of a caller: $f is the first file, $@ are the other files that have one of the extensions,
 * $t is the name of the first file without its extension and with a capital first letter.
 */
export const languageTable: Language[] = [
  language('assembly', [by('nasm ld', './a.out', 'nasm -f elf64 -o a.o "$f" && ld -o a.out a.o')]),
  language('ats', [by('patscc', './a.out', 'patscc -o a.out "$f" "$@"')], ['dats']),
  language('bash', [by('bash', 'bash "$f"')]),
  language(
    'c',
    [
      by('clang', './a.out', 'clang -o a.out "$f" "$@" -lm'),
      by('gcc', './a.out', 'gcc -o a.out "$f" "$@" -lm'),
      by('cc', './a.out', 'cc -o a.out "$f" "$@" -lm'),
    ],
    ['c'],
  ),
  language('clisp', [by('sbcl', 'sbcl --noinform --non-interactive --load "$f"')]),
  language('clojure', [by('clj', 'clj -M "$f"'), by('clojure', 'clojure "$f"')]),
  language('cobol', [by('cobc', './a.out', 'cobc -x -o a.out "$f" "$@"')], ['cob']),
  language('coffeescript', [by('coffee', 'coffee "$f"')]),
  language(
    'cpp',
    [
      by('clang++', './a.out', 'clang++ -std=c++11 -o a.out "$f" "$@"'),
      by('g++', './a.out', 'g++ -std=c++11 -o a.out "$f" "$@"'),
      by('c++', './a.out', 'c++ -std=c++11 -o a.out "$f" "$@"'),
    ],
    ['c', 'cc', 'cpp', 'cxx'],
  ),
  language('crystal', [by('crystal', 'crystal run "$f"')]),
  language('csharp', [by('mcs mono', 'mono a.exe', 'mcs -out:a.exe "$f" "$@"')], ['cs']),
  language(
    'd',
    [
      by('dmd', './a.out', 'dmd -ofa.out "$f" "$@"'),
      by('ldc2', './a.out', 'ldc2 --of=a.out "$f" "$@"'),
      by('gdc', './a.out', 'gdc -o a.out "$f" "$@"'),
    ],
    ['d'],
  ),
  language('dart', [by('dart', 'dart "$f"')]),
  language('elixir', [by('elixirc', 'elixirc "$f" "$@"')], ['ex']),
  language('elm', [by('elm elm-runner', 'elm-runner a.js', 'elm make --output a.js "$f"')]),
  language('erlang', [by('erlc escript', 'escript "$f"', 'for each in "$@"; do erlc "$each" || exit; done')], ['erl']),
  { ...language('fsharp', [by('fsharpc mono', 'mono a.exe', 'fsharpc --out:a.exe "$@" "$f"')], ['fs']), lastFirst: true },
  language('go', [by('go', './a.out', 'go build -o a.out "$f"'), by('gccgo', './a.out', 'gccgo -o a.out "$f"')]),
  language('groovy', [by('groovy', 'groovy "$f"')]),
  language('guile', [by('guile', 'guile --no-debug --fresh-auto-compile --no-auto-compile -s "$f"')]),
  language('hare', [by('hare', './a.out', 'hare build -o a.out "$f"')]),
  language('haskell', [by('runghc', 'runghc "$f"')]),
  language('idris', [by('idris2', './a.out', 'idris2 -o a.out --output-dir . "$f"')]),
  language('java', [by('javac java', 'java "$t"', 'javac "$f"')]),
  language('javascript', [by('node', 'node "$f"'), by('nodejs', 'nodejs "$f"')]),
  language('julia', [by('julia', 'julia "$f"')]),
  language('kotlin', [by('kotlinc kotlin', 'kotlin "${t}Kt"', 'kotlinc "$f"')]),
  language('lua', [by('lua', 'lua "$f"'), by('lua5.4', 'lua5.4 "$f"'), by('lua5.3', 'lua5.3 "$f"'), by('luajit', 'luajit "$f"')]),
  language('mercury', [by('mmc', './a.out', 'mmc -o a.out "$f" "$@"')], ['m']),
  language('nim', [by('nim', 'nim --hints:off --verbosity:0 compile --run "$f"')]),
  language('nix', [by('nix-instantiate', 'nix-instantiate --eval "$f"')]),
  { ...language('ocaml', [by('ocamlc', './a.out', 'ocamlc -o a.out "$@" "$f"')], ['ml']), lastFirst: true },
  language('pascal', [by('fpc', './a.out', 'fpc -oa.out "$f"')]),
  language('perl', [by('perl', 'perl "$f"')]),
  language('php', [by('php', 'php "$f"')]),
  language('python', [by('python3', 'python3 "$f"'), by('python', 'python "$f"')]),
  language('raku', [by('raku', 'raku "$f"'), by('rakudo', 'rakudo "$f"')]),
  language('ruby', [by('ruby', 'ruby "$f"')]),
  language('rust', [by('rustc', './a.out', 'rustc -o a.out "$f"')]),
  language('sac', [by('sac2c', './a.out', 'sac2c -t seq -o a.out "$f" "$@"')], ['c']),
  language('scala', [by('scalac scala', 'scala Main', 'scalac "$f" "$@"')], ['scala']),
  language('swift', [by('swiftc', './a.out', 'swiftc -o a.out "$f" "$@"')], ['swift']),
  language('typescript', [by('tsc node', 'node a.js', 'tsc -outFile a.js "$f" "$@"')], ['ts']),
  language('zig', [by('zig', 'zig run "$f"')]),
];
