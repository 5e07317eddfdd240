// The document of a terminal, which the page shows in a frame since xterm sets styles at its elements: `terminal.html#ID` is attached to the run ID.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import '../styles/tokens.css';
import '../styles/base.css';
import './terminal.css';
import { type LineEnd, openLine, type TerminalLine } from './channel-socket.js';
import { screenColors } from './screen-colors.js';
import { showTouchKeys } from './touch-keys.js';

const run = decodeURIComponent(location.hash.slice(1));
const screen = document.querySelector('#screen') as HTMLElement;
const status = document.querySelector('#status') as HTMLElement;
const again = document.querySelector('#again') as HTMLButtonElement;
const reader = document.querySelector('#reader') as HTMLButtonElement;
const isTouched = matchMedia('(pointer: coarse)').matches;
const hint = isTouched ? 'Connected.' : 'Connected. Ctrl+. leaves the terminal.';
const terminal = new Terminal({
  fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
  fontSize: 13,
  scrollback: 10_000,
  cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  theme: screenColors(),
});
const fit = new FitAddon();
let line: TerminalLine | null = null;

terminal.loadAddon(fit);
terminal.open(screen);
// what the program reads is what a key of a real terminal sends, with a sticky Ctrl where there are no keys
const touchKeys = showTouchKeys(document.querySelector('#touch-keys') as HTMLElement, (text) => terminal.input(text));
terminal.onData((text) => line?.type(touchKeys.applied(text)));
terminal.onBinary((text) => line?.type(Uint8Array.from(text, (character) => character.charCodeAt(0))));
terminal.onResize(({ cols, rows }) => line?.resize(cols, rows));
terminal.attachCustomKeyEventHandler(isForProgram);
new ResizeObserver(() => fit.fit()).observe(screen);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  terminal.options.theme = screenColors();
});
again.addEventListener('click', () => void connect());
// not always: with it xterm takes nothing that is dictated or completed
reader.addEventListener('click', () => {
  const isOn = !terminal.options.screenReaderMode;
  terminal.options.screenReaderMode = isOn;
  reader.setAttribute('aria-pressed', String(isOn));
});
addEventListener('focus', () => terminal.focus());
void connect();

/** Everything that the run has written comes again: the screen begins empty. */
async function connect(): Promise<void> {
  again.hidden = true;
  status.textContent = 'Connecting…';
  try {
    line = await openLine(run, { opened, wrote: (bytes) => terminal.write(bytes), closed });
  } catch (error) {
    closed({ kind: 'lost', text: error instanceof Error ? error.message : String(error) });
  }
}

function opened(): void {
  terminal.reset();
  fit.fit();
  line?.resize(terminal.cols, terminal.rows);
  status.textContent = hint;
  terminal.focus();
}

function closed({ kind, text }: LineEnd): void {
  line = null;
  status.textContent = text;
  again.hidden = kind === 'ended';
  if (kind === 'lost' && document.hasFocus()) again.focus();
  terminal.options.disableStdin = kind === 'ended';
}

/** False: the key is the page's. Ctrl+C copies while something is selected, as in other terminals of today. */
function isForProgram(event: KeyboardEvent): boolean {
  const { key, ctrlKey, shiftKey, type } = event;
  if (!ctrlKey) return true;
  if (key === '.') {
    if (type === 'keydown') leave();
    return false;
  }
  const copies = key.toLowerCase() === 'c' && (shiftKey || terminal.hasSelection());
  const pastes = key.toLowerCase() === 'v';
  if (copies && type === 'keydown') {
    event.preventDefault();
    document.execCommand('copy');
    terminal.clearSelection();
  }
  // the browser pastes by itself
  return !copies && !pastes;
}

/** The frame's document has no more than the screen: the focus goes to what is behind the frame. */
function leave(): void {
  terminal.blur();
  const frame = frameElement as HTMLElement | null;
  frame?.dispatchEvent(new CustomEvent('leave', { bubbles: true }));
}
