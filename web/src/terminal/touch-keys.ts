// Keys that the keyboard of a phone lacks.

const keys: [name: string, text: string][] = [
  ['Esc', '\x1b'],
  ['Tab', '\t'],
  ['←', '\x1b[D'],
  ['↑', '\x1b[A'],
  ['↓', '\x1b[B'],
  ['→', '\x1b[C'],
];
const labels: Record<string, string> = { '←': 'Left', '↑': 'Up', '↓': 'Down', '→': 'Right' };

/** `applied` gives what is typed after Ctrl was touched. */
export function showTouchKeys(bar: HTMLElement, type: (text: string) => void): { applied(text: string): string } {
  let isControl = false;
  const control = button('Ctrl', () => hold(!isControl));
  const hold = (on: boolean) => {
    isControl = on;
    control.setAttribute('aria-pressed', String(on));
  };
  hold(false);
  bar.append(control, ...keys.map(([name, text]) => button(name, () => type(text))));
  return {
    applied: (text) => {
      if (!isControl || text.length !== 1) return text;
      hold(false);
      // Ctrl+A is the character 1, and so on
      return String.fromCharCode(text.toUpperCase().charCodeAt(0) & 31);
    },
  };
}

function button(name: string, act: () => void): HTMLButtonElement {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet small', textContent: name });
  if (labels[name]) made.setAttribute('aria-label', labels[name]);
  // the keyboard of the phone stays open
  made.addEventListener('pointerdown', (event) => event.preventDefault());
  made.addEventListener('click', act);
  return made;
}
