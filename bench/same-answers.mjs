// Checks that all sides do the same work: the same body, byte for byte; after a write the same row.

/** `requestOf` returns the request for each side. Returns the answer. Throws when the answers differ: a ratio of two different things means nothing. */
export async function checkSameAnswers(sides, requestOf) {
  const answers = await Promise.all(sides.map((side) => answerOf(side, requestOf(side))));
  for (const [index, answer] of answers.entries()) {
    if (answer === answers[0]) continue;
    const [one, other] = [0, index].map((at) => `${sides[at].name}: ${answers[at].slice(0, 600)}`);
    throw new Error(`${requestOf(sides[0]).method} ${requestOf(sides[0]).path} has different answers:\n${one}\n${other}`);
  }
  return answers[0];
}

/** `takenOff` is the part of the program's output that a CGI server removes and sends as headers. */
async function answerOf(side, request) {
  const response = await ask(side, request);
  const location = response.headers.get('location');
  const shown = [response.status, location, (side.takenOff ?? '') + (await response.text())].join('\n');
  if (response.status !== 201) return shown;
  return shown + (await answerOf(side, { method: 'GET', path: location }));
}

export function ask({ url, authorization }, { method, path, body, more }) {
  const headers = { ...(authorization && { authorization }), ...(body && { 'content-type': 'application/json' }), ...more };
  return fetch(`${url}${path}`, { method, headers, body });
}

/** Stores a definition. Returns its path. */
export async function define(server, definition) {
  const answer = await ask(server, { method: 'POST', path: '/api/process_definition/', body: JSON.stringify({ definition }) });
  if (answer.status !== 201) throw new Error(`the definition was refused: ${await answer.text()}`);
  return answer.headers.get('location');
}

/** Begins a run that nobody waits for. Returns the path of its record. */
export async function begin(server, definitionPath) {
  const answer = await ask(server, { method: 'POST', path: `${definitionPath}execute/`, more: { prefer: 'respond-async' } });
  if (answer.status !== 202) throw new Error(`the run was not accepted: ${await answer.text()}`);
  return answer.headers.get('location');
}
