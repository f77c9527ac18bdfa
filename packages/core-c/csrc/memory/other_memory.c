#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // process_vm_readv
#endif
#include "memory/other_memory.h"

#include <errno.h>

#if defined(__linux__)
#include <sys/uio.h>

typedef ssize_t copy_call(pid_t, const struct iovec *, unsigned long, const struct iovec *, unsigned long,
                          unsigned long);

static int copy_all(copy_call *copy, int32_t pid, char *here, uint64_t there, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    struct iovec local = {.iov_base = here + done, .iov_len = bytes - done};
    struct iovec remote = {.iov_base = (void *)(uintptr_t)(there + done), .iov_len = bytes - done};
    ssize_t more = copy(pid, &local, 1, &remote, 1, 0);
    if (more < 0) return errno;
    if (more == 0) return EFAULT;
    done += (size_t)more;  // it ends early at what is not there, and after 2 GiB
  }
  return 0;
}

int ctz_copy_from_process(int32_t pid, uint64_t from, void *to, size_t bytes) {
  return copy_all(process_vm_readv, pid, to, from, bytes);
}

int ctz_copy_to_process(int32_t pid, uint64_t to, const void *from, size_t bytes) {
  return copy_all(process_vm_writev, pid, (char *)(uintptr_t)from, to, bytes);
}

int ctz_can_read_process(int32_t pid) {
  char byte = 0;
  // nothing is at address 0: who gets as far as that may read
  int error = ctz_copy_from_process(pid, 0, &byte, 1);
  return error == EFAULT ? 0 : error;
}
#else
int ctz_copy_from_process(int32_t pid, uint64_t from, void *to, size_t bytes) {
  (void)pid, (void)from, (void)to, (void)bytes;
  return ENOSYS;
}

int ctz_copy_to_process(int32_t pid, uint64_t to, const void *from, size_t bytes) {
  (void)pid, (void)to, (void)from, (void)bytes;
  return ENOSYS;
}

int ctz_can_read_process(int32_t pid) {
  (void)pid;
  return ENOSYS;
}
#endif
