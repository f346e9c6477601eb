// Vectors of 16 floats (AVX-512) and the functions that the kernels need of them.
#pragma once
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define LANES 16

/// The lanes that remain when `left` numbers are still to do.
static inline __mmask16 tail(ptrdiff_t left) { return left >= LANES ? 0xffff : (__mmask16)((1u << left) - 1); }

/// e^x, relative error below 2e-7: 2^n times a polynomial of the rest (Cody & Waite's reduction).
static inline __m512 exp16(__m512 x) {
  x = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(88.7f)), _mm512_set1_ps(-104.0f));
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.0f / 5040);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 720));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 120));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 24));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 6));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.5f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(p, n);
}

static inline __m512 sigmoid16(__m512 x) {
  const __m512 one = _mm512_set1_ps(1.0f);
  return _mm512_div_ps(one, _mm512_add_ps(one, exp16(_mm512_sub_ps(_mm512_setzero_ps(), x))));
}

/// Near zero its power series, so that small numbers keep their digits.
static inline __m512 tanh16(__m512 x) {
  const __m512 one = _mm512_set1_ps(1.0f), two = _mm512_set1_ps(2.0f);
  const __m512 far = _mm512_sub_ps(one, _mm512_div_ps(two, _mm512_add_ps(exp16(_mm512_mul_ps(x, two)), one)));
  const __m512 square = _mm512_mul_ps(x, x);
  __m512 p = _mm512_set1_ps(62.0f / 2835);
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-17.0f / 315));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(2.0f / 15));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-1.0f / 3));
  p = _mm512_fmadd_ps(p, square, one);
  const __mmask16 near = _mm512_cmp_ps_mask(_mm512_abs_ps(x), _mm512_set1_ps(0.3f), _CMP_LT_OQ);
  return _mm512_mask_mul_ps(far, near, p, x);
}
