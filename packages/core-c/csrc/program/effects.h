// What bodies do to the world outside, or wait for; ctz/program.h says what each answers.
#ifndef CTZ_PROGRAM_EFFECTS_H
#define CTZ_PROGRAM_EFFECTS_H

#include "ctz/program.h"

int ctz_log_number(ctz_run *run, double number);
int ctz_log_text(ctz_run *run, ctz_text text);
int ctz_log_mark(ctz_run *run, int32_t unit);
int ctz_body_sleep(ctz_run *run, double milliseconds);

#endif
