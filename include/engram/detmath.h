/* Deterministic mathematics: the same bits on every machine, compiler and optimization level.
 *
 * The C library's exp, log and log1p differ between the CPUs of one glibc. These are made of
 * + - * / and sqrt alone, in the order written, each rounded to double as IEEE 754 says; nothing
 * is contracted to a fused multiply-add. The bounds are the largest errors seen against a long
 * double reference over the arguments of tests/unit/detmath.c, in units of the last place (ulp). */
#ifndef ENGRAM_DETMATH_H
#define ENGRAM_DETMATH_H

#include "engram/error.h"

double det_exp(double x);   /* e^x; 1 ulp. 0 below -745.14, infinity above 709.79 */
double det_expm1(double x); /* e^x - 1; 4 ulp */
double det_log(double x);   /* natural logarithm; 1 ulp. -infinity at 0, NaN below */
double det_log1p(double x); /* log(1 + x); 2 ulp */
double det_atanh(double x); /* area hyperbolic tangent; 3 ulp. Infinite at -1 and 1 */
double det_tanh(double x);  /* hyperbolic tangent; 3 ulp */

/* Whether this program and processor compute as required: no fused multiply-add where none is
 * written, sums in the order written, subnormals kept, rounding to nearest. Returns -1 with the
 * reason otherwise. */
int det_self_test(struct error *error);

#endif
