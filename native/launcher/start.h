// Starts one program.
#ifndef PROCREG_START_H
#define PROCREG_START_H

#include "launcher.h"

int begin(const struct request *, struct run *, int input, const char **stage);
int open_input(const struct request *, struct run *);
void close_input_end(int);
bool make_pipes(const struct request *, struct run *); // false with errno

#endif
