// The script that runs beside Swagger UI in the browser: keeps the login for the tab, says when it is wrong, shows the definitions of who is
// signed in as a second document, plays and saves audio.

export const swaggerScript = `
(() => {
  const base = location.pathname.replace(/\\/docs\\/?.*$/, '');
  const kept = 'procreg-login ' + base;
  const say = (text) => {
    let note = document.getElementById('login-note');
    if (!note) {
      note = Object.assign(document.createElement('div'), { id: 'login-note' });
      note.setAttribute('role', 'status');
      document.body.prepend(note);
    }
    note.textContent = text;
  };
  const headersOf = (login) => {
    const { username, password } = login.value || {};
    const token = 'Bearer ' + login.value;
    return { Authorization: username === undefined ? token : 'Basic ' + btoa(username + ':' + (password || '')) };
  };
  const check = async (logins, forget) => {
    for (const login of Object.values(logins)) {
      const answer = await fetch(base + '/api/me/', { headers: headersOf(login), credentials: 'omit' });
      const body = await answer.json();
      if (!answer.ok) {
        forget();
        return say('The server refuses this login: ' + body.error);
      }
      say('Signed in as ' + body.username + ' (' + body.role + ')');
    }
  };
  const authorize = (original, system) => (logins) => {
    const result = original(logins);
    const all = { ...JSON.parse(sessionStorage.getItem(kept) || '{}'), ...logins };
    sessionStorage.setItem(kept, JSON.stringify(all));
    check(logins, () => system.authActions.logout(Object.keys(logins))).catch((error) => say('The login could not be checked: ' + error.message));
    return result;
  };
  const logout = (original) => (names) => {
    sessionStorage.removeItem(kept);
    say('');
    show('api');
    return original(names);
  };
  const documents = {
    api: { title: 'The API of this server', path: '/docs-json' },
    definitions: { title: 'Your definitions', path: '/api/process_definition/openapi.json' },
  };
  const choice = document.createElement('select');
  choice.id = 'document-choice';
  for (const [value, { title }] of Object.entries(documents)) choice.append(new Option(title, value));
  const label = Object.assign(document.createElement('label'), { id: 'document-bar', textContent: 'Document ' });
  label.append(choice);
  document.body.prepend(label);
  let shown = 'api';
  const show = async (name) => {
    choice.value = shown;
    const [login] = Object.values(JSON.parse(sessionStorage.getItem(kept) || '{}'));
    if (name === 'definitions' && !login) return say('Sign in first, with the button Authorize: the definitions are those that you may run.');
    if (name === 'api' && shown === 'api') return;
    const url = location.origin + base + documents[name].path;
    const answer = await fetch(url, { headers: name === 'api' ? {} : headersOf(login), credentials: 'omit' });
    const text = await answer.text();
    if (!answer.ok) return say('The document cannot be shown: ' + JSON.parse(text).error);
    const { specActions, layoutActions } = window.ui.getSystem();
    layoutActions.updateFilter('');
    specActions.updateUrl(url);
    specActions.updateSpec(text);
    choice.value = shown = name;
  };
  choice.addEventListener('change', () => show(choice.value).catch((error) => say('The document cannot be shown: ' + error.message)));
  const heard = (Original, { React: { createElement: element } }) => (properties) => {
    const { content, contentType = '' } = properties;
    const kind = /^(audio|video)\\//.exec(contentType)?.[1];
    if (!kind || !(content instanceof Blob)) return element(Original, properties);
    const source = URL.createObjectURL(content);
    const name = 'output.' + (contentType.split(/[\\/;]/)[1] === 'mpeg' ? 'mp3' : contentType.split(/[\\/;]/)[1]);
    return element('div', null, element(kind, { controls: true, src: source }), ' ', element('a', { href: source, download: name }, 'Save ' + name));
  };
  const plugin = { statePlugins: { auth: { wrapActions: { authorize, logout } } }, wrapComponents: { responseBody: heard } };
  const make = window.SwaggerUIBundle;
  window.SwaggerUIBundle = Object.assign((options) => {
    const onComplete = () => {
      const saved = sessionStorage.getItem(kept);
      if (saved) window.ui.getSystem().authActions.authorize(JSON.parse(saved));
    };
    return make({ ...options, onComplete, plugins: [...(options.plugins || []), plugin] });
  }, make);
})();
`;

/** The table of parameters of Swagger UI is wider than a phone. */
export const swaggerStyle = `
#document-bar { display: block; padding: 8px 20px; background: #f0f0f0; color: #3b4151; font: 14px sans-serif }
#document-choice { max-width: 100%; padding: 4px 8px; font: inherit }
#login-note:not(:empty) { position: sticky; top: 0; z-index: 10000; padding: 8px 20px; background: #fff3cd; color: #3b2f00; font: 14px sans-serif; }
.swagger-ui .topbar { display: none }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 8px }
  .swagger-ui .opblock .opblock-summary, .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap }
  .swagger-ui table.parameters tr { display: flex; flex-direction: column }
  .swagger-ui .parameters-col_description input, .swagger-ui textarea { max-width: 100%; min-width: 0; box-sizing: border-box }
  .swagger-ui .opblock-body { overflow-x: auto }
}
`;
