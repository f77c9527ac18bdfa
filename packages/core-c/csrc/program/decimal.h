// Between doubles and decimal digits: the shortest that name a double, exact rounding to a number of places, and the
// double that is nearest to a decimal. The C++ library has these, the C library has not.
#ifndef CTZ_PROGRAM_DECIMAL_H
#define CTZ_PROGRAM_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTZ_DECIMAL_DIGITS 17u

// Digits without zeros at the end, and where the point is: the number is 0.DIGITS * 10^point. `number` is positive and
// finite. @return how many digits, at most CTZ_DECIMAL_DIGITS
uint32_t ctz_decimal_shortest(double number, char *digits, int32_t *point);
// With so many places behind the point, ties to even. 0 <= number < 1e21. @return characters written
size_t ctz_decimal_fixed(double number, uint32_t places, char *characters, size_t size);
// DIGITS * 10^exponent, correctly rounded. `size` characters of digits.
double ctz_decimal_parse(const char *digits, size_t size, int32_t exponent);

#ifdef __cplusplus
}
#endif
#endif
