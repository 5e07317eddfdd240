// How much of the disk a finished run takes, once it was measured.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeptBytes1763950000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run ADD COLUMN kept_bytes bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN kept_bytes');
  }
}
