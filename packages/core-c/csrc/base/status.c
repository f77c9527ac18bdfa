#include "ctz/status.h"

static const char *const names[] = {
#define NAME(name, text) #name,
  CTZ_STATUS_TABLE(NAME)
#undef NAME
};

static const char *const texts[] = {
#define TEXT(name, text) text,
  CTZ_STATUS_TABLE(TEXT)
#undef TEXT
};

const char *ctz_status_text(ctz_status status) {
  return (unsigned)status < CTZ_STATUS_COUNT ? texts[status] : "there is no such status";
}

const char *ctz_status_name(ctz_status status) {
  return (unsigned)status < CTZ_STATUS_COUNT ? names[status] : "UNKNOWN";
}
