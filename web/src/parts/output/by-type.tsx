// What a program has left, shown by its type; nothing of it is ever run, or becomes a part of this page.
import { useEffect, useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { ticketed } from '../../api/tickets.js';
import { BusyLine } from '../busy-line.js';
import { DownloadButton } from '../download-button.js';
import { bytes } from '../format.js';
import { Problem } from '../problem.js';
import { useResource } from '../resource.js';
import { kindOf } from './kind-of.js';
import type { Left } from './shown.js';
import { ShownText } from './shown-text.js';
import './output.css';

/** A browser needs all of a document at once. */
const mostPdfBytes = 64 * 1024 * 1024;

export function OutputByType(left: Left) {
  return (
    <div class="shown">
      <div class="actions">
        <span class="muted number">{bytes(left.bytes)}</span>
        <span class="muted">{left.contentType.split(';')[0]}</span>
        <DownloadButton path={left.path} name={left.name} />
      </div>
      <Content {...left} />
    </div>
  );
}

function Content(left: Left) {
  const kind = kindOf(left.contentType, left.name);
  if (left.bytes === 0) return <p class="muted">It is empty.</p>;
  if (kind === 'text' || kind === 'json' || kind === 'csv') return <ShownText kind={kind} {...left} />;
  if (kind === 'pdf' && left.bytes <= mostPdfBytes) return <Pdf {...left} />;
  if (kind === 'image' || kind === 'audio' || kind === 'video') return <Media kind={kind} {...left} />;
  return <p class="muted">This type is not shown here.</p>;
}

function Media({ kind, path, name }: Left & { kind: 'image' | 'audio' | 'video' }) {
  const { value: source, error } = useResource(`ticket ${path}`, () => ticketed(path));
  const [isBroken, fail] = useState(false);
  if (error) return <Problem error={error} />;
  if (isBroken) return <p class="muted">The browser cannot show it.</p>;
  if (!source) return <BusyLine />;
  if (kind === 'image') return <img src={source} alt={name} onError={() => fail(true)} />;
  // biome-ignore lint/a11y/useMediaCaption: what programs write has none
  if (kind === 'audio') return <audio src={source} controls aria-label={name} onError={() => fail(true)} />;
  // biome-ignore lint/a11y/useMediaCaption: what programs write has none
  return <video src={source} controls aria-label={name} onError={() => fail(true)} />;
}

function Pdf({ path, name }: Left) {
  const [source, change] = useState('');
  const [error, fail] = useState<unknown>();
  useEffect(() => {
    const left = new AbortController();
    let url = '';
    request(path, { signal: left.signal })
      .then(async (response) => {
        url = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: 'application/pdf' }));
        change(url);
      })
      .catch((cause) => left.signal.aborted || fail(cause));
    return () => {
      left.abort();
      URL.revokeObjectURL(url);
    };
  }, [path]);
  if (error) return <Problem error={error} />;
  return source ? <iframe class="shown-pdf" src={source} title={name} /> : <BusyLine />;
}
