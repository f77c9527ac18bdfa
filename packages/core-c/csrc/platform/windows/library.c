#include "platform/library.h"

#include <stdio.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define PATH_UNITS 4096

// Windows says what, without the path; sentences of its own end with a full stop and a new line.
static void explain(const char *path, DWORD error, char *why, size_t size) {
  wchar_t wide[256];
  char text[512] = "";
  const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD units = FormatMessageW(flags, NULL, error, 0, wide, sizeof wide / sizeof *wide - 1, NULL);
  while (units > 0 && (wide[units - 1] == L' ' || wide[units - 1] == L'.')) units--;
  wide[units] = 0;
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text, NULL, NULL);
  snprintf(why, size, "%s: %s (error %u)", path, units == 0 ? "it does not load" : text, (unsigned)error);
}

void *ctz_shared_open(const char *path, char *why, size_t why_size) {
  wchar_t given[PATH_UNITS], wide[PATH_UNITS];
  // from its root, and with backslashes: what Windows wants here
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, given, PATH_UNITS) > 0 &&
      GetFullPathNameW(given, PATH_UNITS, wide, NULL) - 1 < PATH_UNITS - 1) {
    // what it needs is looked for beside it, as if the program had its folder
    HMODULE library = LoadLibraryExW(wide, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library != NULL) return library;
  }
  explain(path, GetLastError(), why, why_size);
  return NULL;
}

static ctz_any_function function_in(HMODULE module, const char *name) {
  FARPROC found = GetProcAddress(module, name);
  ctz_any_function function = NULL;
  memcpy(&function, &found, sizeof function);
  return function;
}

ctz_any_function ctz_shared_function(void *library, const char *name) { return function_in(library, name); }

ctz_any_function ctz_process_function(const char *name) { return function_in(GetModuleHandleW(NULL), name); }
