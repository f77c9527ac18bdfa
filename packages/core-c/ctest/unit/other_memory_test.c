#include "memory/other_memory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

// Of this process, which may read itself.
int main(void) {
  char there[4096], here[4096];
  memset(there, 7, sizeof there);
  memset(here, 0, sizeof here);
  int32_t pid = (int32_t)getpid();
  if (ctz_can_read_process(pid) != 0) return 77;  // another system, or one that forbids it
  CHECK(ctz_copy_from_process(pid, (uintptr_t)there, here, sizeof here) == 0);
  CHECK(memcmp(there, here, sizeof here) == 0);
  memset(here, 9, sizeof here);
  CHECK(ctz_copy_to_process(pid, (uintptr_t)there, here, sizeof here) == 0);
  CHECK(memcmp(there, here, sizeof here) == 0);
  CHECK(ctz_copy_from_process(pid, 0, here, 1) == EFAULT);
  CHECK(ctz_copy_to_process(pid, 0, here, 1) == EFAULT);
  CHECK(ctz_copy_from_process(pid, 0, here, 0) == 0);
  CHECK(ctz_can_read_process(INT32_MAX) == ESRCH);
  return check_result();
}
