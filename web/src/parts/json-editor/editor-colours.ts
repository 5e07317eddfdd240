// How JSON looks in the editor, by the colours of the page.
import { syntaxTree } from '@codemirror/language';
import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

const theme = EditorView.theme({
  '&': {
    color: 'var(--text)',
    background: 'var(--background)',
    fontSize: '13px',
    border: '1px solid var(--border-of-field)',
    borderRadius: 'var(--radius)',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55', maxHeight: '70vh', minHeight: '220px' },
  '.cm-content': { caretColor: 'var(--accent)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-gutters': { background: 'var(--raised)', color: 'var(--muted)', borderRight: '1px solid var(--border)' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--raised)' },
  '& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--accent-soft) !important' },
  '.cm-tooltip': {
    background: 'var(--background)',
    color: 'var(--text)',
    border: '1px solid var(--border)',
    borderRadius: 'var(--radius)',
    font: '13px var(--font)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-diagnostic': { borderLeftColor: 'var(--bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--bad)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', borderBottom: '2px solid var(--warning)' },
  '.json-key': { color: 'var(--accent)' },
  '.json-text': { color: 'var(--good)' },
  '.json-value': { color: 'var(--warning)' },
});

const classes: Record<string, string> = {
  PropertyName: 'json-key',
  String: 'json-text',
  Number: 'json-value',
  True: 'json-value',
  False: 'json-value',
  Null: 'json-value',
};
const marks = Object.fromEntries(Object.entries(classes).map(([name, mark]) => [name, Decoration.mark({ class: mark })]));

const highlighted = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marksOf(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state))
        this.decorations = marksOf(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function marksOf(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges)
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        if (marks[node.name] && node.from < node.to) builder.add(node.from, node.to, marks[node.name]);
      },
    });
  return builder.finish();
}

export const colours: Extension = [theme, highlighted];
