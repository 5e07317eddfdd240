// The headers of the page's files: what a browser may load for each, who may frame it, and how long it is kept.

/** No inline script or style; pictures and media may be made by the page. */
const policy = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self' blob:";
/** The terminal sets styles at its elements; so it has its own document, in a frame of the page. */
const terminal = 'terminal.html';

/** `path` is that of the address below ui/, `name` that of the file. Without X-Frame-Options the policy alone says who may frame the document. */
export function pageHeaders(path: string, name: string, embedOrigins: string[]): Record<string, string> {
  // the names of built assets contain a digest
  const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  const framed = (more: string) => ({ 'content-security-policy': `${policy}; ${more}`, 'cache-control': cache });
  if (name === terminal) return framed("style-src 'self' 'unsafe-inline'; frame-ancestors 'self'");
  if (/^embed(\/|$)/.test(path)) return framed(`frame-ancestors ${embedOrigins.join(' ') || "'none'"}`);
  return { ...framed("frame-ancestors 'none'"), 'x-frame-options': 'DENY' };
}
