// Streams without a binding: publish one message, follow those that come: /api/stream/NAME/.
import { hash } from 'node:crypto';
import { Controller, Req, Res } from '@nestjs/common';
import { largestMessageBytes, type StreamMessage, Streams } from '../../bindings/streams.js';
import { headerText } from '../../http/header-text.js';
import { keyedRequest } from '../../http/idempotency-key.js';
import { readBounded } from '../../http/json-body.js';
import { queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { streamUri } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import { MessageIdempotency } from '../../runs/message-idempotency.js';
import { followStream } from './follow-stream.js';

const params = { name: '1 to 100 letters, digits, dots, - and _' };
const query = { bus: 'memory or amqp; default: amqp where AMQP_URL is set' };
/** The most bytes that AMQP allows for a property. */
const propertyBytes = 255;

@Controller('api/stream')
export class StreamController {
  constructor(
    private readonly streams: Streams,
    private readonly keys: MessageIdempotency,
  ) {}

  @Route({
    verb: 'POST',
    path: ':name',
    access: 'author',
    summary: 'Publish a message to a stream',
    description: 'The body is the message, of any type. The response is sent once the bus has stored the message.',
    params,
    query,
    headers: {
      'Message-Id': 'with this id each binding runs the message only once, however often it arrives',
      'Correlation-Id': 'kept on outputs',
      'Idempotency-Key': '1 to 255 characters: for 24 hours the same message with the same key is published once',
    },
    body: { 'text/plain': { type: 'string', example: 'one line' }, '*/*': { type: 'string', format: 'binary' } },
    answers: { 202: { what: 'published', body: { 'application/json': { type: 'object' } } } },
    errors: ['invalid_request', 'idempotency_mismatch', 'message_too_large', 'bus_unavailable', 'bus_refused', 'queue_full'],
  })
  async publish(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const to = this.streams.named(request.params.name, queryOf(request).get('bus'));
    const message = await readMessage(request);
    const { messageId = null, body } = message;
    const publish = () => this.streams.publish(to, message).then(() => null);
    const keyed = keyedRequest(request, { mediaType: request.givenContentType, digest: hash('sha256', body, 'hex') });
    await (keyed ? this.keys.once({ request: keyed, answer: { status: 202 } }, publish) : publish());
    sendJson(reply, 202, { stream: streamUri(to.stream), bus: to.bus, message_id: messageId, bytes: body.length });
  }

  @Route({
    verb: 'GET',
    path: ':name',
    access: 'author',
    summary: 'Follow a stream from now on',
    description:
      'Server-Sent Events: message, or message-base64 where the bytes are not text. The id of an event is that of its message. A client that reads too slowly loses the oldest messages.',
    params,
    query,
    answers: { 200: { what: 'the events, until the client disconnects', body: { 'text/event-stream': { type: 'string' } } } },
    errors: ['invalid_request', 'bus_unavailable'],
  })
  async follow(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await followStream(reply, this.streams, this.streams.named(request.params.name, queryOf(request).get('bus')));
  }
}

async function readMessage(request: Request): Promise<StreamMessage> {
  const body = await readBounded(request, largestMessageBytes).catch((error) => {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError('message_too_large', `a message of a stream may have at most ${largestMessageBytes} bytes`);
  });
  const [messageId, correlationId] = [property(request, 'message-id'), property(request, 'correlation-id')];
  return { body, messageId, correlationId, contentType: property(request, 'content-type') };
}

function property(request: Request, name: string): string | undefined {
  const header = request.headers[name];
  if (typeof header !== 'string' || header === '') return undefined;
  const value = headerText(header);
  if (Buffer.byteLength(value) <= propertyBytes) return value;
  throw new CodedError('invalid_request', `${name} may have at most ${propertyBytes} bytes`);
}
