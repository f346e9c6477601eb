// Sums of matrix products from bfloat16 tiles, accumulated in float32: C = alpha * (A1 B1 + A2 B2 + ...) + base.
#include "simd.h"
#include "step.h"

#define TILE_WORDS 256
#define MAX_TERMS 16
/// Of packed A, so that it stays in the second-level cache while B streams past.
#define CACHED_BYTES (1 << 20)

typedef struct {
  const float *a, *b;
  ptrdiff_t depthTiles;
  Strides aStrides, bStrides;
} Term;

typedef struct {
  ptrdiff_t rows, columns;
  int terms;
  Term term[MAX_TERMS];
  float *c;
  ptrdiff_t cRow;
  const float *base;
  ptrdiff_t baseRow;
  float alpha;
} Product;

static _Thread_local float block[32 * 32] __attribute__((aligned(64)));

#ifdef __AMX_TILE__
/// Palette 1: eight tiles of 16 rows of 64 bytes.
static const struct {
  uint8_t palette, start, reserved[14];
  uint16_t columnBytes[16];
  uint8_t rows[16];
} tileShapes = {
    .palette = 1,
    .columnBytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

void enterTiles(void) { _tile_loadconfig(&tileShapes); }

void leaveTiles(void) { _tile_release(); }

/// A block of up to 2 x 2 tiles; the second ones only where there are that many.
#define BLOCK(NAME, TWO_ROWS, TWO_COLUMNS)                                                            \
  static inline void NAME(const Product *p, ptrdiff_t m, ptrdiff_t n, float *to, ptrdiff_t stride) {   \
    _tile_zero(0);                                                                                     \
    if (TWO_COLUMNS) _tile_zero(1);                                                                    \
    if (TWO_ROWS) _tile_zero(2);                                                                       \
    if (TWO_ROWS && TWO_COLUMNS) _tile_zero(3);                                                        \
    for (int t = 0; t < p->terms; t++) {                                                               \
      const ptrdiff_t depth = p->term[t].depthTiles, next = depth * TILE_WORDS;                        \
      const float *a = p->term[t].a + m * next, *b = p->term[t].b + n * next;                          \
      for (ptrdiff_t k = 0; k < depth; k++, a += TILE_WORDS, b += TILE_WORDS) {                        \
        _tile_loadd(4, a, 64);                                                                         \
        _tile_loadd(6, b, 64);                                                                         \
        _tile_dpbf16ps(0, 4, 6);                                                                       \
        if (TWO_COLUMNS) {                                                                             \
          _tile_loadd(7, b + next, 64);                                                                \
          _tile_dpbf16ps(1, 4, 7);                                                                     \
        }                                                                                              \
        if (TWO_ROWS) {                                                                                \
          _tile_loadd(5, a + next, 64);                                                                \
          _tile_dpbf16ps(2, 5, 6);                                                                     \
        }                                                                                              \
        if (TWO_ROWS && TWO_COLUMNS) _tile_dpbf16ps(3, 5, 7);                                          \
      }                                                                                                \
    }                                                                                                  \
    _tile_stored(0, to, 4 * stride);                                                                   \
    if (TWO_COLUMNS) _tile_stored(1, to + 16, 4 * stride);                                             \
    if (TWO_ROWS) _tile_stored(2, to + 16 * stride, 4 * stride);                                       \
    if (TWO_ROWS && TWO_COLUMNS) _tile_stored(3, to + 16 * stride + 16, 4 * stride);                   \
  }
BLOCK(block11, 0, 0)
BLOCK(block12, 0, 1)
BLOCK(block21, 1, 0)
BLOCK(block22, 1, 1)
#undef BLOCK

static inline void multiplyBlock(const Product *p, ptrdiff_t m, ptrdiff_t n, int rowTiles, int columnTiles, float *to, ptrdiff_t stride) {
  if (rowTiles == 2) (columnTiles == 2 ? block22 : block21)(p, m, n, to, stride);
  else (columnTiles == 2 ? block12 : block11)(p, m, n, to, stride);
}
#else
void enterTiles(void) {}
void leaveTiles(void) {}

/// The same block with AVX-512's product of bfloat16 pairs, for processors without tiles.
static inline void multiplyBlock(const Product *p, ptrdiff_t m, ptrdiff_t n, int rowTiles, int columnTiles, float *to, ptrdiff_t stride) {
  for (int i = 0; i < rowTiles; i++) {
    for (int j = 0; j < columnTiles; j++) {
      __m512 sum[16];
      for (int row = 0; row < 16; row++) sum[row] = _mm512_setzero_ps();
      for (int t = 0; t < p->terms; t++) {
        const ptrdiff_t depth = p->term[t].depthTiles, next = depth * TILE_WORDS;
        const int32_t *a = (const int32_t *)(p->term[t].a + (m + i) * next);
        const float *b = p->term[t].b + (n + j) * next;
        for (ptrdiff_t k = 0; k < depth; k++, a += TILE_WORDS, b += TILE_WORDS) {
          for (int pair = 0; pair < 16; pair++) {
            const __m512bh right = (__m512bh)_mm512_load_si512((const __m512i *)b + pair);
#pragma GCC unroll 16
            for (int row = 0; row < 16; row++) {
              const __m512bh left = (__m512bh)_mm512_set1_epi32(a[16 * row + pair]);
              sum[row] = _mm512_dpbf16_ps(sum[row], left, right);
            }
          }
        }
      }
      for (int row = 0; row < 16; row++) _mm512_storeu_ps(to + (16 * i + row) * stride + 16 * j, sum[row]);
    }
  }
}
#endif

/// Brings a finished block from `block` to where it belongs.
static inline void finish(const Product *p, ptrdiff_t row, ptrdiff_t column, ptrdiff_t rows, ptrdiff_t columns) {
  const __m512 alpha = _mm512_set1_ps(p->alpha);
  for (ptrdiff_t i = 0; i < rows; i++) {
    float *to = p->c + (row + i) * p->cRow + column;
    const float *base = p->base ? p->base + (row + i) * p->baseRow + column : NULL;
    for (ptrdiff_t j = 0; j < columns; j += LANES) {
      const __mmask16 lanes = tail(columns - j);
      __m512 value = _mm512_mul_ps(_mm512_load_ps(block + 32 * i + j), alpha);
      if (base) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(lanes, base + j));
      _mm512_mask_storeu_ps(to + j, lanes, value);
    }
  }
}

/// Rows [fromRow, toRow) and columns [fromColumn, toColumn), both multiples of 32 or the end.
static void multiply(const Product *p, ptrdiff_t fromRow, ptrdiff_t toRow, ptrdiff_t fromColumn, ptrdiff_t toColumn) {
  ptrdiff_t depth = 0;
  for (int t = 0; t < p->terms; t++) depth += p->term[t].depthTiles;
  ptrdiff_t step = CACHED_BYTES / (depth * 2048) * 32;
  if (step < 32) step = 32;
  const int plain = p->alpha == 1.0f && !p->base;
  for (ptrdiff_t start = fromRow; start < toRow; start += step) {
    const ptrdiff_t end = start + step < toRow ? start + step : toRow;
    for (ptrdiff_t n = fromColumn; n < toColumn; n += 32) {
      const ptrdiff_t columns = toColumn - n < 32 ? toColumn - n : 32;
      for (ptrdiff_t m = start; m < end; m += 32) {
        const ptrdiff_t rows = end - m < 32 ? end - m : 32;
        const int direct = plain && rows % 16 == 0 && columns % 16 == 0;
        float *to = direct ? p->c + m * p->cRow + n : block;
        multiplyBlock(p, m / 16, n / 16, rows > 16 ? 2 : 1, columns > 16 ? 2 : 1, to, direct ? p->cRow : 32);
        if (!direct) finish(p, m, n, rows, columns);
      }
    }
  }
}

/// [rows, columns, axes, terms, (a, b, depthTiles, strides of a, of b) per term, c, cRow, strides, hasBase, base, baseRow, strides, alpha]
void productStep(Reader reader, Share share) {
  Product p;
  p.rows = integer(&reader);
  p.columns = integer(&reader);
  const Axes repeated = axes(&reader);
  p.terms = (int)integer(&reader);
  for (int t = 0; t < p.terms; t++) {
    p.term[t].a = place(&reader);
    p.term[t].b = place(&reader);
    p.term[t].depthTiles = integer(&reader);
    p.term[t].aStrides = strides(&reader, &repeated);
    p.term[t].bStrides = strides(&reader, &repeated);
  }
  p.c = place(&reader);
  p.cRow = integer(&reader);
  const Strides cStrides = strides(&reader, &repeated);
  const int hasBase = (int)integer(&reader);
  p.base = place(&reader);
  p.baseRow = integer(&reader);
  const Strides baseStrides = strides(&reader, &repeated);
  p.alpha = number(&reader);
  if (!hasBase) p.base = NULL;

  const ptrdiff_t repetitions = total(&repeated);
  if (repetitions == 1) {
    const int byColumns = p.columns >= p.rows;
    ptrdiff_t first, last;
    part(share, ((byColumns ? p.columns : p.rows) + 31) / 32, &first, &last);
    first *= 32;
    last *= 32;
    if (byColumns) multiply(&p, 0, p.rows, first, last < p.columns ? last : p.columns);
    else multiply(&p, first, last < p.rows ? last : p.rows, 0, p.columns);
    return;
  }
  ptrdiff_t first, last;
  part(share, repetitions, &first, &last);
  for (ptrdiff_t at = first; at < last; at++) {
    Product one = p;
    for (int t = 0; t < p.terms; t++) {
      one.term[t].a += offsetAt(&repeated, &p.term[t].aStrides, at);
      one.term[t].b += offsetAt(&repeated, &p.term[t].bStrides, at);
    }
    one.c += offsetAt(&repeated, &cStrides, at);
    if (hasBase) one.base += offsetAt(&repeated, &baseStrides, at);
    multiply(&one, 0, p.rows, 0, p.columns);
  }
}

/// One row of A times all of B, in float32, straight from where they lie.
static inline void multiplyRow(const float *a, const float *b, ptrdiff_t bDepth, ptrdiff_t bColumn, ptrdiff_t depth, ptrdiff_t columns, float alpha, float *c) {
  if (bDepth == 1) {
    for (ptrdiff_t n = 0; n < columns; n++, b += bColumn) {
      __m512 sum = _mm512_setzero_ps();
      for (ptrdiff_t k = 0; k < depth; k += LANES) {
        const __mmask16 lanes = tail(depth - k);
        sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(lanes, a + k), _mm512_maskz_loadu_ps(lanes, b + k), sum);
      }
      c[n] = alpha * _mm512_reduce_add_ps(sum);
    }
    return;
  }
  for (ptrdiff_t n = 0; n < columns; n += 4 * LANES) {
    __m512 sum[4];
    __mmask16 lanes[4];
    for (int i = 0; i < 4; i++) {
      sum[i] = _mm512_setzero_ps();
      lanes[i] = columns - n > i * LANES ? tail(columns - n - i * LANES) : 0;
    }
    for (ptrdiff_t k = 0; k < depth; k++) {
      const __m512 factor = _mm512_set1_ps(a[k]);
      const float *row = b + k * bDepth + n;
      for (int i = 0; i < 4; i++) sum[i] = _mm512_fmadd_ps(factor, _mm512_maskz_loadu_ps(lanes[i], row + i * LANES), sum[i]);
    }
    for (int i = 0; i < 4; i++) _mm512_mask_storeu_ps(c + n + i * LANES, lanes[i], _mm512_mul_ps(sum[i], _mm512_set1_ps(alpha)));
  }
}

/// For matrices of few rows. [rows, columns, depth, axes, a, aRow, strides, b, bDepth, bColumn, strides, c, cRow, strides, alpha]
void smallProductStep(Reader reader, Share share) {
  const ptrdiff_t rows = integer(&reader), columns = integer(&reader), depth = integer(&reader);
  const Axes repeated = axes(&reader);
  const float *a = place(&reader);
  const ptrdiff_t aRow = integer(&reader);
  const Strides aStrides = strides(&reader, &repeated);
  const float *b = place(&reader);
  const ptrdiff_t bDepth = integer(&reader), bColumn = integer(&reader);
  const Strides bStrides = strides(&reader, &repeated);
  float *c = place(&reader);
  const ptrdiff_t cRow = integer(&reader);
  const Strides cStrides = strides(&reader, &repeated);
  const float alpha = number(&reader);
  ptrdiff_t first, last;
  part(share, total(&repeated), &first, &last);
  for (ptrdiff_t at = first; at < last; at++) {
    const float *left = a + offsetAt(&repeated, &aStrides, at), *right = b + offsetAt(&repeated, &bStrides, at);
    float *out = c + offsetAt(&repeated, &cStrides, at);
    for (ptrdiff_t i = 0; i < rows; i++) multiplyRow(left + i * aRow, right, bDepth, bColumn, depth, columns, alpha, out + i * cRow);
  }
}
