// The examples of bodies, by the name of the schema. Each request example works as it stands on a server that has the definition `tr`.

const definition = { exec: '/usr/bin/tr', argv: ['-d', 'x'] };
const sentence = "no definition is called 'tx'";

export const bodyExamples: Record<string, object> = {
  DefinitionBody: { definition },
  DefinitionListBody: { objects: [{ definition }] },
  DefinitionPatchBody: { objects: [{ definition }] },
  NewBindingBody: { definition: 'tr', input: { stream: 'in' } },
  BindingChangeBody: { concurrency: 2 },
  NewUserBody: { username: 'alice', password: 'correct horse', role: 'runner' },
  UserChangeBody: { role: 'author' },
  OwnPasswordBody: { password: 'correct horse' },
  TicketRequestBody: { path: '/api/run/01935a80-0000-7000-8000-000000000000/output/' },
  SignInBody: { username: 'alice', password: 'correct horse' },
  NewTokenBody: { name: 'for my script' },
  RegistryErrorBody: { error: sentence, code: 'not_found' },
  GlotErrorBody: { error: 'not_found', message: sentence },
  ProblemBody: {
    type: 'about:blank',
    title: 'The requested resource does not exist, or this user may not see it.',
    status: 404,
    detail: sentence,
    code: 'not_found',
    error: sentence,
  },
};
