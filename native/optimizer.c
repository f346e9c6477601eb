// Passes over all parameters: the optimizer's update and norms.
#include "simd.h"

/// One AdamW update in place; what its arguments mean stands in src/engine/train/adamw.ts.
void inoculate_adamw(float *parameter, const float *gradient, float *first, float *second, int64_t count, float scale, float keep,
                     float stepSize, float secondCorrection, float beta1, float beta2, float epsilon) {
  const __m512 b1 = _mm512_set1_ps(beta1), b2 = _mm512_set1_ps(beta2);
  const __m512 a1 = _mm512_set1_ps(1 - beta1), a2 = _mm512_set1_ps(1 - beta2);
  for (int64_t i = 0; i < count; i += LANES) {
    const __mmask16 lanes = tail(count - i);
    const __m512 g = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, gradient + i), _mm512_set1_ps(scale));
    const __m512 m = _mm512_fmadd_ps(b1, _mm512_maskz_loadu_ps(lanes, first + i), _mm512_mul_ps(a1, g));
    const __m512 v = _mm512_fmadd_ps(b2, _mm512_maskz_loadu_ps(lanes, second + i), _mm512_mul_ps(a2, _mm512_mul_ps(g, g)));
    _mm512_mask_storeu_ps(first + i, lanes, m);
    _mm512_mask_storeu_ps(second + i, lanes, v);
    const __m512 root = _mm512_fmadd_ps(_mm512_sqrt_ps(v), _mm512_set1_ps(secondCorrection), _mm512_set1_ps(epsilon));
    const __m512 change = _mm512_div_ps(_mm512_mul_ps(_mm512_set1_ps(stepSize), m), root);
    const __m512 kept = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, parameter + i), _mm512_set1_ps(keep));
    _mm512_mask_storeu_ps(parameter + i, lanes, _mm512_sub_ps(kept, change));
  }
}

/// The sum of squares, added up in double precision.
double inoculate_square_sum(const float *x, int64_t count) {
  __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
  for (int64_t i = 0; i < count; i += LANES) {
    const __m512 value = _mm512_maskz_loadu_ps(tail(count - i), x + i);
    const __m512d a = _mm512_cvtps_pd(_mm512_castps512_ps256(value)), b = _mm512_cvtps_pd(_mm512_extractf32x8_ps(value, 1));
    low = _mm512_fmadd_pd(a, a, low);
    high = _mm512_fmadd_pd(b, b, high);
  }
  return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}
