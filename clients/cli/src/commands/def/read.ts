// Shows definitions: all, one, and its former versions.
import type { Act } from '../../command-row.js';
import { definitionDiff, yamlOf } from '../../definitions/rendered.js';
import { type Definition, definitionPath, listStored, readStored } from '../../definitions/stored-definition.js';
import { segment } from '../../http/segment.js';
import type { Session } from '../../session.js';
import { paint } from '../../terminal/paint.js';
import { type Listed, plain, print, printable, printJson, printList } from '../../terminal/table.js';

interface ListOptions extends Listed {
  output?: string;
  search?: string;
  tag?: string[];
  owner?: string;
}

export const list: Act = async (session, _operands, { search, tag = [], owner, output, ...listed }: ListOptions) => {
  const filters = { ...(search && { q: search }), ...(tag.length > 0 && { tags: tag.join(',') }), ...(owner && { owner }) };
  const all = await listStored(session.connection, filters);
  const isWide = output === 'wide';
  printList(
    ['NAME', ...(isWide ? ['ID', 'TYPE', 'VISIBILITY', 'TAGS', 'COMMAND'] : ['PROGRAM']), 'DESCRIPTION'],
    all.map(({ id, definition }) => {
      const { name = String(id), exec, description = '', process_type: type = 'single', visibility = 'private', tags = [] } = definition;
      const more = isWide ? [id, type, visibility, tags.join(','), commandOf(definition)] : [exec];
      return [name, ...more, description].map((cell) => String(cell).split('\n')[0]);
    }),
    { ...listed, all },
  );
  return 0;
};

function commandOf({ exec, argv, args = argv ?? [] }: Definition): string {
  return [exec, ...(args as unknown[]).flat().map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))].join(' ');
}

export const show: Act = async (session, [ref], { json, revision }: { json?: boolean; revision?: string }) => {
  const definition = revision === undefined ? (await readStored(session.connection, ref)).definition : await former(session, ref, revision);
  if (json) printJson(definition);
  else print(printable(await yamlOf(definition)));
  return 0;
};

async function former({ connection }: Session, ref: string, revision: string): Promise<Definition> {
  const path = `${definitionPath(ref)}revisions/${segment(revision)}/`;
  return (await connection.json<{ definition: Definition }>({ path })).definition;
}

interface Revision {
  revision: number;
  created_at: string;
  definition: Definition;
}

export const history: Act = async (session, [ref], { patch, ...listed }: Listed & { patch?: boolean }) => {
  const path = `${definitionPath(ref)}revisions/`;
  const { objects } = await session.connection.json<{ objects: Revision[] }>({ path });
  if (!patch || listed.json || listed.quiet)
    printList(
      ['REVISION', 'CREATED', 'COMMAND'],
      objects.map(({ revision, created_at, definition }) => [String(revision), created_at, commandOf(definition)]),
      { ...listed, all: objects },
    );
  else
    for (const [index, { revision, created_at, definition }] of objects.entries()) {
      print(`${paint('bold', plain(`revision ${revision}, ${created_at}`))}\n`);
      for (const line of await definitionDiff(objects[index + 1]?.definition ?? {}, definition)) print(`  ${line}\n`);
    }
  return 0;
};
