// Where the page and the API are: BASE_PATH is only known to the server, which writes it into the document.

const ui = document.querySelector<HTMLMetaElement>('meta[name=base]')?.content ?? '/ui/';

/** Without a last slash; empty where the server is at the root. */
export const basePath = ui.slice(0, -'/ui/'.length);
/** With a last slash. */
export const uiPath = ui;
