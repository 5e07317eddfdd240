// The OpenAPI description of the body of the procaas interface.

export const processDescription =
  "A form with the part 'data' (JSON) and files, which lie under their own names in the program's work directory. No shell; argv and environment are passed as they are. stdin that is missing is closed. Whatever fails is a 400 with the reason and the end of stderr; in chunkedStdout what fails after the first byte is appended instead. The work directory is gone afterwards. docs/behaviour/process.md has examples.";

const data = {
  type: 'string',
  description:
    'JSON: cmd (list, the program first), stdin, envs, outputMode (stdout, chunkedStdout, zip, file), outputDir, zipInputMode, timeoutMillis, computation (io, cpu)',
  example: '{"cmd": ["echo", "Hello world"]}',
};

export const processBodies = {
  'multipart/form-data': {
    type: 'object',
    required: ['data'],
    properties: { data, files: { type: 'array', items: { type: 'string', format: 'binary' } } },
  },
  'application/x-www-form-urlencoded': { type: 'object', required: ['data'], properties: { data } },
};
