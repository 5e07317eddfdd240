// Closes the descriptors that a new process must not have; and counts those that are left.
#ifndef PROCREG_DESCRIPTORS_H
#define PROCREG_DESCRIPTORS_H

#include "base.h"

void close_between(unsigned low, unsigned high);
bool descriptors_left(int lowest, size_t more); // whether runs that run may each open one more; `lowest` is the lowest free number
void close_others(const int *kept, size_t count); // all except `kept` and the first three

#endif
