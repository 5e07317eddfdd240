// A button that copies a text.
import { useState } from 'preact/hooks';

export function CopyButton({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) {
  const [isCopied, change] = useState(false);
  const copy = async () => {
    await copyText(typeof text === 'string' ? text : text());
    change(true);
    setTimeout(() => change(false), 1500);
  };
  return (
    <button type="button" class="quiet small" onClick={copy}>
      {isCopied ? 'Copied' : label}
    </button>
  );
}

/** Browsers offer the clipboard only over TLS and on the own machine; elsewhere a selection is copied. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement('textarea'), { value: text });
  area.className = 'off-screen';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
