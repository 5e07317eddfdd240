// Ends with 0 when the server in this container answers /health/live, whatever its port, path and certificate are: it asks the socket in DATA_DIR.
import { get } from 'node:http';

const asked = get({ socketPath: `${process.env.DATA_DIR}/server.sock`, path: '/health/live', timeout: 4000 });
asked.once('timeout', () => asked.destroy(new Error('no answer within 4 s')));
asked.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
asked.once('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
