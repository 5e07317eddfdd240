// Feeds frame.c with valid frames, mutations of them and noise, in pieces; prints how much of it was taken. The seed is fixed.
#include "frame.h"

static uint32_t state = 20240611;

static uint32_t below(uint32_t bound) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * bound) >> 32);
}

// A start frame in small: texts, numbers, lists, and a rest.
static void valid(struct buffer *input) {
  const size_t start = frame_open(input);
  values_add(input, VALUES(T("start"), T("run-1"), N((long long)below(1000) - 500), N(2), T("one"), T("two"), N(1), T("")), "rest", below(5));
  frame_close(input, start);
}

static void noise(struct buffer *input) {
  for (uint32_t left = below(40); left > 0; left--) buffer_add(input, &(char){(char)below(256)}, 1);
}

static void mutate(struct buffer *input) {
  for (uint32_t left = below(4); left > 0 && input->length > 0; left--) input->data[below((uint32_t)input->length)] = (char)below(256);
  if (below(4) == 0) input->length = below((uint32_t)input->length + 1);
}

// Takes what is whole as the launcher does; returns how many lists were well formed.
static long take(struct buffer *arrived, long *frames) {
  struct fields fields;
  size_t size, done = 0;
  long lists = 0, long_sum = 0;
  int found;
  while ((found = frame_take(arrived, done, &fields, &size)) == 1) {
    const char *name = field(&fields), *id = field(&fields);
    long_sum += (name == NULL ? 0 : (long)strlen(name)) + (id == NULL ? 0 : (long)strlen(id));
    long long number;
    number_field(&fields, -500, 500, &number);
    for (int index = 0; index < 2; index++) {
      char **list = NULL;
      if (list_field(&fields, &list)) lists++;
      for (char **text = list; text != NULL && *text != NULL; text++) long_sum += (long)strlen(*text);
      free(list);
    }
    done += size;
    ++*frames;
  }
  buffer_drop(arrived, found < 0 ? arrived->length : done);
  return long_sum < 0 ? -1 : lists;
}

int main(int argc, char **argv) {
  const long inputs = argc == 2 ? atol(argv[1]) : 0;
  long frames = 0, lists = 0;
  struct buffer arrived = {0};
  for (long count = 0; count < inputs; count++) {
    struct buffer input = {0};
    if (below(8) > 0) valid(&input);
    else noise(&input);
    if (below(2) > 0) mutate(&input);
    // an exact copy, so that a read beyond its end is seen
    struct buffer exact = {malloc(input.length + 1), input.length, input.length + 1};
    if (input.length > 0) memcpy(exact.data, input.data, input.length);
    if (below(2) > 0) lists += take(&exact, &frames);
    else buffer_add(&arrived, exact.data, exact.length), lists += take(&arrived, &frames);
    // what waits for the rest of a frame that never comes
    if (arrived.length > 1000) buffer_free(&arrived);
    buffer_free(&exact);
    buffer_free(&input);
  }
  buffer_free(&arrived);
  printf("inputs %ld frames %ld lists %ld\n", inputs, frames, lists);
  return 0;
}
