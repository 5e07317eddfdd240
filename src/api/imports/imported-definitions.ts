// Checks what was imported as if it were stored, compares it with the caller's own definitions, and stores it where that is wanted.
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { DefinitionWarnings } from '../../definitions/definition-warnings.js';
import { Definitions } from '../../definitions/definitions.js';
import type { Fault } from '../../definitions/faults.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { validateDefinition } from '../../definitions/validate-definition.js';
import { refuseLargeDefinition } from '../../http/definition-body.js';
import type { Imported, NamedDefinition } from '../../imports/imported.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import type { ImportedDefinition } from './import-body.js';

export interface Wanted {
  apply: boolean;
  /** Also what is different. */
  replace: boolean;
}

type Converted = Imported & { definition: NamedDefinition };

@Injectable()
export class ImportedDefinitions {
  constructor(
    private readonly definitions: Definitions,
    private readonly warnings: DefinitionWarnings,
  ) {}

  async take(author: Principal, { item, definition, notes }: Converted, wanted: Wanted): Promise<ImportedDefinition> {
    const former = await this.definitions.references.findOwn(author, definition.name);
    const exists = former ? (isDeepStrictEqual(parsedDefinition(former), definition) ? 'same' : 'different') : null;
    const faults = await this.faultsOf(author, definition);
    const warnings = faults.length > 0 ? [] : this.warnings.of(author, definition).faults;
    const shown = { item, definition, notes, warnings, faults, exists } as ImportedDefinition;
    if (!wanted.apply) return shown;
    if (faults.length > 0 || (exists === 'different' && !wanted.replace)) return { ...shown, result: 'skipped' };
    if (exists === 'same') return { ...shown, result: 'unchanged' };
    return this.store(author, shown, former);
  }

  /** What somebody else has changed meanwhile, or the server refuses, is skipped with the reason. */
  private async store(author: Principal, shown: ImportedDefinition, former: DefinitionRow | undefined): Promise<ImportedDefinition> {
    const definition = shown.definition as NamedDefinition;
    try {
      if (former) await this.definitions.replace(author, String(former.id), { definition });
      else await this.definitions.create(author, { definition });
      return { ...shown, result: former ? 'changed' : 'created' };
    } catch (error) {
      return { ...shown, faults: faultsIn(error), result: 'skipped' };
    }
  }

  private async faultsOf(author: Principal, definition: NamedDefinition): Promise<Fault[]> {
    try {
      refuseLargeDefinition(definition);
      this.definitions.check(author, await validateDefinition(definition, author.userId));
      return [];
    } catch (error) {
      return faultsIn(error);
    }
  }
}

function faultsIn(error: unknown): Fault[] {
  if (!(error instanceof CodedError) || error.code === 'database_unreachable') throw error;
  const { faults } = error.fields as { faults?: Fault[] };
  return faults ?? [{ path: '', message: error.message }];
}
