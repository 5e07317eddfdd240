// Reads a start frame and starts its run.
#ifndef PROCREG_REQUEST_H
#define PROCREG_REQUEST_H

#include "launcher.h"

bool start(struct fields *, const char *id, const char *frame, size_t size);

#endif
