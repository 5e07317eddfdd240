// The program that the bench `followers` follows: writes numbered lines at a fixed pace, one line per write, each with the time of its writing.
// write-lines AFTER_MS PER_SECOND COUNT
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const long second_ns = 1000000000L;

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const long after_ns = atol(argv[1]) * 1000000L, step_ns = second_ns / atol(argv[2]), count = atol(argv[3]);
  struct timespec at, now;
  clock_gettime(CLOCK_MONOTONIC, &at);
  long due = at.tv_sec * second_ns + at.tv_nsec + after_ns;
  for (long number = 0; number < count; number++, due += step_ns) {
    at = (struct timespec){due / second_ns, due % second_ns};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    clock_gettime(CLOCK_REALTIME, &now);
    char line[64];
    const int length = snprintf(line, sizeof line, "%ld %ld\n", number, now.tv_sec * 1000000L + now.tv_nsec / 1000);
    if (write(STDOUT_FILENO, line, (size_t)length) != length) return 1;
  }
  return 0;
}
