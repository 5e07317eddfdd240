// What a service is told, and what it says, live.
import { useEffect, useReducer, useRef } from 'preact/hooks';
import { request } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { useAction } from '../../parts/action.js';
import { Empty } from '../../parts/empty.js';
import { withoutSequences } from '../../parts/log/escape-sequences.js';
import { type Message, MessageStream } from './message-stream.js';
import { mayAct, type Run } from './run-access.js';
import { isOpen } from './run-tabs.js';

const rawType = { 'Content-Type': 'application/octet-stream' };

export function MessagesTab({ run }: { run: Run }) {
  const messages = useMessages(run);
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  const canSend = mayAct(useWho(), run) && isOpen(run);
  const send = (event: Event) => {
    event.preventDefault();
    const text = String(new FormData(form.current as HTMLFormElement).get('message'));
    void action.run(async () => {
      const answer = await request(`${run.resource_uri}message/`, { method: 'POST', headers: rawType, body: text });
      form.current?.reset();
      if (answer.status === 200) messages.reply(await answer.text());
    });
  };
  return (
    <>
      {run.ready === false && <p class="muted">It is not ready yet; messages wait until it is.</p>}
      {action.problem}
      {canSend && (
        <form class="message-form" ref={form} onSubmit={send}>
          <textarea
            name="message"
            aria-label="Message"
            placeholder="Message (Ctrl Enter sends it)"
            onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && send(event)}
          />
          <button type="submit" disabled={action.isBusy}>
            Send
          </button>
        </form>
      )}
      {messages.list.length === 0 ? (
        <Empty title="No messages yet">
          <p class="muted">What this service says appears here.</p>
        </Empty>
      ) : (
        <ol class="messages" aria-live="polite" aria-label="Messages of the service">
          {messages.list.map(({ id, text }) => (
            <li key={id}>
              <span class="muted number">{id}</span>
              <pre>{withoutSequences(text)}</pre>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function useMessages(run: Run): { list: Message[]; reply(text: string): void } {
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  const stream = useRef<MessageStream | null>(null);
  stream.current ??= new MessageStream(`${run.resource_uri}messages/`, () => draw(0));
  useEffect(() => {
    stream.current?.open();
    return () => stream.current?.close();
  }, [run.attempt]);
  return {
    list: stream.current.list,
    reply: (text) => stream.current?.add({ id: 'reply', text }),
  };
}
