// What is said once for all commands: exit codes, environment and files, for the manual page and docs/cli.md.

/** What it is, and how to begin: paragraphs. */
export const introduction = [
  'procreg runs programs that a process-registry server keeps, from any machine: a definition becomes a command, with its exit code.',
  'A command talks to one server: that of --server, else that of PROCREG_URL, else the current one of "procreg login" and "procreg use". ' +
    'Without any, on the machine of the server, it is the server whose socket stands in DATA_DIR: being able to open the socket is the login. ' +
    'A token is sent to no other server than its own. Before something is removed, procreg says on which server.',
  'Lists print columns, with --json all of it, with --quiet only names for scripts, and some with --output wide more columns. ' +
    'Colours and progress are shown at a terminal only.',
];

export const exitStatuses: [string, string][] = [
  ['0', 'it succeeded'],
  ['1', 'it failed, or def diff and def test found what they look for'],
  ['2', 'the command line is wrong, or a question could not be asked'],
  ['the program’s', 'commands that run a program end as the program does'],
  ['128 + n', 'the program was ended by signal n'],
  ['124', 'the run reached its timeout'],
  ['125', 'the server or the network failed; worth a retry'],
  ['126', 'not logged in, not permitted, a wrong parameter, or the program could not be started'],
  ['127', 'unknown definition'],
  ['130', 'a question was answered by Ctrl-C'],
];

export const environment: [string, string][] = [
  ['PROCREG_URL', 'the server, such as https://jobs.example.org'],
  ['PROCREG_TOKEN', 'an access token for PROCREG_URL; without it, the token of "procreg login" for exactly this URL'],
  ['PROCREG_RETRY', 'seconds for which commands that follow a run or events try to reach a server that is away; default: 120'],
  ['DATA_DIR', 'the folder of a server on this machine, for its socket; default: data'],
  ['XDG_CONFIG_HOME', 'where the file with servers and tokens is; default: ~/.config'],
  ['XDG_CACHE_HOME', 'where the compiled program is kept for the next start; default: ~/.cache'],
  ['NO_COLOR', 'any value: no colours'],
  ['VISUAL, EDITOR', 'the editor of def edit; default: vi'],
  ['NODE_EXTRA_CA_CERTS', 'a file with certificates of authorities that are trusted in addition'],
];

export const files: [string, string][] = [
  ['~/.config/procreg/servers.json', 'servers and their tokens. Only its owner may be able to read it (0600); otherwise it is refused'],
];
