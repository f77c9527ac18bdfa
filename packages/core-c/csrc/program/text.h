// Functions of the runtime on texts; ctz/program.h says what each answers.
#ifndef CTZ_PROGRAM_TEXT_H
#define CTZ_PROGRAM_TEXT_H

#include "ctz/program.h"

int ctz_text_concat(ctz_run *run, ctz_text a, ctz_text b, ctz_text *out);
int ctz_text_equal(ctz_text a, ctz_text b);
int ctz_text_less(ctz_text a, ctz_text b);
int ctz_text_unit(ctz_run *run, ctz_text text, uint32_t index, ctz_text *out);
int ctz_text_of_unit(ctz_run *run, double code, ctz_text *out);
double ctz_text_index_of(ctz_text text, ctz_text wanted, double from);
double ctz_text_last_index_of(ctz_text text, ctz_text wanted, double from);
int ctz_text_has_at(ctz_text text, ctz_text part, uint64_t index);

int ctz_text_trim(ctz_run *run, ctz_text text, int start, int end, ctz_text *out);
int ctz_text_pad(ctz_run *run, ctz_text text, double length, ctz_text fill, int at_start, ctz_text *out);
int ctz_text_repeat(ctz_run *run, ctz_text text, double count, ctz_text *out);
int ctz_text_case(ctz_run *run, ctz_text text, int upper, ctz_text *out);
int ctz_text_replace(ctz_run *run, ctz_text text, ctz_text wanted, ctz_text by, int all, ctz_text *out);

#endif
