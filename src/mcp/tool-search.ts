// Finds tools by words, for callers that have more tools than a model should read of.

import type { Tool } from './tools.js';

/** The most tools that are listed; beyond these they are searched. */
export const mostListed = 40;
const mostFound = 10;
/** A word in the name says more than one in the description. */
const weights = { name: 5, title: 3, tags: 3, description: 1 };

/** The best ones first. A tool that has none of the words is not found; without words the first ones are. */
export function findTools(tools: Tool[], query: string): Tool[] {
  const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, 32);
  if (words.length === 0) return tools.slice(0, mostFound);
  const rated = tools.map((tool) => ({ tool, score: scoreOf(tool, words) })).filter(({ score }) => score > 0);
  return rated
    .sort((one, other) => other.score - one.score)
    .slice(0, mostFound)
    .map(({ tool }) => tool);
}

function scoreOf({ name, facts }: Tool, words: string[]): number {
  const fields = { name: name.toLowerCase(), ...facts.searched };
  const ofWord = (word: string) =>
    Object.entries(fields).reduce((sum, [field, text]) => sum + (text.includes(word) ? weights[field as keyof typeof weights] : 0), 0);
  return words.reduce((sum, word) => sum + ofWord(word), 0);
}
