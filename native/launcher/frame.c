// Frames: four bytes of length (little endian), then NUL-terminated strings; their content is never trusted.
#include "frame.h"

void buffer_add(struct buffer *buffer, const void *bytes, size_t length) {
  if (buffer->length + length > buffer->capacity) {
    size_t capacity = buffer->capacity ? buffer->capacity : 1024;
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
  if (length == 0) return;
  buffer->length -= length;
  memmove(buffer->data, buffer->data + length, buffer->length);
  if (buffer->capacity <= SPARE_BYTES || buffer->length > SPARE_BYTES / 2) return;
  char *data = realloc(buffer->data, SPARE_BYTES);
  if (data == NULL) return;
  buffer->data = data;
  buffer->capacity = SPARE_BYTES;
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  *buffer = (struct buffer){0};
}

size_t frame_open(struct buffer *buffer) {
  const size_t start = buffer->length;
  buffer_add(buffer, "\0\0\0\0", 4);
  return start;
}

void frame_close(struct buffer *buffer, size_t start) {
  const uint32_t length = (uint32_t)(buffer->length - start - 4);
  const unsigned char head[4] = {length & 255, length >> 8 & 255, length >> 16 & 255, length >> 24};
  memcpy(buffer->data + start, head, sizeof head);
}

void values_add(struct buffer *buffer, const struct value *values, size_t count, const char *rest, size_t rest_bytes) {
  char number[32];
  for (const struct value *value = values; value < values + count; value++) {
    if (value->text == NULL) snprintf(number, sizeof number, "%lld", value->number);
    const char *text = value->text == NULL ? number : value->text;
    buffer_add(buffer, text, strlen(text) + 1);
  }
  buffer_add(buffer, rest, rest_bytes);
}

void frame_add(struct buffer *buffer, const struct value *values, size_t count) {
  const size_t start = frame_open(buffer);
  values_add(buffer, values, count, NULL, 0);
  frame_close(buffer, start);
}

int frame_take(const struct buffer *buffer, size_t offset, struct fields *fields, size_t *size) {
  const size_t there = buffer->length - offset;
  if (there < 4) return 0;
  const unsigned char *head = (const unsigned char *)buffer->data + offset;
  const uint32_t length = head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
  if (length == 0 || length > FRAME_BYTES) return -1;
  if (there < 4 + (size_t)length) return 0;
  fields->at = buffer->data + offset + 4;
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
  // every string takes at least its NUL, so a count above the remaining bytes is wrong
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
