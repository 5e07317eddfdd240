// The list of begun runs.
#ifndef PROCREG_BEGUN_H
#define PROCREG_BEGUN_H

#include "launcher.h"

bool open_begun(void);                     // false with errno
void leave_begun(void);                    // in a starter: the launcher has begun another list
bool note_begin(const struct run *);       // false with errno

#endif
