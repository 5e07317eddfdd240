// What the two ends of a sandbox share: the outer end, and the init inside of bubblewrap.
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

// What the init reports: the program could not be started (its errno), or how it ended (its wait status).
struct report { char what; int number; };  // 'f' or 'e'

// The prefix of each variable of the program until it runs: no variable may have an effect on processes outside.
#define VEIL '%'

int around(const char *failure_path, char **bubblewrap);
int within(int reports, int signals, char **program);
bool filter_calls(void);

#endif
