// The mark of a group: a tag of the definition, so that it is on the server and every machine finds it there.
import { isDeepStrictEqual } from 'node:util';
import { exitCodes, Failure } from '../failure.js';
import type { Definition } from './stored-definition.js';

const prefix = 'group:';

/** Throws a Failure when this cannot be the name of a group. */
export function groupTag(group: string): string {
  if (!/^[\w.-]{1,100}$/.test(group))
    throw new Failure(`a group is called by 1 to 100 letters, digits, dots, - and _, not '${group}'`, { exitCode: exitCodes.usage });
  return `${prefix}${group}`;
}

const tagsOf = ({ tags }: Definition): unknown[] => (Array.isArray(tags) ? tags : []);
const isMark = (tag: unknown) => typeof tag === 'string' && tag.startsWith(prefix);

export function isMarked(definition: Definition, tag: string): boolean {
  return tagsOf(definition).includes(tag);
}

/** The definition with these marks and no others: marks in a file, from another server or group, mean nothing. */
export function withMarks(definition: Definition, marks: unknown[]): Definition {
  const others = tagsOf(definition).filter((tag) => !isMark(tag));
  const { tags, ...more } = definition;
  if (tags !== undefined && !Array.isArray(tags)) return definition;
  return marks.length + others.length > 0 || tags !== undefined ? { ...more, tags: [...others, ...marks] as string[] } : more;
}

/** The marks that it has already. */
export function marksOf(definition: Definition): unknown[] {
  return tagsOf(definition).filter(isMark);
}

/** Whether both say the same; the order of keys says nothing, and neither does where marks stand among the tags. */
export function isSame(one: Definition, other: Definition): boolean {
  return isDeepStrictEqual(withMarks(one, marksOf(one)), withMarks(other, marksOf(other)));
}
