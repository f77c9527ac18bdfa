// Included by kernels whose sums of products must be rounded as JavaScript rounds them: after each operation. GCC keeps
// to that in ISO mode (-std=c11) and with -ffp-contract=off; kernels_test.c proves it of the build at hand.
#ifndef CTZ_KERNELS_EXACT_H
#define CTZ_KERNELS_EXACT_H

#if defined(__FAST_MATH__)
#error "the kernels must give the same bits as JavaScript: build them without -ffast-math"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#endif

#endif
