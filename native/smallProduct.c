// Many products of few rows in float32, straight from where their operands lie: cached decoding's attention.
//
// All repetitions go through one row of B (one cached token) before the next: the cache holds a token's keys of all
// texts side by side, so memory is read from front to back.
#include "simd.h"
#include "step.h"

/// Repetitions that go side by side.
#define SIDE_BY_SIDE 512

/// A row of one repetition's A, its B, and its row of C.
typedef struct {
  const float *a, *b;
  float *c;
} Item;

/// The sums of 16 vectors.
static inline __m512 sums(__m512 v[16]) {
  for (int i = 0; i < 8; i++) v[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]), _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
  for (int i = 0; i < 4; i++) {
    const __m512d a = _mm512_castps_pd(v[2 * i]), b = _mm512_castps_pd(v[2 * i + 1]);
    v[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
  }
  for (int i = 0; i < 2; i++)
    v[i] = _mm512_add_ps(_mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0x88), _mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0xdd));
  return _mm512_add_ps(_mm512_shuffle_f32x4(v[0], v[1], 0x88), _mm512_shuffle_f32x4(v[0], v[1], 0xdd));
}

/// C[n] = alpha * sum of A[k] B[n][k]; rows of B are `bColumn` words apart.
static void dots(const Item *item, int items, ptrdiff_t bColumn, ptrdiff_t depth, ptrdiff_t columns, float alpha) {
  for (ptrdiff_t n = 0; n < columns; n++) {
    for (int start = 0; start < items; start += 16) {
      const int count = items - start < 16 ? items - start : 16;
      __m512 v[16];
      for (int i = 0; i < 16; i++) {
        v[i] = _mm512_setzero_ps();
        if (i >= count) continue;
        const float *a = item[start + i].a, *b = item[start + i].b + n * bColumn;
        for (ptrdiff_t k = 0; k < depth; k += LANES) {
          const __mmask16 lanes = tail(depth - k);
          v[i] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(lanes, a + k), _mm512_maskz_loadu_ps(lanes, b + k), v[i]);
        }
      }
      float result[16] __attribute__((aligned(64)));
      _mm512_store_ps(result, _mm512_mul_ps(sums(v), _mm512_set1_ps(alpha)));
      for (int i = 0; i < count; i++) item[start + i].c[n] = result[i];
    }
  }
}

/// C = alpha * sum of A[k] B[k]; rows of B are `bDepth` words apart.
static void mixtures(const Item *item, int items, ptrdiff_t bDepth, ptrdiff_t depth, ptrdiff_t columns, float alpha) {
  for (ptrdiff_t k = 0; k < depth; k++) {
    for (int i = 0; i < items; i++) {
      const __m512 factor = _mm512_set1_ps(alpha * item[i].a[k]);
      const float *row = item[i].b + k * bDepth;
      for (ptrdiff_t n = 0; n < columns; n += LANES) {
        const __mmask16 lanes = tail(columns - n);
        const __m512 before = k == 0 ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(lanes, item[i].c + n);
        _mm512_mask_storeu_ps(item[i].c + n, lanes, _mm512_fmadd_ps(factor, _mm512_maskz_loadu_ps(lanes, row + n), before));
      }
    }
  }
}

/// [axes, rows, columns, depth, a, aRow, b, bDepth, bColumn, c, cRow, alpha]
void smallProductStep(Reader reader, Share share) {
  const Axes repeated = axes(&reader);
  const ptrdiff_t rows = integer(&reader), columns = integer(&reader), depth = integer(&reader);
  Strides aStrides, bStrides, cStrides;
  const float *a = tensor(&reader, &repeated, &aStrides);
  const ptrdiff_t aRow = integer(&reader);
  const float *b = tensor(&reader, &repeated, &bStrides);
  const ptrdiff_t bDepth = integer(&reader), bColumn = integer(&reader);
  float *c = tensor(&reader, &repeated, &cStrides);
  const ptrdiff_t cRow = integer(&reader);
  const float alpha = number(&reader);
  ptrdiff_t first, last;
  part(share, total(&repeated) * rows, &first, &last);
  while (first < last) {
    Item item[SIDE_BY_SIDE];
    int items = 0;
    for (; first < last && items < SIDE_BY_SIDE; first++, items++) {
      const ptrdiff_t at = first / rows, row = first % rows;
      item[items] = (Item){
          .a = a + offsetAt(&repeated, &aStrides, at) + row * aRow,
          .b = b + offsetAt(&repeated, &bStrides, at),
          .c = c + offsetAt(&repeated, &cStrides, at) + row * cRow,
      };
    }
    if (bDepth == 1) dots(item, items, bColumn, depth, columns, alpha);
    else mixtures(item, items, bDepth, depth, columns, alpha);
  }
}
