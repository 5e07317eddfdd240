// Turns a message into the run request of a binding.
import { Injectable } from '@nestjs/common';
import type { Delivery } from '../bus/bus.js';
import type { DefinitionRow } from '../definitions/definition-rows.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { chooseInput, isNone } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { isService } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import { jsonFault } from '../model/strict-json.js';
import { MessageStorage } from '../runs/message-storage.js';
import { emptyRequest, type RunRequest, type RunTrigger } from '../runs/run-request.js';
import type { BindingEntity } from './binding.entity.js';
import { Owners } from './owners.js';

interface MessageForRun {
  binding: BindingEntity;
  delivery: Delivery;
  owner: Principal;
  runId: string;
}

@Injectable()
export class RunRequestBuilder {
  constructor(
    private readonly owners: Owners,
    private readonly definitions: Definitions,
    private readonly storage: MessageStorage,
  ) {}

  /** The user on whose behalf the binding acts, with the present role. */
  owner(binding: BindingEntity): Promise<Principal> {
    return this.owners.principal(binding.ownerId);
  }

  /** The definition in its current revision. Throws not_found when the owner cannot see the definition any more. */
  definition(owner: Principal, { definitionId }: BindingEntity): Promise<DefinitionRow> {
    return this.definitions.references.find(owner, String(definitionId));
  }

  /** Whether messages go to one process that keeps running. */
  async isService(binding: BindingEntity): Promise<boolean> {
    return isService(parsedDefinition(await this.definition(await this.owner(binding), binding)));
  }

  /** Builds the request with the definition in its current revision. */
  async build({ binding, delivery, owner, runId }: MessageForRun): Promise<RunRequest> {
    const { message, redelivered } = delivery;
    const row = await this.definition(owner, binding);
    const content = parsedDefinition(row);
    const takesMessage = !isNone(chooseInput(content));
    const trigger: RunTrigger = { binding: binding.id, message_id: message.messageId ?? null, redelivered };
    return {
      ...emptyRequest(),
      runId,
      definition: row,
      content,
      parameters: takesMessage ? {} : parametersIn(message.body),
      message: await this.storage.keep(runId, takesMessage ? message.body : undefined),
      inputFile: this.storage.hint(message.contentType),
      synchronous: false,
      record: { trigger: JSON.stringify(trigger) },
    };
  }
}

/** A definition without a message takes its parameters as a JSON object, as execute/ does. */
function parametersIn(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  const refused = new CodedError('message_not_taken', 'the definition takes no message; the body must be a JSON object of parameters');
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw refused;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || jsonFault(value)) throw refused;
  return value as Record<string, unknown>;
}
