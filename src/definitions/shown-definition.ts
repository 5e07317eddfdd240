// The parts of a definition that a viewer is shown: the values of `environment` only for users who may edit it, for others the names.
import type { ProcessDefinition } from '../model/definition.js';
import { hiddenValues } from '../model/redact.js';
import { mayActAs, type Principal } from '../model/roles.js';
import type { RunPlan } from '../model/run-plan.js';
import type { DefinitionRow } from './definition-rows.js';

type Owned = Pick<DefinitionRow, 'ownerId'>;

/** True for the owner, as long as the role or the scope of the token is author, and for every admin. */
export function mayEdit(viewer: Principal, { ownerId }: Owned): boolean {
  return viewer.role === 'admin' || (ownerId === viewer.userId && mayActAs(viewer.role, 'author'));
}

/** `text`: JSON of the definition `row`, or of a former version of it. */
export function shownDefinition(viewer: Principal, row: Owned, text: string): string {
  if (mayEdit(viewer, row) || !text.includes('"environment"')) return text;
  const definition = JSON.parse(text) as ProcessDefinition;
  const { environment } = definition;
  return environment ? JSON.stringify({ ...definition, environment: hiddenValues(environment) }) : text;
}

export function shownPlan(viewer: Principal, row: Owned & Pick<DefinitionRow, 'definition'>, plan: RunPlan): RunPlan {
  if (mayEdit(viewer, row)) return plan;
  const { environment = {} } = JSON.parse(row.definition) as ProcessDefinition;
  const shown = Object.entries(plan.environment).map(([name, value]) => [name, Object.hasOwn(environment, name) ? '***' : value]);
  return { ...plan, environment: Object.fromEntries(shown) };
}
