// The tools of the server itself: to search tools and call the found ones, and to send a file ahead.
import type { Tool as ListedTool } from '@modelcontextprotocol/server';
import { ownTools } from './tools.js';

const text = { type: 'string' };

export const searchTools: ListedTool[] = [
  {
    name: ownTools.search,
    description: `Finds tools by words of their names and descriptions: at most ten, with their input schemas. Call a found one with ${ownTools.run}.`,
    inputSchema: { type: 'object', properties: { query: { ...text, description: 'words, such as: resize image' } }, required: ['query'] },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: ownTools.run,
    description: `Calls a tool that ${ownTools.search} has found.`,
    inputSchema: {
      type: 'object',
      properties: {
        name: { ...text, description: 'the name of the tool' },
        arguments: { type: 'object', description: 'as the input schema of the tool says' },
      },
      required: ['name'],
    },
  },
];

export const uploadTool: ListedTool = {
  name: ownTools.upload,
  description:
    'Gives a URL to which one file can be sent by HTTP PUT, such as with: curl -T FILE URL. The value upload:ID then stands for the file wherever a tool takes a file or a message, several times. It goes when it is not used for ten minutes.',
  inputSchema: {
    type: 'object',
    properties: { name: { ...text, description: 'the name of the file, with its extension' } },
  },
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
};
