#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // RTLD_DEFAULT
#endif
#include "platform/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// POSIX gives functions as object pointers; ISO C has no conversion between them.
static ctz_any_function as_function(void *symbol) {
  ctz_any_function function = NULL;
  memcpy(&function, &symbol, sizeof function);
  return function;
}

void *ctz_shared_open(const char *path, char *why, size_t why_size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library != NULL) return library;
  const char *reason = dlerror();
  snprintf(why, why_size, "%s", reason == NULL ? "dlopen failed" : reason);
  return NULL;
}

ctz_any_function ctz_shared_function(void *library, const char *name) { return as_function(dlsym(library, name)); }

ctz_any_function ctz_process_function(const char *name) {
  void *process = dlopen(NULL, RTLD_LAZY);
  if (process == NULL) return NULL;
  ctz_any_function found = as_function(dlsym(process, name));
  dlclose(process);
  return found;
}
