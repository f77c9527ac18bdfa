// Memory of another process, copied from there or to there in one go while that process goes on. Linux; elsewhere each
// call says ENOSYS. Who may do that is for the system to say: as a rule a parent with its children.
#ifndef CTZ_MEMORY_OTHER_MEMORY_H
#define CTZ_MEMORY_OTHER_MEMORY_H

#include <stddef.h>
#include <stdint.h>

// All three give 0, or an errno: ESRCH for a process that is gone, EPERM, EFAULT where it has no such memory. Some of
// the bytes may have been copied then. An address is a number of that process: nothing here follows it.
int ctz_copy_from_process(int32_t pid, uint64_t from, void *to, size_t bytes);
int ctz_copy_to_process(int32_t pid, uint64_t to, const void *from, size_t bytes);
// Whether the memory of the process can be read at all.
int ctz_can_read_process(int32_t pid);

#endif
