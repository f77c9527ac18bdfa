// Shared libraries, and what the program itself exports.
#ifndef CTZ_PLATFORM_LIBRARY_H
#define CTZ_PLATFORM_LIBRARY_H

#include <stddef.h>

typedef void (*ctz_any_function)(void);

// Loads a library for good; the same path again gives the same one. NULL: `why` says what the system has against it.
void *ctz_shared_open(const char *path, char *why, size_t why_size);
ctz_any_function ctz_shared_function(void *library, const char *name);  // NULL: it exports none of that name
// Of the program and, but on Windows, of all that was loaded with it. NULL: there is none of that name.
ctz_any_function ctz_process_function(const char *name);

#endif
