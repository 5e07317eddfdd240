// The runs of a starter that was killed, which go on as our own.
#ifndef PROCREG_ADOPTED_H
#define PROCREG_ADOPTED_H

#include "launcher.h"

void adopt_orphan(struct run *);

#endif
