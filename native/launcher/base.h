// The includes and definitions that every file of the launcher needs.
#ifndef PROCREG_BASE_H
#define PROCREG_BASE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#define NEVER INT64_MAX

#endif
