// ctz/toolchain.h where bodies have no machine code of their own: nothing is run and nothing opened.
#include <stdio.h>

#include "ctz/toolchain.h"

static const char reason[] = "on Windows the C engine has its interpreter only, and asks no C compiler";

const char *ctz_toolchain_missing(void) { return reason; }

ctz_toolchain *ctz_toolchain_create(void) { return NULL; }
void ctz_toolchain_close(ctz_toolchain *toolchain) { (void)toolchain; }

ctz_status ctz_toolchain_run(ctz_toolchain *toolchain, ctz_job *job) {
  (void)toolchain;
  (void)job;
  return CTZ_SYSTEM;
}

ctz_status ctz_bodies_load(const char *path, const ctz_bodies **bodies, char *why, size_t why_size) {
  (void)path;
  *bodies = NULL;
  if (why_size > 0) snprintf(why, why_size, "%s", reason);
  return CTZ_SYSTEM;
}

ctz_status ctz_bodies_open(const void *bytes, size_t size, const ctz_bodies **bodies, char *why, size_t why_size) {
  (void)bytes;
  (void)size;
  return ctz_bodies_load("", bodies, why, why_size);
}

ctz_body ctz_bodies_find(const ctz_bodies *bodies, const char *symbol) {
  (void)bodies;
  (void)symbol;
  return NULL;
}

ctz_column_body ctz_bodies_find_columns(const ctz_bodies *bodies, const char *symbol) {
  (void)bodies;
  (void)symbol;
  return NULL;
}

const char *ctz_libc_name(char *buffer, size_t size) {
#if defined(_UCRT)
  snprintf(buffer, size, "ucrt");
#else
  snprintf(buffer, size, "msvcrt");
#endif
  return buffer;
}
