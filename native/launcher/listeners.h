// Keeps copies of the server's listening sockets.
#ifndef PROCREG_LISTENERS_H
#define PROCREG_LISTENERS_H

#include "launcher.h"

void handover_ready(struct watch *, uint32_t);
void listeners_look(int64_t now);
bool listeners_wait(int64_t now);          // clients wait for the next server

#endif
