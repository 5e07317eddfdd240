// The Content-Disposition of a download (RFC 6266): a plain name for old clients, and the exact name encoded.

export function attachment(name: string): string {
  // a name that is not valid Unicode cannot be encoded
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === name ? `attachment; filename="${plain}"` : `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
