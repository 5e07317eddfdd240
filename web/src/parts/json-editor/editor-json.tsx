// The editor itself: CodeMirror, in a root of its own, since the page's policy allows it no styles elsewhere.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { colours } from './editor-colours.js';
import { keysOfDefinitions } from './editor-completion.js';
import { rangeOf } from './editor-places.js';
import type { Fault, JsonEditorProps } from './json-editor.js';

export function EditorJson({ label, text, change, faults, ready }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(change);
  latest.current = change;
  // what was typed and has not come back yet: it must not undo what has been typed since
  const typed = useRef(new Set<string>());
  useEffect(() => {
    const root = host.current!.attachShadow({ mode: 'open' });
    const state = EditorState.create({
      doc: text,
      extensions: extensions(label, (now) => {
        typed.current.add(now);
        latest.current(now);
      }),
    });
    const made = new EditorView({ state, parent: root, root });
    view.current = made;
    ready?.((fault) => lead(made, fault));
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const { doc } = view.current!.state;
    const isSame = doc.toString() === text;
    if (isSame) typed.current.clear();
    else if (!typed.current.has(text)) view.current!.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const { state } = view.current!;
    const diagnostics = faults.map((fault) => ({
      ...rangeOf(state, fault),
      severity: fault.isWarning ? ('warning' as const) : ('error' as const),
      message: fault.message,
    }));
    view.current!.dispatch(setDiagnostics(state, diagnostics));
  }, [faults]);
  return <div class="json-editor" ref={host} />;
}

function extensions(label: string, changed: (text: string) => void): Extension[] {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    json(),
    colours,
    autocompletion({ override: [keysOfDefinitions], icons: false }),
    // Ctrl+Enter and Ctrl+S are the page's
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter')]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label }),
    EditorView.updateListener.of(({ docChanged, state }) => docChanged && changed(state.doc.toString())),
  ];
}

function lead(view: EditorView, fault: Fault): void {
  const { from } = rangeOf(view.state, fault);
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}
