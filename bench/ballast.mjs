// Loaded before the server's own code (node --import): holds 1 GiB, every page touched, like a server with much data in memory.
const mebibyte = 2 ** 20;

globalThis.ballast = Array.from({ length: 1024 }, () => Buffer.alloc(mebibyte, 1));
