// Signals that end a process which does not listen to them, and leave its terminal as it is then.

export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGUSR2'] as const;
