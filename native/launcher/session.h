// The sessions of the launcher and of its programs.
#ifndef PROCREG_SESSION_H
#define PROCREG_SESSION_H

#include "launcher.h"

void session_prepare(void);
void session_own(void);
bool session_enter(const struct request *); // in the child of a start; false with errno

#endif
