// Server-Sent Events of a response, as they arrive (WHATWG HTML, 9.2).

export interface ServerEvent {
  /** `message` where the event has no name. */
  name: string;
  data: string;
  /** Undefined: the event has no id of its own. */
  id?: string;
}

/** Ends when the response does. An event without data is given too, for its id. */
export async function* serverEvents(response: Response): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    // a line may be begun by one piece and ended by a later one: the pieces of a long one are joined once
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() as string;
    for (const part of parts) yield eventOf(part);
  }
}

function eventOf(part: string): ServerEvent {
  const event: ServerEvent = { name: 'message', data: '' };
  for (const line of part.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'data') event.data += (event.data && '\n') + value;
    else if (field === 'event') event.name = value;
    else if (field === 'id') event.id = value;
  }
  return event;
}
