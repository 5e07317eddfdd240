// What is started as `procreg`: loads the client, compiled as an earlier start left it, without which a start takes a tenth longer.
import { statSync } from 'node:fs';
import { createRequire, enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

keepCompiledCode();
createRequire(__filename)('./client.cjs');

/** Compiled code is code: it is taken only from a folder of the user who starts the client. Node.js before 22.1 compiles each time. */
function keepCompiledCode(): void {
  try {
    const home = homedir();
    if (statSync(home).uid === process.geteuid?.())
      enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(home, '.cache'), 'procreg'));
  } catch {
    // a user without a home
  }
}
