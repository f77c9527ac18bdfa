// Bugs to plant into a copy of the sources, one at a time: what the fuzzer must find. Each is a small slip that a compiler
// or its run time could well have.

/** @typedef {{ about: string, file: string, find: string, replace: string, cflags?: string }} Mutant */

const number = 'packages/core-c/include/ctz/ops_number.h'
const text = 'packages/core-c/include/ctz/ops_text.h'
const view = 'packages/core-c/include/ctz/ops_view.h'
const texts = 'packages/core-c/csrc/program/text.c'
const changes = 'packages/core-c/csrc/program/text_change.c'
const room = 'packages/core-c/csrc/program/room.c'
const written = 'packages/core-c/csrc/program/number_text.c'
const parsed = 'packages/core-c/csrc/program/number_parse.c'

/** @type {(about: string, file: string, find: string, replace: string) => Mutant} */
const mutant = (about, file, find, replace) => ({ about, file, find, replace })

/** @type {Mutant[]} */
export const mutants = [
  mutant('floor is trunc', number, 'return whole > a ? ctz_copy_sign(whole - 1, a) : whole;', 'return whole;'),
  mutant('round: a half goes down', number, 'if (a - whole >= 0.5)', 'if (a - whole > 0.5)'),
  mutant('round loses -0', number, 'ctz_copy_sign(whole, a) : a;', 'whole + 0.0 : a;'),
  mutant('ToInt32 stops at 2^63', number, 'if (shift > 31) return 0;', 'return 0;'),
  mutant('>>> is >>', number, '(int32_t)((uint32_t)a >> (b & 31))', '(a >> (b & 31))'),
  mutant('<< by 31 at most 15', number, '(uint32_t)a << (b & 31)', '(uint32_t)a << (b & 15)'),
  mutant('min of zeros', number, 'return ctz_is_negative(a) ? a : b;  // equal', 'return b;  // equal'),
  mutant('max of zeros', number, 'return ctz_is_negative(a) ? b : a;', 'return a;'),
  mutant(
    '% loses the sign of 0',
    number,
    'ctz_copy_sign((double)(whole_a % whole_b), a)',
    '(double)(whole_a % whole_b)',
  ),
  mutant('uint32 read as int32', number, '(double)(uint32_t)a)', '(double)a)'),
  mutant('clz32(0)', number, 'a == 0 ? 32 :', 'a == 0 ? 31 :'),
  mutant('sign(-0)', number, 'a < 0 ? -1 : a)', 'a < 0 ? -1 : 0.0 * (a == a ? 0.0 : a))'),
  mutant('NaN is true', number, 'a < 0 || a > 0)', '!(a == 0))'),
  mutant(
    '2^53 is safe',
    number,
    'ctz_abs(a) < CTZ_TWO_TO_53 && ctz_trunc(a) == a)',
    'ctz_abs(a) <= CTZ_TWO_TO_53 && ctz_trunc(a) == a)',
  ),
  mutant('NaN <= 0', number, 'f64_le, a <= b)', 'f64_le, !(a > b))'),
  mutant('fround does nothing', number, '(double)(float)a)', 'a)'),
  mutant('Object.is(0, -0)', number, '|| ctz_bits_of(a) == ctz_bits_of(b))', '|| a == b)'),
  mutant('ceil(-0.5) is 0', number, '-ctz_floor(-a))', '0.0 - ctz_floor(-a))'),
  mutant('substring does not swap', text, 'ctz_text_piece(a, end, begin - end);', 'ctz_text_piece(a, begin, 0);'),
  mutant(
    'charCodeAt behind the end is 0',
    text,
    '(uint64_t)(int64_t)index) : CTZ_NAN;',
    '(uint64_t)(int64_t)index) : 0;',
  ),
  mutant(
    'charAt takes any index',
    text,
    'double index = ctz_to_integer(position);\n  if (ctz_is_inside(index, a.length)) return run',
    'double index = position;\n  if (ctz_is_inside(index, a.length)) return run',
  ),
  mutant('low surrogates begin late', text, 'next - 0xDC00 < 0x400', 'next - 0xDC01 < 0x3FF'),
  mutant('at(-1) is at(0)', text, 'index < 0 ? index + a.length : index', 'index < 0 ? 0 : index'),
  mutant(
    'slice(-n) counts from one too few',
    text,
    'whole < 0 ? whole + length : whole',
    'whole < 0 ? whole + length + 1 : whole',
  ),
  mutant(
    'endsWith ignores its end',
    text,
    'uint32_t to = ctz_clamped(end, a.length);',
    'uint32_t to = a.length + 0 * (uint32_t)(end != end);',
  ),
  mutant('clamped halves go up', view, '(rest == 0.5 && (whole & 1) != 0)', '(rest == 0.5)'),
  mutant('clamped cuts off', view, 'return whole + (rest > 0.5', 'return whole + (rest > 0.9'),
  mutant('Int8Array is unsigned', view, 'X(I8, int8_t)', 'X(I8, uint8_t)'),
  mutant('an index may be a fraction', text, '&& (double)(int64_t)position == position;', ';'),
  mutant('fill(-n)', view, 'if (whole < 0) whole += (double)length;', 'if (whole < 0) whole = 0;'),
  mutant('appending writes over another text', room, '!= run->top) return NULL;', '> run->top) return NULL;'),
  mutant(
    'order of units by bytes',
    texts,
    'if (left != right) return left < right;',
    'if (left != right) return (left & 255) < (right & 255);',
  ),
  mutant('lastIndexOf(NaN) is lastIndexOf(0)', texts, 'ctz_is_nan(from) ? last :', 'ctz_is_nan(from) ? 0 :'),
  mutant(
    'indexOf stops one early',
    texts,
    'uint32_t last = text.length - wanted.length, first',
    'uint32_t last = text.length - wanted.length - (text.length > wanted.length), first',
  ),
  mutant(
    'fromCharCode keeps 8 bits',
    texts,
    'ctz_room_for(run, 1, unit > 0xFF',
    'ctz_room_for(run, 1, (unit &= 0xFF) > 0xFF',
  ),
  mutant('trim leaves U+FEFF', room, '|| unit == 0xFEFF', ''),
  mutant(
    'padStart starts its filling late',
    changes,
    'fill_units(data, wide, at_start ? 0 : text.length, missing, fill);',
    'fill_units(data, wide, at_start ? 0 : text.length, missing, at_start ? fill : ctz_text_piece(fill, fill.length - 1, 1));',
  ),
  mutant('upper case up to y', changes, 'unit - first < 26', 'unit - first < 25'),
  mutant('replaceAll replaces one', changes, 'all ? count_places(text, wanted) : 1', 'all ? 1 : 1'),
  mutant('a $ in a replacement', changes, "== '$') return true", "== '$') return false"),
  mutant('1e21 in full', written, 'point > 0 && point <= 21', 'point > 0 && point <= 22'),
  mutant('1e-7 in full', written, 'point > -6 && point <= 0', 'point > -7 && point <= 0'),
  mutant('toFixed rounds ties to even', written, 'bool tie = is_tie(number, places);', 'bool tie = false;'),
  // carrying in front of it happens only where there are no integers of 128 bits: other ties end in 25 or 75
  mutant('toFixed counts a tie up twice', written, '++*at;', '*at += 2;'),
  mutant('toString(36) ends at y', written, 'ijklmnopqrstuvwxyz"', 'ijklmnopqrstuvwxyy"'),
  mutant('parseInt of letters', parsed, "letter - 'a' + 10", "letter - 'a' + 11"),
  mutant(
    'Number(" ") is NaN',
    parsed,
    'if (from.text.length == 0) return 0;',
    'if (from.text.length == 0) return CTZ_NAN;',
  ),
  mutant('Number("1x") is 1', parsed, 'if (!found || from.at < from.text.length)', 'if (!found)'),
  mutant('parseFloat("1e5") is 1', parsed, "if (!take(&ahead, 'e') && !take(&ahead, 'E')) return;", 'return;'),
]
