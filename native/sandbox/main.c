// Runs one program in bubblewrap so that its end, its signals and a failed start are as exact as without it.
#include "sandbox.h"

int main(int count, char **words) {
  if (count > 3 && strcmp(words[1], "around") == 0) return around(words[2], words + 3);
  if (count > 4 && strcmp(words[1], "within") == 0) return within(atoi(words[2]), atoi(words[3]), words + 4);
  fputs("procreg-sandbox around FAILURE-FILE BUBBLEWRAP...\nprocreg-sandbox within REPORTS SIGNALS PROGRAM...\n", stderr);
  return 2;
}
