// The entry of the page.
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import { render } from 'preact';
import { App } from './app.js';
import { listenToKeys } from './parts/keys.js';
import { followLinks } from './router.js';

followLinks();
listenToKeys();
render(<App />, document.querySelector('#page') as HTMLElement);
