// What a client may ask of this server that an earlier one does not have; a name that stands here stays.

export const features = ['call', 'events', 'imports', 'live-output', 'mcp', 'rerun', 'run-page', 'sessions', 'tickets'];
