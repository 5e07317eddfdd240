// Imports: files of other systems become definitions, shown first, and stored only where that is wanted.
import { Controller, Req, Res } from '@nestjs/common';
import { refuseUnknown } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import type { Imported, NamedDefinition } from '../../imports/imported.js';
import { type ImportKind, importKinds } from '../../imports/kinds/import-file.js';
import { importFiles } from '../../imports/kinds/import-files.js';
import { readerFor } from '../../imports/kinds/import-in-thread.js';
import { CodedError } from '../../model/coded-error.js';
import { inTurns } from '../../model/in-turns.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { bodyErrors } from '../definitions/definition-body.js';
import { ImportAnswer, ImportBody, readImportedFiles } from './import-body.js';
import { ImportedDefinitions, type Wanted } from './imported-definitions.js';

@Controller('api/import')
export class ImportController {
  constructor(
    private readonly imported: ImportedDefinitions,
    private readonly disk: DiskWatermark,
  ) {}

  @Route({
    verb: 'POST',
    path: ':kind',
    access: 'author',
    summary: 'Read files of another system as definitions',
    description:
      'Answers with the definitions and what they do not say, item by item, and stores nothing unless apply=1. A definition is compared with your own of the same name.',
    params: { kind: `what the files are: ${importKinds.join(', ')}` },
    query: {
      apply: '1: store what is new, and leave alone what is the same or different',
      replace: '1: with apply=1, also change what is different',
      name: 'the name of the file when its text is the body; default: the kind',
    },
    body: { 'application/json': ImportBody, 'text/plain': { type: 'string', example: '*/5 * * * * /usr/local/bin/poll\n' } },
    answers: { 200: { what: 'what each item has become, and the items that were refused', body: ImportAnswer } },
    errors: [...bodyErrors, 'not_found', 'too_many_checks'],
  })
  async take(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const author = principalOf(request);
    const kind = kindOf(request.params.kind);
    const { name, ...wanted } = wantedOf(queryOf(request), kind);
    if (wanted.apply) this.disk.check();
    const items = await importFiles(kind, await readImportedFiles(request, name), readerFor(author.userId));
    const definitions = await inTurns(items.filter(isConverted), (one) => this.imported.take(author, one, wanted));
    const refused = items.flatMap(({ item, refused: reason }) => (reason === undefined ? [] : [{ item, reason }]));
    sendJson(reply, 200, { definitions, refused });
  }
}

function kindOf(text: string): ImportKind {
  const kind = importKinds.find((one) => one === text);
  if (kind) return kind;
  throw new CodedError('not_found', `unknown kind '${text}'; allowed: ${importKinds.join(', ')}`);
}

function wantedOf(query: URLSearchParams, kind: ImportKind): Wanted & { name: string } {
  refuseUnknown(query, ['apply', 'replace', 'name']);
  const isOn = (name: string) => {
    const value = query.getAll(name).at(-1) ?? '0';
    if (/^(1|true|0|false)$/.test(value)) return value === '1' || value === 'true';
    throw new CodedError('invalid_request', `${name} must be 1 or 0, got '${value}'`);
  };
  return { apply: isOn('apply'), replace: isOn('replace'), name: query.getAll('name').at(-1) || kind };
}

function isConverted(one: Imported): one is Imported & { definition: NamedDefinition } {
  return one.definition !== undefined;
}
