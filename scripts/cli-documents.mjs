// Generates docs/cli.md and the manual page procreg.1 from the client's table of commands.
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '../clients/cli/src');

/** Commands themselves are not needed, only their rows. */
const rowsOnly = {
  name: 'rows-only',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind }) => (kind === 'dynamic-import' ? { path: 'unused', external: true } : undefined)),
};

const contents = "export * from './commands/table.js'; export * from './commands/manual.js';";
const { outputFiles } = await build({
  stdin: { contents, resolveDir: folder },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  plugins: [rowsOnly],
});
const table = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const { commandRows, globalOptions, groupSummaries, introduction, exitStatuses, environment, files } = table;

const usage = ({ path, operands, options }) => ['procreg', path, options && '[options]', operands].filter(Boolean).join(' ');
/** A default that the summary does not say. */
const summaryOf = ({ summary, default: fallback }) => (fallback === undefined ? summary : `${summary}; default: ${fallback}`);
const paragraphs = (text = '') => text.split(/\n\n+/).filter(Boolean);

/** docs/cli.md; `made` is the sentence that says who has made it. */
export function cliDocument(made) {
  const listed = (rows) => rows.map(([name, text]) => `| ${/^[a-z]/.test(name) ? name : `\`${name}\``} | ${cell(text)} |`).join('\n');
  return `# The command line

${made}

${introduction.map(prose).join('\n\n')}

How to get it: [clients/cli](../clients/cli/README.md). \`man procreg\` shows the same.

| option of every command | |
|---|---|
${globalOptions.map(optionCells).join('\n')}

| exit code | |
|---|---|
${listed(exitStatuses)}

| variable of the environment | |
|---|---|
${listed(environment)}

| file | |
|---|---|
${listed(files)}

## Commands

| command | |
|---|---|
${commandRows.map((row) => `| [\`${row.path}\`](#procreg-${row.path.replace(/ /g, '-')}) | ${cell(row.summary)} |`).join('\n')}

${commandRows.map(commandSection).join('\n')}`;
}

function commandSection(row) {
  const { path, summary, details, options = [], examples = [] } = row;
  return [
    `## procreg ${path}`,
    `\`\`\`\n${usage(row)}\n\`\`\``,
    `${capital(prose(summary))}.`,
    ...paragraphs(details).map(prose),
    options.length > 0 && `| option | |\n|---|---|\n${options.map(optionCells).join('\n')}`,
    examples.length > 0 && `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
    '',
  ]
    .filter((part) => part !== false)
    .join('\n\n');
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const prose = (text) => text.replaceAll('<', '&lt;').replaceAll('*', '\\*');
const cell = (text) => prose(text).replaceAll('|', '\\|');
const optionCells = (option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(summaryOf(option))} |`;

/** The manual page, in roff. */
export function manualPage(version) {
  const sections = [
    `.TH PROCREG 1 "" "procreg ${version}" "process-registry"`,
    `.SH NAME\nprocreg \\- run programs that a process-registry server keeps`,
    `.SH SYNOPSIS\n.B procreg\n.RI [ options ]\n.I command\n.RI [ arguments ]`,
    `.SH DESCRIPTION\n${introduction.map(roff).join('\n.PP\n')}`,
    `.SH OPTIONS\n${globalOptions.map(optionLines).join('\n')}`,
    `.SH COMMANDS\n${groups().join('\n')}`,
    `.SH EXIT STATUS\n${exitStatuses.map(item).join('\n')}`,
    `.SH ENVIRONMENT\n${environment.map(item).join('\n')}`,
    `.SH FILES\n${files.map(item).join('\n')}`,
  ];
  return `${sections.join('\n')}\n`;
}

/** The commands, each group with what it is about. */
function groups() {
  const said = new Set();
  return commandRows.flatMap((row) => {
    const [group] = row.path.split(' ');
    const summary = said.has(group) ? undefined : groupSummaries[group];
    said.add(group);
    return [...(summary ? [`.PP\n.B procreg ${roff(group)}\n\\(em ${roff(summary)}`] : []), manualSection(row)];
  });
}

function manualSection(row) {
  const { summary, details, options = [], examples = [] } = row;
  return [
    `.SS ${roff(usage(row))}`,
    `${roff(capital(summary))}.`,
    ...paragraphs(details).map((text) => `.PP\n${roff(text)}`),
    ...options.map(optionLines),
    ...(examples.length > 0 ? [`.PP\n.nf\n${examples.map(roff).join('\n')}\n.fi`] : []),
  ].join('\n');
}

const optionLines = (option) => item([option.flags, summaryOf(option)]);
const item = ([name, text]) => `.TP\n.B ${roff(name)}\n${roff(text)}`;

function roff(text) {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('’', "'");
  return escaped.replace(/^(?=[.'])/gm, '\\&');
}
