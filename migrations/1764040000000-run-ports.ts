// Where the program of a run listens, and the name of a job.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RunPorts1764040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run ADD COLUMN port integer');
    await runner.query('ALTER TABLE run ADD COLUMN job_name varchar(255)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN job_name');
    await runner.query('ALTER TABLE run DROP COLUMN port');
  }
}
