// The queue of young runs, whose pipes are not watched yet.
#ifndef PROCREG_YOUNG_H
#define PROCREG_YOUNG_H

#include "launcher.h"

void young_add(struct run *);
void young_remove(struct run *);
struct run *young_first(void);             // NULL: there is none
void young_forget(void);                   // in a copy of the launcher: these runs are the launcher's

#endif
