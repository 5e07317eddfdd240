// The version of the client, which the bundler takes from package.json.
declare const CLIENT_VERSION: string;

export const version = CLIENT_VERSION;
