// Libraries of bodies in C: shared objects that export `ctz_body_abi` and the bodies.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "ctz/programs.h"

static ctz_status refuse(char *why, size_t size, ctz_status status, const char *path, const char *what) {
  if (size > 0) snprintf(why, size, "%s%s", path, what);
  return status;
}

ctz_status ctz_body_load(const char *path, const char *symbol, ctz_body *body, char *why, size_t why_size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    return refuse(why, why_size, CTZ_SYSTEM, "", reason == NULL ? "dlopen failed" : reason);
  }
  const uint32_t *abi = dlsym(library, "ctz_body_abi");
  if (abi == NULL) return refuse(why, why_size, CTZ_INVALID, path, " is no library of bodies");
  if (*abi != CTZ_BODY_ABI) return refuse(why, why_size, CTZ_ABI_MISMATCH, path, " was made for another version");
  void *found = dlsym(library, symbol);
  if (found == NULL) return refuse(why, why_size, CTZ_INVALID, path, " has no such body");
  memcpy(body, &found, sizeof found);  // C has no cast between the two
  return CTZ_OK;
}
