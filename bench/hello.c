// What every row of the bench `runs` starts: the answer of a CGI program, at the price of /bin/echo.
#include <stdio.h>

int main(void) {
  puts("Content-Type: text/plain\n");
  puts("hello");
  return 0;
}
