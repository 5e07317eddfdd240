// The colours of the terminal, from the tokens of the page.
import type { ITheme } from '@xterm/xterm';

/** Anew whenever dark changes to light. */
export function screenColors(): ITheme {
  const probe = document.createElement('span');
  document.body.append(probe);
  const color = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    background: color('sunken'),
    foreground: color('text'),
    cursor: color('accent'),
    cursorAccent: color('sunken'),
    selectionBackground: color('accent'),
    selectionForeground: color('on-accent'),
    black: color('border'),
    brightBlack: color('muted'),
    red: color('bad'),
    brightRed: color('bad'),
    green: color('good'),
    brightGreen: color('good'),
    yellow: color('warning'),
    brightYellow: color('warning'),
    blue: color('accent'),
    brightBlue: color('accent'),
    white: color('muted'),
    brightWhite: color('text'),
  };
  probe.remove();
  return theme;
}
