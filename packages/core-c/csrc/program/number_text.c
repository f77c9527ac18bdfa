// Numbers as text.
#include "program/number_text.h"

#include <string.h>

#include "program/decimal.h"
#include "program/room.h"

// Most of what toFixed(100) of a number below 1e21 has: sign, 21 digits, point, 100 digits.
#define MOST_FIXED 128u
// Numbers from here on are written with an exponent.
#define LEAST_SCIENTIFIC 1e21

// Writes a whole number to the end of a buffer. @return where it begins
static char *write_whole(uint64_t number, uint32_t radix, char *end) {
  do {
    *--end = "0123456789abcdefghijklmnopqrstuvwxyz"[number % radix];
    number /= radix;
  } while (number != 0);
  return end;
}

static int text_of_whole(ctz_run *run, uint64_t number, bool negative, uint32_t radix, ctz_text *out) {
  char buffer[72];
  char *begin = write_whole(number, radix, buffer + sizeof buffer);
  if (negative) *--begin = '-';
  return ctz_text_of_ascii(run, begin, (size_t)(buffer + sizeof buffer - begin), out);
}

static uint32_t count_digits(uint64_t number) {
  uint32_t count = 1;
  for (; number >= 10000; number /= 10000) count += 4;
  return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

// Writes a number before `end`, two digits at a time.
static void write_decimal(uint64_t number, char *end) {
  static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
                              "4445464748495051525354555"
                              "657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
  for (; number > UINT32_MAX; number /= 100) memcpy(end -= 2, pairs + number % 100 * 2, 2);
  uint32_t rest = (uint32_t)number;
  for (; rest >= 10; rest /= 100) memcpy(end -= 2, pairs + rest % 100 * 2, 2);
  if (rest > 0 || number == 0) *--end = (char)('0' + rest);
}

static int text_of_decimal(ctz_run *run, uint64_t number, bool negative, ctz_text *out) {
  void *data;
  uint32_t length = count_digits(number) + negative;
  if (!ctz_room_for(run, length, 0, &data, out)) return 0;
  if (negative) *(char *)data = '-';
  write_decimal(number, (char *)data + length);
  return 1;
}

int ctz_text_of_int32(ctz_run *run, int32_t number, ctz_text *out) {
  uint32_t size = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;
  return text_of_decimal(run, size, number < 0, out);
}

static size_t write_exponent(char *to, int32_t exponent) {
  char buffer[8];
  uint32_t size = exponent < 0 ? (uint32_t)-exponent : (uint32_t)exponent;
  char *begin = write_whole(size, 10, buffer + sizeof buffer);
  size_t length = (size_t)(buffer + sizeof buffer - begin);
  to[0] = 'e';
  to[1] = exponent < 0 ? '-' : '+';
  memcpy(to + 2, begin, length);
  return length + 2;
}

// Digits and their point as JavaScript lays them out. @return characters written
static size_t lay_out(const char *digits, uint32_t count, int32_t point, char *to) {
  uint32_t before = point > 0 ? (uint32_t)point : 0;
  if (point > 0 && point <= 21) {
    if (count <= before) {
      memcpy(to, digits, count);
      memset(to + count, '0', before - count);
      return before;
    }
    memcpy(to, digits, before);
    to[before] = '.';
    memcpy(to + before + 1, digits + before, count - before);
    return count + 1;
  }
  if (point > -6 && point <= 0) {
    uint32_t zeros = (uint32_t)-point;
    memcpy(to, "0.", 2);
    memset(to + 2, '0', zeros);
    memcpy(to + 2 + zeros, digits, count);
    return 2 + zeros + count;
  }
  size_t length = 1;
  to[0] = digits[0];
  if (count > 1) {
    to[length++] = '.';
    memcpy(to + length, digits + 1, count - 1);
    length += count - 1;
  }
  return length + write_exponent(to + length, point - 1);
}

int ctz_text_of_number(ctz_run *run, double number, ctz_text *out) {
  if (ctz_is_nan(number)) return ctz_text_of_ascii(run, "NaN", 3, out);
  bool negative = number < 0;
  double size = ctz_abs(number);
  if (size == CTZ_INFINITY) return ctz_text_of_ascii(run, negative ? "-Infinity" : "Infinity", negative ? 9 : 8, out);
  if (size < CTZ_TWO_TO_53 && ctz_trunc(size) == size) return text_of_decimal(run, (uint64_t)size, negative, out);
  char digits[CTZ_DECIMAL_DIGITS], text[48];
  int32_t point = 0;
  uint32_t count = ctz_decimal_shortest(size, digits, &point);
  text[0] = '-';
  return ctz_text_of_ascii(run, text + !negative, lay_out(digits, count, point, text + 1) + negative, out);
}

// Whether `number` lies exactly between two decimals of so many places: number * 10^places * 2 is an odd whole number.
// With number = m * 2^e and m odd that is so when e + places + 1 is 0.
static bool is_tie(double number, uint32_t places) {
  uint64_t bits = ctz_bits_of(number), mantissa = bits & (((uint64_t)1 << 52) - 1);
  int exponent = (int)(bits >> 52 & 0x7FF);
  if (exponent != 0) mantissa |= (uint64_t)1 << 52;
  if (mantissa == 0) return false;
  return (exponent == 0 ? 1 : exponent) - 1075 + __builtin_ctzll(mantissa) + (int)places + 1 == 0;
}

// Adds one to the last digit. `text[0]` is a 0 to carry into.
static void count_up(char *text, size_t length) {
  for (char *at = text + length - 1; at >= text; at--) {
    if (*at == '.') continue;
    if (*at != '9') {
      ++*at;
      return;
    }
    *at = '0';
  }
}

// toFixed rounds ties away from zero. One more place writes a tie exactly, with a 5 at its end.
static size_t write_fixed(double number, uint32_t places, char *text) {
  bool tie = is_tie(number, places);
  size_t length = ctz_decimal_fixed(number, tie ? places + 1 : places, text + 1, MOST_FIXED - 2);
  if (!tie) return length;
  text[0] = '0';
  length -= places == 0 ? 2 : 1;  // the 5, and the point when nothing is left behind it
  count_up(text, length + 1);
  return length;
}

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 twice;

// Most texts that people make: up to 9 places of a number from 2^-10 to 2^63. number = whole + rest / 2^shift, and half
// of the last place is added before the rest is cut there. @return false: it is another
static bool write_short(ctz_run *run, double size, bool negative, uint32_t places, ctz_text *out) {
  static const uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
  if (places > 9 || !(size >= 0x1p-10 && size < CTZ_TWO_TO_63)) return false;
  uint64_t whole = (uint64_t)size, part = 0;
  double rest = size - (double)whole;
  if (rest > 0) {
    // exact: there are at most 62 bits behind the point
    part = (uint64_t)(((twice)(uint64_t)(rest * 0x1p62) * tens[places] + ((uint64_t)1 << 61)) >> 62);
    if (part == tens[places]) {
      part = 0;
      whole++;
    }
  }
  void *data;
  uint32_t before = negative + count_digits(whole), length = before + (places > 0 ? places + 1 : 0);
  if (!ctz_room_for(run, length, 0, &data, out)) return true;
  char *text = data;
  if (negative) *text = '-';
  write_decimal(whole, text + before);
  if (places == 0) return true;
  text[before] = '.';
  memset(text + before + 1, '0', places);
  if (part > 0) write_decimal(part, text + length);
  return true;
}
#else
static bool write_short(ctz_run *run, double size, bool negative, uint32_t places, ctz_text *out) {
  return (void)run, (void)size, (void)negative, (void)places, (void)out, false;
}
#endif

int ctz_text_fixed(ctz_run *run, double number, double digits, ctz_text *out) {
  double places = ctz_to_integer(digits);
  if (!(places >= 0 && places <= 100)) return ctz_give_up(run, CTZ_BAIL_FORMAT, 0);
  double size = ctz_abs(number);
  if (!(size < LEAST_SCIENTIFIC)) return ctz_text_of_number(run, number, out);
  if (write_short(run, size, number < 0, (uint32_t)places, out)) return run->bail.reason == CTZ_BAIL_NONE;
  char buffer[MOST_FIXED + 1];
  char *text = buffer + 1;
  size_t length = write_fixed(size, (uint32_t)places, text);
  bool carried = is_tie(size, (uint32_t)places) && text[0] != '0';
  char *begin = carried ? text : text + 1;
  length += carried;
  if (number < 0) {
    *--begin = '-';
    length++;
  }
  return ctz_text_of_ascii(run, begin, length, out);
}

int ctz_text_in_radix(ctz_run *run, double number, double radix, ctz_text *out) {
  double base = ctz_to_integer(radix), size = ctz_abs(number);
  if (!(base >= 2 && base <= 36)) return ctz_give_up(run, CTZ_BAIL_FORMAT, 0);
  if (base == 10) return ctz_text_of_number(run, number, out);
  if (!(size < CTZ_TWO_TO_53) || ctz_trunc(size) != size) return ctz_give_up(run, CTZ_BAIL_FORMAT, 0);
  return text_of_whole(run, (uint64_t)size, number < 0, (uint32_t)base, out);
}
