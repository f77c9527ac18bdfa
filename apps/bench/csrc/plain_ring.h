// The least with which one thread can have others run bodies: a ring in memory, nothing else.
#ifndef BENCH_PLAIN_RING_H
#define BENCH_PLAIN_RING_H

#include <stddef.h>

typedef double ring_body(double rounds);

// Bodies in one go, all submitted before their results are looked at, and threads that run them.
#define RING_WINDOW 50000u
#define RING_CONSUMERS 2u

// Lets other threads call the body `windows` times RING_WINDOW times. This one writes an argument for each, sleeps
// until the window is done, and adds up the results. @return how many nanoseconds it took; negative without threads
double ring_run(ring_body *body, double rounds, size_t windows, double *sum);

#endif
