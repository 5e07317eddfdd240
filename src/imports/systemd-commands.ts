// The commands of a unit of systemd (systemd.service(5)): their prefixes, specifiers and variables.
import { type Draft, literal, Refused } from './imported.js';
import { unitWords } from './systemd-values.js';

/** Stands for the instance until text is escaped. */
const instance = '\u{f8ff}';

/** How many characters the values of variables may have in all commands of a unit together. */
const valuesBound = 64 * 1024;

interface Command {
  words: string[];
  mayFail: boolean;
}

export class UnitCommands {
  private readonly environment: Record<string, string>;
  private substitutedLength = 0;

  constructor(
    private readonly path: string,
    private readonly draft: Draft,
    private readonly notes: string[],
    assignments: string[],
  ) {
    const pairs = assignments.flatMap((text) => unitWords(text)).map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(this.specified(word)));
    this.environment = Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], pair[2]]] : [])));
  }

  /** As templates. */
  get variables(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.environment).map(([name, value]) => [name, this.template(value)]));
  }

  /** A text with specifiers, as a template. */
  expanded(text: string): string {
    return this.template(this.specified(text));
  }

  /** A text for people. */
  described(text: string): string {
    return this.specified(text).replaceAll(instance, '<instance>');
  }

  one(start: string): { exec: string; argv: string[] } {
    const { words, mayFail } = this.command(start);
    if (mayFail) this.notes.push('its failure did not count (- before its path); see success_exit_codes');
    const [exec, ...argv] = words.map((word) => this.template(word));
    if (exec.includes('${instance}')) throw new Refused('the path of its program contains the instance');
    return { exec, argv };
  }

  /** In a shell, one after the other until one fails; the instance is $1, and so never code. */
  inShell(starts: string[]): { exec: string; argv: string[] } {
    this.notes.push('its commands run one after the other in a shell, until one fails');
    const lines = starts.map((start) => {
      const { words, mayFail } = this.command(start);
      const line = words.map(quoted).join(' ');
      return mayFail ? `{ ${line} || true; }` : line;
    });
    const script = lines.join(' &&\n');
    const [text, values] = script.includes(instance)
      ? [script.replaceAll(instance, `'"$1"'`), ['sh', this.template(instance)]]
      : [script, []];
    return { exec: '/bin/sh', argv: ['-c', literal(text), ...values] };
  }

  private command(start: string): Command {
    const [, prefix, rest] = /^([-@:+!|]*)(.*)$/s.exec(start) as RegExpExecArray;
    if (prefix.includes('@')) throw new Refused('@ before its path: another name for the program than its path is not possible');
    if (/[+!]/.test(prefix)) this.notes.push('it ran with full privileges (+ or ! before its path), which no program here has');
    const words = unitWords(rest).map((word) => this.specified(word));
    if (words.length === 0) throw new Refused('there is an empty command');
    if (words.includes(';')) throw new Refused('several commands in one line (;) are not possible');
    return { words: prefix.includes(':') ? words : words.flatMap((word) => this.substituted(word)), mayFail: prefix.includes('-') };
  }

  /** $NAME as a whole word is split into words, ${NAME} is not; $$ is a dollar. */
  private substituted(word: string): string[] {
    const whole = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1];
    if (whole !== undefined) return this.valueOf(whole).split(/\s+/).filter(Boolean);
    return [word.replace(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (_, name?: string) => (name === undefined ? '$' : this.valueOf(name)))];
  }

  private valueOf(name: string): string {
    const value = this.environment[name];
    if (value === undefined) throw new Refused(`the variable ${name} in its command has no value in the unit`);
    this.substitutedLength += value.length;
    if (this.substitutedLength > valuesBound) throw new Refused(`the variables in its commands have more than ${valuesBound} characters`);
    return value;
  }

  /** Specifiers (systemd.unit(5)); the instance of a template is a parameter. */
  private specified(text: string): string {
    const unit = this.path.replace(/^.*\//, '').replace(/@\.service$/, `@${instance}.service`);
    const values: Record<string, string> = {
      ...{ '%': '%', i: instance, I: instance, n: unit, N: unit.replace(/\.service$/, ''), p: unit.replace(/(@.*|\.service)$/, '') },
      ...{ t: '/run', S: '/var/lib', C: '/var/cache', L: '/var/log', E: '/etc', T: '/tmp', V: '/var/tmp' },
    };
    return text.replace(/%(.)/g, (whole, specifier: string) => {
      const value = values[specifier];
      if (value === undefined) throw new Refused(`the specifier ${whole} has no counterpart here`);
      return value;
    });
  }

  private template(text: string): string {
    if (!text.includes(instance)) return literal(text);
    const placeholder = this.draft.parameter('instance', { type: 'string', description: 'what stood behind the @' }, { required: true });
    return text.split(instance).map(literal).join(placeholder);
  }
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
