// Generates documents from the code: errors, settings, states, HTTP routes. A test compares them with the code.

import { statusOf } from '../dist/src/http/error-table.js';
import { errorCodes } from '../dist/src/model/error-codes.js';
import { allowedTransitions } from '../dist/src/model/states.js';
import { settingRows } from '../dist/src/settings/settings.js';
import { cliDocument } from './cli-documents.mjs';
import { webSchema, webSchemaFile } from './web-schema.mjs';

const made = 'Made by `npm run docs`; a test compares it with the code.';

/** Resolves with the text of each document by its path; `openapi` is the answer of a server at /docs-json. */
export async function documents(openapi) {
  return {
    'docs/errors.md': errors(),
    'docs/configuration.md': configuration(),
    'docs/states.md': states(),
    'docs/cli.md': cliDocument(made),
    ...http(openapi),
    [webSchemaFile]: await webSchema(openapi, made),
  };
}

function errors() {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${statusOf[code]} | ${meaning} |`);
  return `# Error codes

List, detail, set and schema of the registry answer \`{"error": text, "code": code}\`; everything else
\`application/problem+json\` (RFC 9457), always with \`error\` too, also to what cannot be read as a
request. ${made}

| code | status | meaning |
|---|---|---|
${rows.join('\n')}
`;
}

function configuration() {
  const rows = Object.values(settingRows).map(({ name, alias, fallback, shownFallback = fallback, secret, what }) => {
    const names = [`\`${name}\``, alias && `also \`${alias}\``, secret && `also \`${name}_FILE\``].filter(Boolean).join(', ');
    return `| ${names} | ${shownFallback ? `\`${shownFallback}\`` : 'none'} | ${what} |`;
  });
  return `# Settings

\`procreg server serve --set NAME=VALUE\` goes before the environment, the environment before \`--config FILE.yaml\`; a \`.env\` file
is read. An unknown or bad value stops the boot. Durations read \`300\` (seconds) or \`5m\`, sizes \`512\`, \`10KB\` or \`4MiB\`. ${made}

| setting | default | what it is |
|---|---|---|
${rows.join('\n')}
`;
}

function states() {
  const arrows = Object.entries(allowedTransitions).flatMap(([from, next]) => next.map((to) => `  ${from} --> ${to}`));
  return `# The states of a run

${made}

\`\`\`mermaid
stateDiagram-v2
${arrows.join('\n')}
\`\`\`
`;
}

const pages = {
  definitions: ['Definitions', /^\/api\/(adapter|import|process_definition(?!.*\/(execute|explain|selftest)))/],
  execute: ['Execute', /\/(execute|explain|selftest)\/$|^\/call\//],
  runs: ['Runs', /^\/api\/(run|lane)|^\/r\//],
  bindings: ['Bindings and streams', /^\/api\/(binding|stream)/],
  events: ['Events', /^\/api\/event/],
  mcp: ['AI agents (MCP)', /^\/(mcp|\.well-known\/)/],
  'run-code': ['Run code', /^\/(run|api_v1\/run|languages|version)\/?$/],
  process: ['Process (procaas)', /^\/process/],
  jobs: ['Jobs', /^\/(jobs|info|connections|shutdown|job_started|rpc)/],
  accounts: ['Accounts', /^\/api\/(user|me|token|session|ticket)/],
  about: ['About', /^\/($|about|health|metrics|api\/($|server))/],
};

function http(openapi) {
  return Object.fromEntries(
    Object.entries(pages).map(([page, [title, pattern]]) => {
      const routes = Object.entries(openapi.paths).filter(([path]) => pattern.test(path));
      const sections = routes.flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, route]) => section(`${method.toUpperCase()} ${path}`, route)),
      );
      return [`docs/http/${page}.md`, `# ${title}\n\n${made}\n\n${sections.join('\n')}`];
    }),
  );
}

function section(address, { summary, description, parameters = [], requestBody, responses }) {
  const inputs = parameters.map((one) => `| \`${one.name}\` | ${one.in} | ${one.description} |`);
  const types = Object.keys(requestBody?.content ?? {});
  const answers = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([status, answer]) => `| ${status} | ${oneLine(answer.description)} |`);
  return [
    `## ${address}`,
    [summary, description].filter(Boolean).join('. ').concat('.').replace('..', '.'),
    inputs.length > 0 && `| parameter | in | |\n|---|---|---|\n${inputs.join('\n')}`,
    types.length > 0 && `Body: ${types.map((type) => `\`${type}\``).join(', ')}.`,
    `| status | |\n|---|---|\n${answers.join('\n')}`,
    '',
  ]
    .filter((part) => part !== false)
    .join('\n\n');
}

function oneLine(text = '') {
  return text.replace(/\s*\n+\s*/g, '<br>');
}
