// The script that runs beside Swagger UI in the browser: keeps the login for the tab, says when it is wrong, plays and saves audio.

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
    return original(names);
  };
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
#login-note:not(:empty) { position: sticky; top: 0; z-index: 10000; padding: 8px 20px; background: #fff3cd; color: #3b2f00; font: 14px sans-serif; }
.swagger-ui .topbar { display: none }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 8px }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap }
  .swagger-ui table.parameters tr { display: flex; flex-direction: column }
  .swagger-ui .parameters-col_description input, .swagger-ui textarea { max-width: 100%; min-width: 0; box-sizing: border-box }
  .swagger-ui .opblock-body { overflow-x: auto }
}
`;
