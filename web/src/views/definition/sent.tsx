// What became of messages to a service: that it has them, and what it has answered at once.
import { useEffect, useState } from 'preact/hooks';
import { counted } from '../../parts/format.js';
import type { Started } from './start-runs.js';

export function Sent({ sent }: { sent: Started[] }) {
  const replies = sent.flatMap(({ reply }) => (reply ? [reply] : []));
  return (
    <div class="sent" role="status">
      {replies.length === 0 && <p>{sent.length === 1 ? 'The service has it.' : `The service has ${counted(sent.length, 'message')}.`}</p>}
      {replies.map((reply, at) => (
        <Reply reply={reply} key={at} />
      ))}
    </div>
  );
}

/** Text as text; anything else can be saved. */
function Reply({ reply }: { reply: Blob }) {
  const [text, read] = useState<string | null>(null);
  useEffect(() => void reply.text().then(read), [reply]);
  if (text === null) return null;
  return /[\0\uFFFD]/.test(text) ? <SaveReply reply={reply} /> : <pre>{text || 'It has answered with nothing.'}</pre>;
}

function SaveReply({ reply }: { reply: Blob }) {
  const save = () => {
    const address = URL.createObjectURL(reply);
    Object.assign(document.createElement('a'), { href: address, download: 'reply' }).click();
    URL.revokeObjectURL(address);
  };
  return (
    <button type="button" class="quiet" onClick={save}>
      Save the reply
    </button>
  );
}
