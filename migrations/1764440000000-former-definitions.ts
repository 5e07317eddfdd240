// Whose the ids of removed definitions were: no other author may take them, since runs and bindings of others still name them.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

/** Of what was removed before, only runs know; 0: several users ran it, so that it may be nobody's. */
const fromRuns = `INSERT INTO former_definition (id, owner_id)
  SELECT definition_id, CASE WHEN MIN(who) = MAX(who) THEN MIN(who) ELSE 0 END
  FROM (SELECT definition_id, COALESCE(author_id, owner_id) AS who FROM run
    WHERE definition_id IS NOT NULL AND definition_id NOT IN (SELECT id FROM process_definition)) gone
  GROUP BY definition_id`;

export class FormerDefinitions1764440000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const id = columnType(runner.connection.options.type as DatabaseKind, 'id');
    await runner.query(`CREATE TABLE former_definition (id ${id} NOT NULL PRIMARY KEY, owner_id ${id} NOT NULL)`);
    await runner.query(fromRuns);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE former_definition');
  }
}
