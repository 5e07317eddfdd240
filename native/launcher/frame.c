// Frames: four bytes of length (little endian), then NUL-terminated strings; nothing in them is trusted.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher.h"

void buffer_add(struct buffer *buffer, const void *bytes, size_t length) {
  if (buffer->length + length > buffer->capacity) {
    size_t capacity = buffer->capacity ? buffer->capacity : 4096;
    while (capacity < buffer->length + length) capacity *= 2;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) abort();
    buffer->data = data;
    buffer->capacity = capacity;
  }
  if (length > 0) memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
}

void buffer_drop(struct buffer *buffer, size_t length) {
  buffer->length -= length;
  if (buffer->length > 0) memmove(buffer->data, buffer->data + length, buffer->length);
  else if (buffer->capacity > INLINE_BYTES * 4) buffer_free(buffer);
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  memset(buffer, 0, sizeof *buffer);
}

size_t frame_open(struct buffer *buffer) {
  const size_t start = buffer->length;
  buffer_add(buffer, "\0\0\0\0", 4);
  return start;
}

void frame_text(struct buffer *buffer, const char *text) { buffer_add(buffer, text, strlen(text) + 1); }

void frame_number(struct buffer *buffer, long long number) {
  char text[32];
  snprintf(text, sizeof text, "%lld", number);
  frame_text(buffer, text);
}

void frame_close(struct buffer *buffer, size_t start) {
  const uint32_t length = (uint32_t)(buffer->length - start - 4);
  unsigned char head[4] = {length & 255, length >> 8 & 255, length >> 16 & 255, length >> 24};
  memcpy(buffer->data + start, head, sizeof head);
}

int frame_take(const struct buffer *buffer, struct fields *fields, size_t *size) {
  if (buffer->length < 4) return 0;
  const unsigned char *head = (const unsigned char *)buffer->data;
  const uint32_t length = head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
  if (length == 0 || length > FRAME_BYTES) return -1;
  if (buffer->length < 4 + (size_t)length) return 0;
  fields->at = buffer->data + 4;
  fields->end = fields->at + length;
  *size = 4 + (size_t)length;
  return 1;
}

const char *field(struct fields *fields) {
  const char *text = fields->at;
  const char *nul = fields->at < fields->end ? memchr(text, 0, (size_t)(fields->end - text)) : NULL;
  if (nul == NULL) return NULL;
  fields->at = nul + 1;
  return text;
}

bool number_field(struct fields *fields, long long low, long long high, long long *number) {
  const char *text = field(fields);
  if (text == NULL || *text == 0) return false;
  char *end;
  errno = 0;
  *number = strtoll(text, &end, 10);
  return errno == 0 && *end == 0 && *number >= low && *number <= high;
}

bool list_field(struct fields *fields, char ***list) {
  long long count;
  // every string takes at least its NUL, so a count beyond what is left is false
  if (!number_field(fields, 0, fields->end - fields->at, &count)) return false;
  *list = calloc((size_t)count + 1, sizeof **list);
  if (*list == NULL) abort();
  for (long long index = 0; index < count; index++) {
    const char *text = field(fields);
    if (text == NULL) return false;
    (*list)[index] = (char *)text;
  }
  return true;
}
