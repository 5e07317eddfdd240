// When memory runs out, the kernel ends a program rather than the server or its launcher.
#ifndef PROCREG_BLAME_H
#define PROCREG_BLAME_H

void blame_prepare(void);                  // at the start of the launcher, whose own value its starters and inits inherit
void blame_take(void);                     // gives this process the value of programs; its children inherit it

#endif
