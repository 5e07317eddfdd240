// Where in the text of a JSON value a path such as `argv[2]` is.
import { ensureSyntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { Fault } from './json-editor.js';

type Tree = NonNullable<ReturnType<typeof ensureSyntaxTree>>;
export type Node = Tree['topNode'];

const parsingMs = 200;
const values = ['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null'];

/** The whole first line where there is no better place. */
export function rangeOf(state: EditorState, { path, isUnreadable }: Fault): { from: number; to: number } {
  const tree = ensureSyntaxTree(state, state.doc.length, parsingMs);
  if (isUnreadable) return unreadable(state, tree);
  const value = tree && childOf(tree.topNode, values);
  const found = value && find(state, value, path);
  const { from, to } = found ?? value ?? { from: 0, to: 0 };
  return { from, to: Math.min(to, state.doc.lineAt(from).to) };
}

function unreadable(state: EditorState, tree: Tree | null): { from: number; to: number } {
  let at = state.doc.length;
  tree?.iterate({
    enter: ({ type, from }) => {
      if (type.isError) at = Math.min(at, from);
    },
  });
  const blanks = /^\s*/.exec(state.sliceDoc(at))![0].length;
  const from = Math.max(0, Math.min(at + blanks, state.doc.length - 1));
  return { from, to: Math.min(from + 1, state.doc.length) };
}

/** As deep as the path leads: a key that is missing is marked at what lacks it. */
function find(state: EditorState, value: Node, path: string): Node {
  if (path === '') return value;
  const [index = '', number] = /^\[(\d+)\]\.?/.exec(path) ?? [];
  if (number !== undefined) {
    const item = value.name === 'Array' ? childrenOf(value, values)[Number(number)] : undefined;
    return item ? find(state, item, path.slice(index.length)) : value;
  }
  // a key may have dots in it: the longest one that fits is meant
  const fitting = propertiesOf(state, value).filter(({ key }) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`));
  const [longest] = fitting.sort((one, other) => other.key.length - one.key.length);
  if (!longest) return value;
  const rest = path.slice(longest.key.length).replace(/^\./, '');
  return rest === '' || !longest.value ? (longest.value ?? longest.name) : find(state, longest.value, rest);
}

export function propertiesOf(state: EditorState, object: Node): { key: string; name: Node; value: Node | null }[] {
  return childrenOf(object, ['Property']).flatMap((property) => {
    const name = childOf(property, ['PropertyName']);
    return name ? [{ key: textOf(state, name), name, value: childOf(property, values) }] : [];
  });
}

export function textOf(state: EditorState, { from, to }: Node): string {
  const raw = state.sliceDoc(from, to);
  try {
    return JSON.parse(raw);
  } catch {
    return raw.replace(/^"|"$/g, '');
  }
}

function childOf(node: Node, names: string[]): Node | null {
  return childrenOf(node, names)[0] ?? null;
}

function childrenOf(node: Node, names: string[]): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (names.includes(child.name)) found.push(child);
  return found;
}
