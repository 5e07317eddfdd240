// Decides from which position, and for which bindings, the messages of services are published.
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { seesRun } from '../runs/run-rows.js';
import { Runs } from '../runs/runs.js';
import { Services } from '../runs/services.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingPublisher } from './binding-publisher.js';
import { BindingRows } from './binding-rows.js';
import { Owners } from './owners.js';
import { type PublisherDependencies, ServiceOutputPublisher, type ServicePosition } from './service-output-publisher.js';

@Injectable()
export class ServiceOutputPublishers implements PublisherDependencies {
  constructor(
    readonly services: Services,
    readonly publisher: BindingPublisher,
    readonly rows: BindingRows,
    private readonly owners: Owners,
    private readonly runs: Runs,
  ) {}

  of({ id }: BindingEntity): ServiceOutputPublisher {
    return new ServiceOutputPublisher(id, this);
  }

  /** A binding publishes no messages from before its creation. */
  async newest(definitionId: number): Promise<ServicePosition> {
    const run = this.services.runOf(definitionId);
    if (!run) return { serviceRun: null, serviceCursor: 0 };
    let serviceCursor = 0;
    // the aborted signal ends the loop after the messages that are already there
    for await (const { id } of this.services.messages(run.id, 0, AbortSignal.abort())) serviceCursor = id;
    return { serviceRun: run.id, serviceCursor };
  }

  async mayPublish({ ownerId }: BindingEntity, runId: string): Promise<boolean> {
    const run = await this.runs.recorded(runId);
    const owner = await this.owners.principal(ownerId);
    if (!run || seesRun(owner, run)) return run !== null;
    const sentence = `only a binding of the owner may publish the messages of the service ${runId}; this binding only sends to it`;
    throw new CodedError('forbidden', sentence);
  }
}
