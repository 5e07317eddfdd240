// Level pidns: a run in its own namespaces, with its own init.
#ifndef PROCREG_NAMESPACES_H
#define PROCREG_NAMESPACES_H

#include "launcher.h"

int enclose(const struct request *, struct run *, int input);
void serve_again(const struct request *);

#endif
