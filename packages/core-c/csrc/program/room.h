// Room for the texts of a run, and what text functions share.
#ifndef CTZ_PROGRAM_ROOM_H
#define CTZ_PROGRAM_ROOM_H

#include <stdbool.h>

#include "ctz/program_ops.h"

// A new text of `length` code units, to be filled; its data in `*data`. 0: the run gives up.
int ctz_room_for(ctz_run *run, uint64_t length, uint32_t wide, void **data, ctz_text *out);
// Makes `text` longer by `length` units where it lies; NULL when something lies behind it, or there is no room.
void *ctz_room_behind(ctz_run *run, ctz_text text, uint32_t length);
// Copies code units to `data`, which holds wide ones if `wide`; narrow texts become wide, never the reverse.
void ctz_copy_units(void *data, uint32_t wide, uint64_t at, ctz_text from);
// A text of ASCII.
int ctz_text_of_ascii(ctz_run *run, const char *characters, size_t length, ctz_text *out);
// What JavaScript trims: white space and ends of lines.
bool ctz_is_space(uint32_t unit);
// `text` without white space at its ends.
ctz_text ctz_text_trimmed(ctz_text text, bool start, bool end);

#endif
