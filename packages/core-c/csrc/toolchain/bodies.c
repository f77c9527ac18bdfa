// Libraries of bodies. On Linux bytes become a sealed file in memory, which nobody can change and which is gone when
// the last mapping is; elsewhere a file of ours that is removed as soon as it is loaded.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // memfd_create
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include "ctz/toolchain.h"

#define PATH_BYTES 1024

static ctz_status refuse(char *why, size_t size, ctz_status status, const char *what) {
  if (size > 0) snprintf(why, size, "%s", what);
  return status;
}

// dlopen's reasons begin with the path, which callers know, and which says nothing of what came as bytes.
static const char *without_path(const char *reason, const char *path) {
  size_t length = strlen(path);
  bool begins = strncmp(reason, path, length) == 0 && strncmp(reason + length, ": ", 2) == 0;
  return begins ? reason + length + 2 : reason;
}

ctz_status ctz_bodies_load(const char *path, const ctz_bodies **bodies, char *why, size_t why_size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    return refuse(why, why_size, CTZ_SYSTEM, reason == NULL ? "dlopen failed" : without_path(reason, path));
  }
  const uint32_t *abi = dlsym(library, "ctz_body_abi");
  if (abi == NULL) return refuse(why, why_size, CTZ_INVALID, "it is no library of bodies");
  if (*abi != CTZ_BODY_ABI) return refuse(why, why_size, CTZ_ABI_MISMATCH, "it was made for another version");
  *bodies = library;
  return CTZ_OK;
}

ctz_body ctz_bodies_find(const ctz_bodies *bodies, const char *symbol) {
  // the handle is dlopen's, which was only lent a type
  void *found = dlsym((void *)(uintptr_t)bodies, symbol);
  ctz_body body = NULL;
  if (found != NULL) memcpy(&body, &found, sizeof body);  // C has no cast between the two
  return body;
}

ctz_column_body ctz_bodies_find_columns(const ctz_bodies *bodies, const char *symbol) {
  char name[512];
  int length = snprintf(name, sizeof name, "%s%s", symbol, CTZ_COLUMNS_SUFFIX);
  void *found = length < 0 || (size_t)length >= sizeof name ? NULL : dlsym((void *)(uintptr_t)bodies, name);
  ctz_column_body body = NULL;
  if (found != NULL) memcpy(&body, &found, sizeof body);
  return body;
}

static bool write_all(int file, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= (size_t)written;
  }
  return true;
}

#if defined(__linux__) && defined(F_ADD_SEALS)

// dlopen gives what it loaded before under the same name without a look at the file, and numbers of descriptors come
// again. So each library gets a name of its own for the same place: its inode, spelt by "/" and "/.".
static bool name_descriptor(char *path, int file) {
  struct stat about;
  if (fstat(file, &about) != 0) return false;
  size_t length = (size_t)snprintf(path, PATH_BYTES, "/proc/self");
  for (int bit = 63; bit >= 0; bit--)
    length +=
        (size_t)snprintf(path + length, PATH_BYTES - length, "%s", (uint64_t)about.st_ino >> bit & 1u ? "/." : "/");
  snprintf(path + length, PATH_BYTES - length, "/fd/%d", file);
  return true;
}

static int open_place(char *path) {
  int file = memfd_create("catzilla-bodies", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0 || name_descriptor(path, file)) return file;
  close(file);
  return -1;
}

static bool seal_place(int file) {
  return fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

static void leave_place(const char *path) { (void)path; }

#else

static int open_place(char *path) {
  const char *folder = getenv("TMPDIR");
  int length = snprintf(path, PATH_BYTES, "%s/catzilla-XXXXXX", folder == NULL || *folder == '\0' ? "/tmp" : folder);
  if (length < 0 || length >= PATH_BYTES) return -1;
  int file = mkstemp(path);  // for its owner only
  if (file >= 0) fcntl(file, F_SETFD, FD_CLOEXEC);
  return file;
}

static bool seal_place(int file) {
  (void)file;
  return true;
}

static void leave_place(const char *path) { unlink(path); }

#endif

ctz_status ctz_bodies_open(const void *bytes, size_t size, const ctz_bodies **bodies, char *why, size_t why_size) {
  char path[PATH_BYTES];
  int file = open_place(path);
  if (file < 0) return refuse(why, why_size, CTZ_SYSTEM, "there is no place to open it in");
  ctz_status status = write_all(file, bytes, size) && seal_place(file)
                          ? ctz_bodies_load(path, bodies, why, why_size)
                          : refuse(why, why_size, CTZ_SYSTEM, "there is no room to open it in");
  leave_place(path);
  close(file);
  return status;
}

const char *ctz_libc_name(char *buffer, size_t size) {
#if defined(__GLIBC__)
  snprintf(buffer, size, "glibc %s", gnu_get_libc_version());
#elif defined(__APPLE__)
  snprintf(buffer, size, "libSystem");
#else
  snprintf(buffer, size, "libc");
#endif
  return buffer;
}
