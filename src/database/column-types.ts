// The column types that differ between the databases: entities name the meaning, and the data source picks the type.
import { Column, type ColumnOptions, getMetadataArgsStorage, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

export type DatabaseKind = 'better-sqlite3' | 'mysql' | 'mariadb';

type Meaning = 'id' | 'longText' | 'longBytes' | 'timeMs';

const types: Record<Meaning, Record<'sqlite' | 'mysql', string>> = {
  id: { sqlite: 'integer', mysql: 'bigint' },
  longText: { sqlite: 'text', mysql: 'longtext' },
  longBytes: { sqlite: 'blob', mysql: 'longblob' },
  timeMs: { sqlite: 'bigint', mysql: 'bigint' },
};

const meanings: { target: object; property: string; meaning: Meaning }[] = [];

export function columnType(kind: DatabaseKind, meaning: Meaning): string {
  return types[meaning][kind === 'better-sqlite3' ? 'sqlite' : 'mysql'];
}

/** Some drivers return bigint columns as text; all numbers of this project are below 2^53. */
const asNumber = { to: (value: unknown) => value, from: (value: unknown) => (value === null ? null : Number(value)) };

/** Sets the type of every column declared below to what `kind` calls it. Called before a data source is created. */
export function useColumnTypes(kind: DatabaseKind): void {
  for (const { target, property, meaning } of meanings) {
    const column = getMetadataArgsStorage().columns.find((args) => args.target === target && args.propertyName === property);
    if (!column) continue;
    column.options.type = columnType(kind, meaning) as ColumnOptions['type'];
    if (meaning === 'id' || meaning === 'timeMs') column.options.transformer = asNumber;
  }
}

function meaningful(meaning: Meaning, decorate: PropertyDecorator): PropertyDecorator {
  return (prototype, property) => {
    decorate(prototype, property);
    meanings.push({ target: prototype.constructor, property: String(property), meaning });
  };
}

export const GeneratedId = () => meaningful('id', PrimaryGeneratedColumn({ type: 'integer' as 'int' }));
export const ReferenceId = (options: ColumnOptions = {}) => meaningful('id', Column({ type: 'integer', ...options }));
export const PrimaryReferenceId = (options: { name: string }) => meaningful('id', PrimaryColumn({ type: 'integer', ...options }));
export const LongText = (options: ColumnOptions = {}) => meaningful('longText', Column({ type: 'text', ...options }));
export const LongBytes = (options: ColumnOptions = {}) => meaningful('longBytes', Column({ type: 'blob', ...options }));
export const TimeMs = (options: ColumnOptions = {}) => meaningful('timeMs', Column({ type: 'bigint', ...options }));
