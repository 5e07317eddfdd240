// Buffers that grow, and frames: four bytes of length, then NUL-terminated strings.
#ifndef PROCREG_FRAME_H
#define PROCREG_FRAME_H

#include "base.h"

#define FRAME_BYTES (8u << 20)             // the largest frame; a longer one ends its connection
#define SPARE_BYTES (256u << 10)           // the most that a buffer keeps for later after a peak

struct buffer { char *data; size_t length, capacity; };
struct fields { const char *at, *end; };   // the rest of one frame's NUL-terminated strings
struct value { const char *text; long long number; }; // a field to be written: the text, or the number where the text is NULL

void buffer_add(struct buffer *, const void *, size_t);
void buffer_drop(struct buffer *, size_t); // drops bytes from the front
void buffer_free(struct buffer *);
void values_add(struct buffer *, const struct value *, size_t count, const char *rest, size_t rest_bytes);
size_t frame_open(struct buffer *);        // returns where it began, for frame_close
void frame_close(struct buffer *, size_t);
#define T(words) {.text = (words)}
#define N(count) {.number = (long long)(count)}
#define VALUES(...) (const struct value[]){__VA_ARGS__}, sizeof (const struct value[]){__VA_ARGS__} / sizeof(struct value)
void frame_add(struct buffer *, const struct value *, size_t count); // a whole frame: frame_add(buffer, VALUES(T("log"), N(3)))
// Reads the frame at `offset`. 1: whole, its length including the head is in *size; 0: more bytes are needed; -1: not a valid frame
int frame_take(const struct buffer *, size_t offset, struct fields *, size_t *size);
const char *field(struct fields *);        // NULL at the end, or when no NUL follows
bool number_field(struct fields *, long long low, long long high, long long *);
bool list_field(struct fields *, char ***); // a count and that number of strings; returns a NULL-terminated array to be freed

#endif
