// Closes the descriptors that a new process must not have.
#ifndef PROCREG_DESCRIPTORS_H
#define PROCREG_DESCRIPTORS_H

#include "base.h"

void close_between(unsigned low, unsigned high);
void close_others(const int *kept, size_t count); // all except `kept` and the first three

#endif
