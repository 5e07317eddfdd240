// Handles the frames that the server, a launcher and an init exchange.
#ifndef PROCREG_COMMANDS_H
#define PROCREG_COMMANDS_H

#include "launcher.h"

void accept_ready(struct watch *, uint32_t);
void init_ready(struct watch *, uint32_t);
void launcher_ready(struct watch *, uint32_t);
bool from_launcher(struct channel *, struct fields *, const char *frame, size_t size);
void lose_parent(struct channel *);
void leave_again(int64_t now);
void stop_all(void);

#endif
