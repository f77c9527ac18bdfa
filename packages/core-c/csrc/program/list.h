// Functions of the runtime on arrays; ctz/program.h says what each answers.
#ifndef CTZ_PROGRAM_LIST_H
#define CTZ_PROGRAM_LIST_H

#include "ctz/program.h"

int ctz_list_new(ctz_run *run, uint32_t kind, uint64_t capacity, ctz_list *out);
int ctz_list_grow(ctz_run *run, uint32_t kind, ctz_list list, uint64_t capacity);
int ctz_list_slice(ctz_run *run, uint32_t kind, ctz_list list, double from, double to, ctz_list *out);
int ctz_list_insert(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, ctz_list from);
int ctz_list_remove(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, uint64_t count);
int ctz_list_reverse(ctz_run *run, uint32_t kind, ctz_list list);
int ctz_list_sort(ctz_run *run, uint32_t kind, ctz_list list);

int ctz_list_of_view(ctz_run *run, uint32_t kind, ctz_view view, ctz_list *out);
int ctz_list_of_text(ctz_run *run, ctz_text text, ctz_view lengths, ctz_list *out);
int ctz_list_lengths(ctz_run *run, ctz_list list, ctz_view *out);
int ctz_list_join(ctz_run *run, uint32_t kind, ctz_list list, ctz_text separator, ctz_text *out);
int ctz_text_split(ctz_run *run, ctz_text text, ctz_text separator, double most, ctz_list *out);
int ctz_text_points(ctz_run *run, ctz_text text, ctz_list *out);

#endif
