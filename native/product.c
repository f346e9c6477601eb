// Sums of matrix products from bfloat16 tiles, accumulated in float32: C = alpha * (A1 B1 + A2 B2 + ...) + base.
#include "simd.h"
#include "step.h"

#define MAX_TERMS 16
/// Of packed A, so that it stays in the second-level cache while B streams past.
#define CACHED_BYTES (1 << 20)

/// Tiles of a loose operand that a block needs, at most.
#define PANEL_WORDS (128 * TILE_WORDS)

/// A or B of a term: packed, or loose: then the part that a block needs is packed when it comes to it.
typedef struct {
  const float *start;
  int loose;
  ptrdiff_t rowStride, depthStride;
  float scale;
  Strides strides;
} Operand;

typedef struct {
  Operand a, b;
  ptrdiff_t depth, depthTiles;
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

/// Where a block's tiles begin, per term.
typedef struct {
  const float *a[MAX_TERMS], *b[MAX_TERMS];
} Tiles;

static _Thread_local float panelA[PANEL_WORDS] __attribute__((aligned(64)));
static _Thread_local float panelB[PANEL_WORDS] __attribute__((aligned(64)));
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
  static inline void NAME(const Product *p, const Tiles *tiles, float *to, ptrdiff_t stride) {           \
    __asm__ volatile("" ::: "memory");                                                                 \
    _tile_zero(0);                                                                                     \
    if (TWO_COLUMNS) _tile_zero(1);                                                                    \
    if (TWO_ROWS) _tile_zero(2);                                                                       \
    if (TWO_ROWS && TWO_COLUMNS) _tile_zero(3);                                                        \
    for (int t = 0; t < p->terms; t++) {                                                               \
      const ptrdiff_t depth = p->term[t].depthTiles, next = depth * TILE_WORDS;                        \
      const float *a = tiles->a[t], *b = tiles->b[t];                                                  \
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

static inline void multiplyBlock(const Product *p, const Tiles *tiles, int rowTiles, int columnTiles, float *to, ptrdiff_t stride) {
  if (rowTiles == 2) (columnTiles == 2 ? block22 : block21)(p, tiles, to, stride);
  else (columnTiles == 2 ? block12 : block11)(p, tiles, to, stride);
}
#else
void enterTiles(void) {}
void leaveTiles(void) {}

/// The same block with AVX-512's product of bfloat16 pairs, for processors without tiles.
static inline void multiplyBlock(const Product *p, const Tiles *tiles, int rowTiles, int columnTiles, float *to, ptrdiff_t stride) {
  for (int i = 0; i < rowTiles; i++) {
    for (int j = 0; j < columnTiles; j++) {
      __m512 sum[16];
      for (int row = 0; row < 16; row++) sum[row] = _mm512_setzero_ps();
      for (int t = 0; t < p->terms; t++) {
        const ptrdiff_t depth = p->term[t].depthTiles, next = depth * TILE_WORDS;
        const int32_t *a = (const int32_t *)(tiles->a[t] + i * next);
        const float *b = tiles->b[t] + j * next;
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

/// The tiles of an operand from row (or column) `at` on, which is a multiple of 16. Loose ones go into `panel`.
static inline const float *tilesAt(const Operand *x, int forB, const Term *term, ptrdiff_t at, ptrdiff_t count, float **panel) {
  if (!x->loose) return x->start + at / 16 * term->depthTiles * TILE_WORDS;
  float *target = *panel;
  packRows(target, forB, count, term->depth, x->start + at * x->rowStride, x->rowStride, x->depthStride, x->scale);
  *panel += 2 * term->depthTiles * TILE_WORDS;
  return target;
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
      Tiles tiles;
      float *panel = panelB;
      for (int t = 0; t < p->terms; t++) tiles.b[t] = tilesAt(&p->term[t].b, 1, &p->term[t], n, columns, &panel);
      for (ptrdiff_t m = start; m < end; m += 32) {
        const ptrdiff_t rows = end - m < 32 ? end - m : 32;
        panel = panelA;
        for (int t = 0; t < p->terms; t++) tiles.a[t] = tilesAt(&p->term[t].a, 0, &p->term[t], m, rows, &panel);
        const int direct = plain && rows % 16 == 0 && columns % 16 == 0;
        float *to = direct ? p->c + m * p->cRow + n : block;
        multiplyBlock(p, &tiles, rows > 16 ? 2 : 1, columns > 16 ? 2 : 1, to, direct ? p->cRow : 32);
        if (!direct) finish(p, m, n, rows, columns);
      }
    }
  }
}

static inline Operand operand(Reader *reader, const Axes *repeated) {
  Operand out;
  out.start = tensor(reader, repeated, &out.strides);
  out.loose = (int)integer(reader);
  out.rowStride = integer(reader);
  out.depthStride = integer(reader);
  out.scale = number(reader);
  return out;
}

/// An operand is [start, loose, rowStride, depthStride, scale].
/// [axes, rows, columns, terms, (a, b, depth) per term, c, cRow, hasBase, base, baseRow, alpha]
void productStep(Reader reader, Share share) {
  Product p;
  const Axes repeated = axes(&reader);
  p.rows = integer(&reader);
  p.columns = integer(&reader);
  p.terms = (int)integer(&reader);
  for (int t = 0; t < p.terms; t++) {
    p.term[t].a = operand(&reader, &repeated);
    p.term[t].b = operand(&reader, &repeated);
    p.term[t].depth = integer(&reader);
    p.term[t].depthTiles = (p.term[t].depth + 31) / 32;
  }
  Strides cStrides, baseStrides;
  p.c = tensor(&reader, &repeated, &cStrides);
  p.cRow = integer(&reader);
  const int hasBase = (int)integer(&reader);
  p.base = tensor(&reader, &repeated, &baseStrides);
  p.baseRow = integer(&reader);
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
      one.term[t].a.start += offsetAt(&repeated, &p.term[t].a.strides, at);
      one.term[t].b.start += offsetAt(&repeated, &p.term[t].b.strides, at);
    }
    one.c += offsetAt(&repeated, &cStrides, at);
    if (hasBase) one.base += offsetAt(&repeated, &baseStrides, at);
    multiply(&one, 0, p.rows, 0, p.columns);
  }
}
