// The names under which a tool takes its message: those of declared parameters are never used.
import { chooseInput, isNone } from '../model/adapter-choice.js';
import { declaredParameters } from '../model/definition.js';
import { perDefinition } from '../model/per-definition.js';

export interface MessageNames {
  text: string;
  base64: string;
  from: string;
}

/** Null: the definition takes no message. */
export const messageNames = perDefinition((definition): MessageNames | null => {
  if (isNone(chooseInput(definition))) return null;
  const declared = declaredParameters(definition);
  const free = (name: string): string => (Object.hasOwn(declared, name) ? free(`${name}_`) : name);
  return { text: free('message'), base64: free('message_base64'), from: free('message_from') };
});
