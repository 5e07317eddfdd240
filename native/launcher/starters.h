// Level process: copies of the launcher that start its programs and supervise them.
#ifndef PROCREG_STARTERS_H
#define PROCREG_STARTERS_H

#include "launcher.h"

bool starters_take(const struct request *, struct run *); // true: a starter has got the run
void starters_tell(const char *what);      // a frame for all of them
void starters_flush(void);                 // sends the waiting frames, and whether the server does not read
bool starter_ended(pid_t);                 // its runs are ours from now on; false: no starter

#endif
