// Kernel libraries of users: shared objects that export `ctz_library_entry`.
#include <stdio.h>

#include "flow/registry.h"
#include "platform/library.h"

static ctz_status refuse(char *why, size_t size, ctz_status status, const char *text, const char *detail) {
  if (why != NULL && size > 0) snprintf(why, size, "%s%s", text, detail == NULL ? "" : detail);
  return status;
}

// Whether the engine has these very kernels.
static bool is_known(ctz_engine *engine, const ctz_library *library) {
  uint32_t index;
  for (uint32_t i = 0; i < library->count; i++) {
    const ctz_kernel *kernel = &library->kernels[i];
    if (!ctz_kernel_is_sound(kernel) || ctz_kernel_find(engine, kernel->name, &index) != CTZ_OK) return false;
    if (ctz_kernel_at(engine, index) != kernel) return false;
  }
  return true;
}

// Why the library's kernel number `at` could not be added.
static const char *reason_of(ctz_engine *engine, const ctz_library *library, uint32_t at) {
  if (ctz_kernel_count(engine) + at >= CTZ_MAX_KERNELS) return "there is no room for kernel ";
  if (!ctz_kernel_is_sound(&library->kernels[at])) return "its description is not sound: kernel ";
  return "another kernel has the name ";
}

ctz_status ctz_library_load(ctz_engine *engine, const char *path, char *why, size_t why_size) {
  char reason[512];
  void *handle = ctz_shared_open(path, reason, sizeof reason);
  if (handle == NULL) return refuse(why, why_size, CTZ_SYSTEM, "", reason);
  ctz_library_entry_fn entry = (ctz_library_entry_fn)ctz_shared_function(handle, CTZ_LIBRARY_ENTRY);
  if (entry == NULL) return refuse(why, why_size, CTZ_INVALID, path, " does not export " CTZ_LIBRARY_ENTRY);
  const ctz_library *library = entry();
  if (library == NULL) return refuse(why, why_size, CTZ_INVALID, path, " answers with no library");
  // first: what else a library of another ABI holds is not known
  if (library->abi != CTZ_KERNEL_ABI) {
    char versions[96];
    snprintf(versions, sizeof versions, " has kernel ABI %u, this engine has %u: compile it again", library->abi,
             CTZ_KERNEL_ABI);
    return refuse(why, why_size, CTZ_ABI_MISMATCH, path, versions);
  }
  if (library->kernels == NULL) return refuse(why, why_size, CTZ_INVALID, path, " answers with no kernels");
  // the same library again is no mistake
  if (is_known(engine, library)) return CTZ_OK;
  uint32_t at;
  if (ctz_kernels_add(engine, library->kernels, library->count, &at) == CTZ_OK) return CTZ_OK;
  return refuse(why, why_size, CTZ_INVALID, reason_of(engine, library, at), library->kernels[at].name);
}
