// Everything of the C engine.
#ifndef CTZ_H
#define CTZ_H
#include "ctz/engine.h"
#include "ctz/kernel.h"
#include "ctz/port.h"
#include "ctz/stats.h"
#include "ctz/status.h"
#endif
