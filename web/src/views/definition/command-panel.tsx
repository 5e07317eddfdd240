// The command as it would run, and the same call as lines for curl, procreg and Python: always of what is filled in.
import { useEffect, useState } from 'preact/hooks';
import { basePath, uiPath } from '../../api/base.js';
import { useWho } from '../../frame/who.js';
import { CopyButton } from '../../parts/copy-button.js';
import { addressTexts, type Call } from '../../parts/form/call.js';
import { curlLine } from '../../parts/form/commands/curl.js';
import { procregLine } from '../../parts/form/commands/procreg.js';
import { pythonLines } from '../../parts/form/commands/python.js';
import { quoted } from '../../parts/form/commands/shell.js';
import type { Program } from '../../parts/form/fields.js';
import { Segmented } from '../../parts/form/segmented.js';
import { explainCall, type Plan } from '../../parts/form/send-call.js';
import { sentence } from '../../parts/problem.js';

interface CommandPanelProps {
  definition: number;
  program: Program;
  call: Call;
  /** Whether the parameters can be sent as they are; what would be refused is not asked. */
  isValid(): boolean;
}

const languages = ['curl', 'procreg', 'Python'].map((name) => ({ id: name, label: name }));
/** Kept while the page is open. */
let lastLanguage = 'curl';

export function CommandPanel({ definition, program, call, isValid }: CommandPanelProps) {
  const [language, choose] = useState(lastLanguage);
  const { user } = useWho();
  const { plan, fault } = usePlan(definition, program, call, isValid);
  const base = location.origin + basePath;
  const lines = {
    curl: () => curlLine(base, user.username, call),
    procreg: () => procregLine(call) ?? 'procreg cannot give a service files or secrets.',
    Python: () => pythonLines(base, user.username, call),
  }[language]!();
  return (
    <section class="command" aria-label="The command">
      <pre class="command-line">{plan ? planLine(plan, call) : templateLine(program)}</pre>
      {fault && (
        <p class="fault" role="status">
          {fault}
        </p>
      )}
      <div class="command-as">
        <Segmented
          name="language"
          label="The same call as"
          options={languages}
          value={language}
          change={(name) => {
            lastLanguage = name;
            choose(name);
          }}
        />
        <CopyButton text={lines} />
      </div>
      <pre>{lines}</pre>
      <CopyButton label="Copy link to this form" text={() => linkOf(call)} />
    </section>
  );
}

/** Secrets and files stay out of it. */
function linkOf(call: Call): string {
  const texts = addressTexts({ ...call, texts: call.texts.filter(({ field }) => !field.isSecret) });
  return `${location.origin}${uiPath}definitions/${encodeURIComponent(call.reference)}${texts.size > 0 ? `?${texts}` : ''}`;
}

const settleMs = 250;

function usePlan(definition: number, program: Program, call: Call, isValid: () => boolean): { plan?: Plan; fault?: string } {
  const [state, change] = useState<{ plan?: Plan; fault?: string }>({});
  const given = JSON.stringify([
    call.texts.map(({ field, text }) => [field.name, text]),
    call.files.map(({ name, file }) => [name, file.name]),
  ]);
  useEffect(() => {
    const left = new AbortController();
    const ask = () => {
      if (!isValid()) return change({});
      explainCall(call, definition, left.signal).then(
        (plan) => change({ plan }),
        (error) => !left.signal.aborted && change(({ plan }) => ({ plan, fault: sentence(error.message) })),
      );
    };
    const timer = setTimeout(ask, settleMs);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [given, program]);
  return state;
}

function planLine({ exec, argv, input }: Plan, { message, resultName }: Call): string {
  const file = message instanceof File ? message.name : 'input';
  const named = argv.map((word) => quoted(word.replaceAll('${input_file}', file).replaceAll('${output_file}', resultName ?? 'output')));
  const words = [exec.slice(exec.lastIndexOf('/') + 1), ...named];
  return input.kind === 'stream' && message !== null
    ? `${broken(words)} < ${message instanceof File ? quoted(file) : 'message'}`
    : broken(words);
}

/** As the definition has it, while something is missing: without what may be left out. */
function templateLine({ exec, argv, args }: Program): string {
  return broken([exec.slice(exec.lastIndexOf('/') + 1), ...(argv ?? args ?? []).filter((word) => typeof word === 'string').map(readable)]);
}

/** Placeholders are no words that must be quoted. */
function readable(word: string): string {
  return /\s|['"]/.test(word) ? quoted(word) : word;
}

/** A long command has a line for each option. */
function broken(words: string[]): string {
  const whole = words.join(' ');
  if (whole.length <= 44 || whole.includes('\n')) return whole;
  return words.map((word, at) => (at === 0 ? word : word.startsWith('-') ? `\n  ${word}` : ` ${word}`)).join('');
}
