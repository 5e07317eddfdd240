// Before run_as meant anything, every author could store a key of this name: no program may run as a user of the machine because of such a key.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finished runs have no order. */
const active = "state IN ('created', 'queued', 'starting', 'running', 'stopping')";

export class ForgetRunAs1764422000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['process_definition', 'definition_revision']) await runner.query(forget(table, 'definition', '$.run_as'));
    await runner.query(`${forget('run', 'run_order', '$.definition.run_as')} AND ${active}`);
  }

  async down(): Promise<void> {}
}

function forget(table: string, column: string, path: string): string {
  return `UPDATE ${table} SET ${column} = json_remove(${column}, '${path}') WHERE ${column} LIKE '%"run_as"%' AND json_valid(${column})`;
}
