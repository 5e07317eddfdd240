// The output and the end of a run, and the frames about it.
#ifndef PROCREG_OUTPUT_H
#define PROCREG_OUTPUT_H

#include "launcher.h"

void output_add(struct run *, int stream, const char *, size_t);
bool output_spill(struct run *);
bool output_leave(struct run *);
void output_resume(struct run *);          // the log that a killed starter has left
bool output_crowded(void);                 // the other side does not read: no logs in frames
bool folder_gone(void);
void tell(const struct value *, size_t count); // a frame for the other side, if there is one
void tell_started(struct run *, const char *what, const char *note);
void tell_ended(struct run *);
void tell_growth(void);

void run_grew(struct run *);

#endif
