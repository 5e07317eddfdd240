// What an author may have meant otherwise in a valid definition: it is stored as it is, and the answer says so.
import { Injectable } from '@nestjs/common';
import { chooseInput, isNone } from '../model/adapter-choice.js';
import { declaredParameters, isService, isTool, type ProcessDefinition } from '../model/definition.js';
import { nearName, suggestions } from '../model/near-names.js';
import { placeholderNames } from '../model/placeholders.js';
import { mayActAs, type Principal } from '../model/roles.js';
import { exampleMessageFault } from './example-faults.js';
import { cut, type Fault, type FaultList, joinFaults, listFaults } from './faults.js';
import { templates } from './placeholder-faults.js';
import { StartChecks } from './start-checks.js';
import { unknownKeys } from './unknown-keys.js';

@Injectable()
export class DefinitionWarnings {
  constructor(private readonly checks: StartChecks) {}

  /** Only users who may store definitions are told which programs there are. */
  of(author: Principal, definition: ProcessDefinition): FaultList {
    const others = [
      ...(mayActAs(author.role, 'author') ? this.programWarnings(definition) : []),
      ...this.laneWarnings(definition),
      ...unusedParameters(definition),
      ...undeclaredRequirements(definition),
      ...toolWarnings(definition),
      ...exampleWarnings(definition),
    ];
    return joinFaults([listFaults(others), unknownKeys(definition)]);
  }

  private programWarnings(definition: ProcessDefinition): Fault[] {
    const fault = this.checks.programFault(definition);
    if (fault === null) return [];
    const { exec, files = {} } = definition;
    const near = Object.hasOwn(files, exec) ? `; did you mean \`./${cut(exec, 80)}\`, the file of the definition?` : '';
    return [{ path: 'exec', message: `cannot be started now: ${fault}${near}` }];
  }

  private laneWarnings({ lane }: ProcessDefinition): Fault[] {
    const { lanes } = this.checks;
    if (lane === undefined || lanes.includes(lane)) return [];
    const near = nearName(lane, lanes);
    const what = near === undefined ? `known are ${lanes.join(', ')}` : `did you mean \`${near}\`?`;
    return [{ path: 'lane', message: `unknown lane \`${lane}\`; ${what}` }];
  }
}

function unusedParameters(definition: ProcessDefinition): Fault[] {
  const names = Object.keys(declaredParameters(definition));
  if (names.length === 0) return [];
  const used = new Set([...templates(definition).flatMap(({ text }) => placeholderNames(text)), ...groupNames(definition)]);
  return names
    .filter((name) => !used.has(name))
    .map((name) => ({
      path: `parameters.properties.${name}`,
      message: `the parameter \`${cut(name, 80)}\` is never used; write \${${cut(name, 80)}} into argv, environment or cwd`,
    }));
}

/** The parameters that groups of arguments name. */
function groupNames({ argv, args }: ProcessDefinition): string[] {
  return (argv ?? args ?? []).flatMap((element) =>
    typeof element === 'string' || Array.isArray(element) ? [] : [element.when, element.each].filter((name) => name !== undefined),
  );
}

function toolWarnings(definition: ProcessDefinition): Fault[] {
  if (!isTool(definition)) return [];
  if (isService(definition)) return [{ path: 'mcp', message: 'has no effect: a service is not a tool' }];
  const isDescribed =
    definition.description !== undefined || (typeof definition.mcp === 'object' && definition.mcp.description !== undefined);
  return isDescribed ? [] : [{ path: 'mcp', message: 'a model chooses tools by their descriptions; write `description`' }];
}

function exampleWarnings(definition: ProcessDefinition): Fault[] {
  if (!isNone(chooseInput(definition))) return [];
  return (definition.examples ?? []).flatMap(({ message }, index) =>
    message === undefined ? [] : [{ path: `examples[${index}].message`, message: exampleMessageFault }],
  );
}

/** No caller can give a parameter that is not declared. */
function undeclaredRequirements({ parameters = {} }: ProcessDefinition): Fault[] {
  const { properties = {}, required = [] } = parameters;
  const suggest = suggestions(Object.keys(properties));
  return required
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => ({
      path: 'parameters.required',
      message: `\`${cut(name, 80)}\` is required but not declared${suggest(name)}, so every call is refused`,
    }));
}
