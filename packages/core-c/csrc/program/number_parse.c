// Text as numbers.
#include <math.h>
#include <string.h>

#include "program/decimal.h"
#include "program/number_text.h"
#include "program/room.h"

// Digits beyond these cannot change how a decimal is rounded, but for whether any of them is not 0.
#define MOST_DIGITS 800u
// Far beyond what a double can be.
#define MOST_EXPONENT 100000

typedef struct reader {
  ctz_text text;
  uint32_t at;
} reader;

// The unit at the reader's place; UINT32_MAX at the end.
static uint32_t peek(const reader *from) {
  return from->at < from->text.length ? ctz_unit_at(from->text, from->at) : UINT32_MAX;
}

static bool take(reader *from, uint32_t unit) {
  if (peek(from) != unit) return false;
  from->at++;
  return true;
}

static bool take_word(reader *from, const char *word) {
  ctz_text wanted = {word, (uint32_t)strlen(word), 0};
  if (from->text.length - from->at < wanted.length) return false;
  for (uint32_t i = 0; i < wanted.length; i++) {
    if (ctz_unit_at(from->text, from->at + i) != ctz_unit_at(wanted, i)) return false;
  }
  from->at += wanted.length;
  return true;
}

static bool take_sign(reader *from) {
  if (take(from, '-')) return true;
  take(from, '+');
  return false;
}

// What a digit is worth in some radix; 36 and more: it is none.
static uint32_t worth(uint32_t unit) {
  if (unit - '0' < 10) return unit - '0';
  uint32_t letter = unit | 0x20;
  return unit < 0x80 && letter - 'a' < 26 ? letter - 'a' + 10 : UINT32_MAX;
}

typedef struct decimal {
  char digits[MOST_DIGITS + 1];
  uint32_t count;
  int64_t exponent;  // the number is DIGITS * 10^exponent
  bool any;          // there was a digit, maybe 0
} decimal;

static void take_digits(reader *from, decimal *into, bool behind_point) {
  for (uint32_t digit; (digit = peek(from) - '0') < 10; from->at++) {
    into->any = true;
    if (behind_point) into->exponent--;
    if (into->count == 0 && digit == 0) continue;
    if (into->count < MOST_DIGITS) {
      into->digits[into->count++] = (char)('0' + digit);
    } else {
      into->exponent++;
      if (digit != 0) into->digits[MOST_DIGITS - 1] |= 1;  // any odd digit breaks a tie
    }
  }
}

static void take_exponent(reader *from, decimal *into) {
  reader ahead = *from;
  if (!take(&ahead, 'e') && !take(&ahead, 'E')) return;
  bool negative = take_sign(&ahead);
  if (peek(&ahead) - '0' >= 10) return;
  int64_t exponent = 0;
  for (uint32_t digit; (digit = peek(&ahead) - '0') < 10; ahead.at++) {
    if (exponent < (int64_t)1 << 40) exponent = exponent * 10 + digit;
  }
  into->exponent += negative ? -exponent : exponent;
  *from = ahead;
}

static double value_of(const decimal *of) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (of->count == 0) return 0;
  if (of->exponent > MOST_EXPONENT) return CTZ_INFINITY;
  if (of->exponent < -MOST_EXPONENT) return 0;
  // both are exact, so one division or product is rounded once
  if (of->count <= 15 && of->exponent >= -22 && of->exponent <= 22) {
    int64_t whole = 0;
    for (uint32_t i = 0; i < of->count; i++) whole = whole * 10 + (of->digits[i] - '0');
    double exact = (double)whole;
    return of->exponent < 0 ? exact / powers[-of->exponent] : exact * powers[of->exponent];
  }
  return ctz_decimal_parse(of->digits, of->count, (int32_t)of->exponent);
}

// A decimal literal without a sign, or Infinity; false where none begins.
static bool take_decimal(reader *from, double *number) {
  if (take_word(from, "Infinity")) {
    *number = CTZ_INFINITY;
    return true;
  }
  decimal found;
  found.count = 0;
  found.exponent = 0;
  found.any = false;
  take_digits(from, &found, false);
  reader before = *from;
  if (take(from, '.')) take_digits(from, &found, true);
  if (!found.any) {
    *from = before;
    return false;
  }
  take_exponent(from, &found);
  *number = value_of(&found);
  return true;
}

// Digits of a radix 2^bits, rounded once to the nearest double, ties to even. False without any digit.
static bool take_bits(reader *from, uint32_t bits, double *number) {
  uint64_t kept = 0;  // the first 54 .. 63 bits
  bool rest = false;
  int dropped = 0;
  uint32_t begin = from->at;
  for (uint32_t digit; (digit = worth(peek(from))) < 1u << bits; from->at++) {
    if (kept < (uint64_t)1 << 58) {
      kept = kept << bits | digit;
    } else {
      rest = rest || digit != 0;
      if (dropped < MOST_EXPONENT) dropped += (int)bits;
    }
  }
  // the lowest bit stands for all behind it: conversion rounds at bit 53, well above
  *number = ldexp((double)(kept | rest), dropped);
  return from->at > begin;
}

// Other radixes as V8 takes them: by parts that fit 32 bits, rounding at each. The first begins behind the leading
// zeros.
static bool take_parts(reader *from, uint32_t radix, double *number) {
  uint32_t begin = from->at;
  double value = 0;
  while (take(from, '0')) {
  }
  for (bool more = true; more;) {
    uint32_t part = 0, multiplier = 1;
    for (;;) {
      uint32_t digit = worth(peek(from));
      more = digit < radix;
      uint64_t next = (uint64_t)multiplier * radix;
      if (!more || next > UINT32_MAX / 36) break;
      part = part * radix + digit;
      multiplier = (uint32_t)next;
      from->at++;
    }
    value = value * multiplier + part;
  }
  *number = value;
  return from->at > begin;
}

static uint32_t bits_of_radix(uint32_t radix) {
  return (radix & (radix - 1)) == 0 ? (uint32_t)__builtin_ctz(radix) : 0;
}

// 0x, 0o and 0b of Number().
static uint32_t take_prefix(reader *from) {
  reader ahead = *from;
  if (!take(&ahead, '0')) return 0;
  uint32_t letter = peek(&ahead) | 0x20;
  if (ahead.at >= ahead.text.length || (letter != 'x' && letter != 'o' && letter != 'b')) return 0;
  ahead.at++;
  *from = ahead;
  return letter == 'x' ? 4 : letter == 'o' ? 3 : 1;
}

double ctz_number_of_text(ctz_text text) {
  reader from = {ctz_text_trimmed(text, true, true), 0};
  double number = 0;
  if (from.text.length == 0) return 0;
  uint32_t bits = take_prefix(&from);
  bool negative = bits == 0 && take_sign(&from);
  bool found = bits != 0 ? take_bits(&from, bits, &number) : take_decimal(&from, &number);
  if (!found || from.at < from.text.length) return CTZ_NAN;
  return negative ? -number : number;
}

double ctz_parse_float(ctz_text text) {
  reader from = {ctz_text_trimmed(text, true, false), 0};
  double number = 0;
  bool negative = take_sign(&from);
  if (!take_decimal(&from, &number)) return CTZ_NAN;
  return negative ? -number : number;
}

// Whole digits only, however many.
static bool take_whole(reader *from, double *number) {
  decimal found;
  found.count = 0;
  found.exponent = 0;
  found.any = false;
  take_digits(from, &found, false);
  *number = value_of(&found);
  return found.any;
}

double ctz_parse_int(ctz_text text, double radix) {
  reader from = {ctz_text_trimmed(text, true, false), 0};
  int32_t base = ctz_to_int32(radix);
  double number = 0;
  bool negative = take_sign(&from);
  if (base != 0 && (base < 2 || base > 36)) return CTZ_NAN;
  if (base == 0 || base == 16) {
    reader ahead = from;
    bool prefixed = take(&ahead, '0') && (take(&ahead, 'x') || take(&ahead, 'X'));
    if (prefixed) from = ahead;
    base = prefixed || base == 16 ? 16 : 10;
  }
  uint32_t bits = bits_of_radix((uint32_t)base);
  bool found = base == 10 ? take_whole(&from, &number)
               : bits > 0 ? take_bits(&from, bits, &number)
                          : take_parts(&from, (uint32_t)base, &number);
  if (!found) return CTZ_NAN;
  return negative ? -number : number;
}
