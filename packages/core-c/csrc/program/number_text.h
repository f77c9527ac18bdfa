// Numbers as text, and back, as JavaScript does; ctz/program.h says what each answers.
#ifndef CTZ_PROGRAM_NUMBER_TEXT_H
#define CTZ_PROGRAM_NUMBER_TEXT_H

#include "ctz/program.h"

int ctz_text_of_number(ctz_run *run, double number, ctz_text *out);
int ctz_text_of_int32(ctz_run *run, int32_t number, ctz_text *out);
int ctz_text_fixed(ctz_run *run, double number, double digits, ctz_text *out);
int ctz_text_in_radix(ctz_run *run, double number, double radix, ctz_text *out);

double ctz_number_of_text(ctz_text text);
double ctz_parse_float(ctz_text text);
double ctz_parse_int(ctz_text text, double radix);

#endif
