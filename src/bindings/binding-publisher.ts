// Publishes for a binding: outputs to its stream or to the sender that asked for a reply, failed messages to the dead letters.
import { Injectable } from '@nestjs/common';
import { type BusMessage, type Destination, deadQueueOf } from '../bus/bus.js';
import { Buses } from '../bus/buses.js';
import type { BindingEntity } from './binding.entity.js';

/** AMQP bounds the size of headers; the record of the run has the whole reason. */
const reasonCharacters = 1000;

export interface DeadLetterReason {
  reason: string;
  tries: number;
  runId: string | null;
}

@Injectable()
export class BindingPublisher {
  constructor(private readonly buses: Buses) {}

  /** Resolves when the bus has the output. Without an output stream the output goes to the queue that the message names for a reply, if any. */
  async publish(binding: BindingEntity, output: BusMessage): Promise<void> {
    const { outputBus, outputStream, inputBus } = binding;
    if (outputBus && outputStream) return this.buses.of(outputBus).publish({ stream: outputStream }, output);
    const reply = replyQueue(output);
    if (reply) await this.buses.of(inputBus).publish(reply, output);
  }

  async deadLetter(
    { inputBus, inputStream, id }: BindingEntity,
    message: BusMessage,
    { reason, tries, runId }: DeadLetterReason,
  ): Promise<void> {
    const marks = { 'x-reason': reason.slice(0, reasonCharacters), 'x-tries': tries, 'x-binding': id, ...(runId && { 'x-run': runId }) };
    const dead = { ...message, headers: { ...message.headers, ...marks } };
    await this.buses.of(inputBus).publish({ queue: deadQueueOf(inputStream) }, dead);
  }
}

/** Never a queue of a binding: a user who may send to a stream must not choose what other bindings take. */
function replyQueue({ replyTo }: BusMessage): Destination | null {
  return replyTo === undefined || replyTo.startsWith('streams.') ? null : { queue: replyTo };
}
