// Whether both sides do the same work: the same body, byte for byte; for a write the same row.

/** Throws when they differ: a ratio of two different things is none. */
export async function checkSameAnswers(sides, request) {
  const [ours, peer] = await Promise.all(sides.map((side) => answerOf(side, request)));
  if (ours === peer) return;
  throw new Error(`${request.method} ${request.path} is not answered alike:\n${ours.slice(0, 600)}\n${peer.slice(0, 600)}`);
}

async function answerOf(side, { method, path, body }) {
  const headers = { ...(side.authorization && { authorization: side.authorization }), ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(`${side.url}${path}`, { method, headers, body });
  const shown = [response.status, response.headers.get('location'), await response.text()].join('\n');
  if (response.status !== 201) return shown;
  return shown + (await answerOf(side, { method: 'GET', path: response.headers.get('location') }));
}
