// The program that every row of the bench `runs` starts: it writes a CGI answer, at the cost of /bin/echo.
#include <stdio.h>

int main(void) {
  puts("Content-Type: text/plain\n");
  puts("hello");
  return 0;
}
