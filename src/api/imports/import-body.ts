// What is sent to an import, and what it answers.
import { isUtf8 } from 'node:buffer';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { bodyWithFiles } from '../../http/definition-body.js';
import { isObject, readBounded, readJsonObject } from '../../http/json-body.js';
import type { Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { DefinitionWarning } from '../definitions/definition-body.js';

export class ImportBody {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'texts by the paths of their files, which name what is imported',
    example: { 'report.sh': '#!/bin/sh\n# Prints a report\ndate\n' },
  })
  files: Record<string, string>;
}

export class ImportedDefinition {
  @ApiProperty({ description: 'what it is called where it comes from', example: 'report.sh' })
  item: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { name: 'report', exec: './report.sh' } })
  definition: object;

  @ApiProperty({ type: [String], description: 'what is not carried over, or means something else here' })
  notes: string[];

  @ApiProperty({ type: [DefinitionWarning] })
  warnings: DefinitionWarning[];

  @ApiProperty({ type: [DefinitionWarning], description: 'why it cannot be stored' })
  faults: DefinitionWarning[];

  @ApiProperty({ type: String, nullable: true, enum: ['same', 'different', null], description: 'your own definition with this name' })
  exists: 'same' | 'different' | null;

  @ApiPropertyOptional({
    enum: ['created', 'unchanged', 'changed', 'skipped'],
    description: 'with apply=1; skipped: it has faults, or would change a definition without replace=1',
  })
  result?: 'created' | 'unchanged' | 'changed' | 'skipped';
}

export class RefusedItem {
  @ApiProperty({ example: 'line 12' })
  item: string;

  @ApiProperty({ example: 'the line has no command' })
  reason: string;
}

export class ImportAnswer {
  @ApiProperty({ type: [ImportedDefinition] })
  definitions: ImportedDefinition[];

  @ApiProperty({ type: [RefusedItem] })
  refused: RefusedItem[];
}

const mostFiles = 1000;

/** `{"files": {…}}`, or the text of one file as text/plain. `name`: what that file is called. */
export async function readImportedFiles(request: Request, name: string): Promise<Record<string, string>> {
  const mediaType = request.givenContentType?.split(';')[0].trim().toLowerCase();
  if (mediaType === 'text/plain') {
    const bytes = await readBounded(request, bodyWithFiles.bytes);
    if (!isUtf8(bytes)) throw new CodedError('invalid_request', 'the body must be a text in UTF-8');
    return { [name]: bytes.toString() };
  }
  const { files } = await readJsonObject(request, bodyWithFiles);
  if (!isObject(files) || Object.values(files).some((text) => typeof text !== 'string'))
    throw new CodedError('invalid_request', 'files must be an object of texts by the names of their files');
  const count = Object.keys(files).length;
  if (count > mostFiles) throw new CodedError('invalid_request', `files must be at most ${mostFiles}, got ${count}; send fewer at once`);
  return files as Record<string, string>;
}
