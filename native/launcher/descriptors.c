// Closes the descriptors that a new process must not have, those of the launcher and of other runs; and counts those that are left.
#include "descriptors.h"

#include <sys/syscall.h>

#define RESERVED 16                        // descriptors that no start of a run may take

void close_between(unsigned low, unsigned high) {
  if (syscall(SYS_close_range, low, high, 0u) == 0) return;
  // close_range is missing before Linux 5.9
  struct rlimit limit = {.rlim_cur = 1024};
  getrlimit(RLIMIT_NOFILE, &limit);
  for (unsigned fd = low; fd <= high && fd < limit.rlim_cur; fd++) close((int)fd);
}

bool descriptors_left(int lowest, size_t more) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && (rlim_t)lowest + RESERVED + more < limit.rlim_cur;
}

void close_others(const int *kept, size_t count) {
  for (unsigned low = 3;;) {
    unsigned next = ~0u;
    for (size_t index = 0; index < count; index++)
      if (kept[index] >= (int)low && (unsigned)kept[index] < next) next = (unsigned)kept[index];
    if (next > low) close_between(low, next - 1);
    if (next == ~0u) return;
    low = next + 1;
  }
}
