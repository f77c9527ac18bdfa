#include "program/decimal.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

uint32_t ctz_decimal_shortest(double number, char *digits, int32_t *point) {
  char text[40];
  const std::to_chars_result end = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific);
  uint32_t count = 0;
  const char *at = text;
  for (; at < end.ptr && *at != 'e'; at++)
    if (*at != '.') digits[count++] = *at;
  int32_t exponent = 0;
  const char *from = at + (at + 1 < end.ptr && at[1] == '+' ? 2 : 1);
  std::from_chars(from, end.ptr, exponent);
  while (count > 1 && digits[count - 1] == '0') count--;
  *point = exponent + 1;
  return count;
}

size_t ctz_decimal_fixed(double number, uint32_t places, char *characters, size_t size) {
  const std::to_chars_result end =
      std::to_chars(characters, characters + size, number, std::chars_format::fixed, static_cast<int>(places));
  return end.ec == std::errc() ? static_cast<size_t>(end.ptr - characters) : 0;
}

double ctz_decimal_parse(const char *digits, size_t size, int32_t exponent) {
  char text[1024];
  if (size == 0 || size > sizeof text - 16) return 0;
  std::memcpy(text, digits, size);
  [[maybe_unused]] const int tail = std::snprintf(text + size, 16, "e%d", static_cast<int>(exponent));
  double number = 0;
#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 200000
  // there are no doubles in its from_chars; without a point the locale does not matter
  number = std::strtod(text, nullptr);
#else
  if (std::from_chars(text, text + size + tail, number).ec == std::errc::result_out_of_range)
    number = static_cast<long long>(exponent) + static_cast<long long>(size) > 0
                 ? std::numeric_limits<double>::infinity()
                 : 0;
#endif
  return number;
}
