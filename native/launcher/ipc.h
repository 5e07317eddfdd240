// Removes what a run has left in the IPC namespace of its init.
#ifndef PROCREG_IPC_H
#define PROCREG_IPC_H

#include "base.h"

bool clear_ipc(void);                      // false: what was left is still there

#endif
