// What the two ends of a sandbox share: the one outside of bubblewrap, and the init inside of it.
#ifndef PROCREG_SANDBOX_H
#define PROCREG_SANDBOX_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// What the init tells: the program could not be started (its errno), or how it ended (its wait status).
struct report { char what; int number; };  // 'f' or 'e'

// Each variable of the program carries this until it runs: none of them may mean anything to what runs outside.
#define VEIL '%'

int around(const char *failure_path, char **bubblewrap);
int within(int reports, int signals, char **program);
bool filter_calls(void);

#endif
