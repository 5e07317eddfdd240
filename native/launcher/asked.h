// Requests to a process whose launcher is gone.
#ifndef PROCREG_ASKED_H
#define PROCREG_ASKED_H

#include "run-table.h"

void read_asked(bool (*take)(struct channel *, struct fields *, const char *frame, size_t size));

#endif
