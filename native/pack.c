// Rounds a matrix to bfloat16 and lays it into tiles of 1 KB, the form in which products read it.
//
// A tile holds 16 rows (of A) or columns (of B) times 32 steps k of the sum. For A, element (i, k) stands at [i][k];
// for B at [k / 2][i][k % 2]. Tiles of the same rows follow one another along k. What is missing is zero.
#include "simd.h"
#include "step.h"

#define TILE_ROWS 16
#define TILE_DEPTH 32

/// Transposes 16 x 16 words.
static inline void transpose(__m512i r[16]) {
  __m512i t[16];
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 8; i++) {
    const int from = i;
    r[i] = _mm512_shuffle_i32x4(t[from], t[from + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[from], t[from + 8], 0xdd);
  }
}

static inline __m512i toBfloat16(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

/// Row i of the result: the 16 pairs along k of row i, whose numbers lie side by side.
static inline void loadAlongDepth(__m512i r[16], const float *from, ptrdiff_t rowStride, ptrdiff_t rows, ptrdiff_t depth, __m512 scale) {
  const __mmask16 low = tail(depth), high = depth > LANES ? tail(depth - LANES) : 0;
  for (int i = 0; i < TILE_ROWS; i++) {
    if (i >= rows) {
      r[i] = _mm512_setzero_si512();
      continue;
    }
    const float *row = from + i * rowStride;
    r[i] = toBfloat16(_mm512_mul_ps(_mm512_maskz_loadu_ps(low, row), scale),
                      _mm512_mul_ps(_mm512_maskz_loadu_ps(high, row + LANES), scale));
  }
}

/// Row p of the result: pair p along k of all 16 rows, which lie side by side.
static inline void loadAcrossDepth(__m512i r[16], const float *from, ptrdiff_t depthStride, ptrdiff_t rows, ptrdiff_t depth, __m512 scale) {
  const __mmask16 wanted = tail(rows);
  const __m512i interleave = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5,
                                              20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  for (int p = 0; p < TILE_DEPTH / 2; p++) {
    const __mmask16 even = 2 * p < depth ? wanted : 0, odd = 2 * p + 1 < depth ? wanted : 0;
    const float *row = from + 2 * p * depthStride;
    const __m512i both = toBfloat16(_mm512_mul_ps(_mm512_maskz_loadu_ps(even, row), scale),
                                    _mm512_mul_ps(_mm512_maskz_loadu_ps(odd, row + depthStride), scale));
    r[p] = _mm512_permutexvar_epi16(interleave, both);
  }
}

void packRows(float *target, int forB, ptrdiff_t rows, ptrdiff_t depth, const float *source, ptrdiff_t rowStride, ptrdiff_t depthStride, float factor) {
  const __m512 scale = _mm512_set1_ps(factor);
  const int along = depthStride == 1;
  __m512i *to = (__m512i *)target;
  for (ptrdiff_t row = 0; row < rows; row += TILE_ROWS) {
    for (ptrdiff_t k = 0; k < depth; k += TILE_DEPTH, to += 16) {
      const float *from = source + row * rowStride + k * depthStride;
      __m512i r[16];
      if (along) loadAlongDepth(r, from, rowStride, rows - row, depth - k, scale);
      else loadAcrossDepth(r, from, depthStride, rows - row, depth - k, scale);
      if (along == forB) transpose(r);
      for (int i = 0; i < 16; i++) _mm512_store_si512(to + i, r[i]);
    }
  }
}

/// [axes, forB, rows, depth, source, rowStride, depthStride, scale, target]
void packStep(Reader reader, Share share) {
  const Axes repeated = axes(&reader);
  const int forB = (int)integer(&reader);
  const ptrdiff_t rows = integer(&reader), depth = integer(&reader);
  Strides sourceStrides, targetStrides;
  const float *source = tensor(&reader, &repeated, &sourceStrides);
  const ptrdiff_t rowStride = integer(&reader), depthStride = integer(&reader);
  const float scale = number(&reader);
  float *target = tensor(&reader, &repeated, &targetStrides);
  const ptrdiff_t rowTiles = (rows + TILE_ROWS - 1) / TILE_ROWS, depthTiles = (depth + TILE_DEPTH - 1) / TILE_DEPTH;
  ptrdiff_t first, last;
  part(share, total(&repeated) * rowTiles, &first, &last);
  for (ptrdiff_t at = first; at < last; at++) {
    const ptrdiff_t tile = at % rowTiles, row = tile * TILE_ROWS, here = rows - row < TILE_ROWS ? rows - row : TILE_ROWS;
    const float *from = source + offsetAt(&repeated, &sourceStrides, at / rowTiles) + row * rowStride;
    float *to = target + offsetAt(&repeated, &targetStrides, at / rowTiles) + tile * depthTiles * TILE_WORDS;
    packRows(to, forB, here, depth, from, rowStride, depthStride, scale);
  }
}
