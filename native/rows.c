// Chains of elementwise and row-wise operators, one row at a time, so that what lies between them stays in the cache.
#include <math.h>
#include <string.h>

#include "simd.h"
#include "step.h"

enum { ADD, SUBTRACT, MULTIPLY, SCALE, SIGMOID, TANH, SOFTMAX, ROW_SUM, RMS_NORM, ROPE, COPY, ACCUMULATE, LOG_PROB, ONE_HOT_MINUS };
enum { MEMORY, SCRATCH, INDEXED };

#define MAX_OPERANDS 192
#define MAX_OPERATIONS 192

typedef struct {
  int kind;
  float *start;
  Strides strides;
  /// INDEXED: the row that the int operand `index` names, `rowStride` words apart.
  int index;
  ptrdiff_t rowStride;
} Operand;

typedef struct {
  int operator, out, second, a, b, c;
  ptrdiff_t length;
  /// Whether a or b is one number for the whole row.
  int aOne, bOne;
  float constant;
} Operation;

#define EACH(length) for (ptrdiff_t j = 0; j < (length); j += LANES)
#define LANES_HERE const __mmask16 lanes = tail(length - j)

static inline __m512 load(const float *x, int one, ptrdiff_t j, __mmask16 lanes) {
  return one ? _mm512_set1_ps(*x) : _mm512_maskz_loadu_ps(lanes, x + j);
}

#define BINARY(COMBINE)                                                                     \
  EACH(length) {                                                                            \
    LANES_HERE;                                                                             \
    _mm512_mask_storeu_ps(out + j, lanes, COMBINE(load(a, o->aOne, j, lanes), load(b, o->bOne, j, lanes))); \
  }

#define UNARY(EXPRESSION)                                    \
  EACH(length) {                                             \
    LANES_HERE;                                              \
    const __m512 x = _mm512_maskz_loadu_ps(lanes, a + j);    \
    _mm512_mask_storeu_ps(out + j, lanes, EXPRESSION);       \
  }

static float sumOf(const float *a, ptrdiff_t length) {
  __m512 sum = _mm512_setzero_ps();
  EACH(length) {
    LANES_HERE;
    sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(lanes, a + j));
  }
  return _mm512_reduce_add_ps(sum);
}

static float largest(const float *a, ptrdiff_t length) {
  __m512 max = _mm512_set1_ps(-INFINITY);
  EACH(length) {
    LANES_HERE;
    max = _mm512_mask_max_ps(max, lanes, max, _mm512_maskz_loadu_ps(lanes, a + j));
  }
  return _mm512_reduce_max_ps(max);
}

/// Writes e^(a - max) and returns its sum.
static float exponentials(float *out, const float *a, ptrdiff_t length, float max) {
  __m512 sum = _mm512_setzero_ps();
  const __m512 shift = _mm512_set1_ps(max);
  EACH(length) {
    LANES_HERE;
    const __m512 value = _mm512_maskz_mov_ps(lanes, exp16(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, a + j), shift)));
    _mm512_mask_storeu_ps(out + j, lanes, value);
    sum = _mm512_add_ps(sum, value);
  }
  return _mm512_reduce_add_ps(sum);
}

static void multiplyBy(float *out, const float *a, ptrdiff_t length, float factor) {
  const __m512 by = _mm512_set1_ps(factor);
  UNARY(_mm512_mul_ps(x, by))
}

static void rmsNorm(float *out, float *inverse, const float *a, const float *weight, ptrdiff_t length, float epsilon) {
  __m512 sum = _mm512_setzero_ps();
  EACH(length) {
    LANES_HERE;
    const __m512 x = _mm512_maskz_loadu_ps(lanes, a + j);
    sum = _mm512_fmadd_ps(x, x, sum);
  }
  const float r = 1.0f / sqrtf(_mm512_reduce_add_ps(sum) / (float)length + epsilon);
  const __m512 by = _mm512_set1_ps(r);
  *inverse = r;
  UNARY(_mm512_mul_ps(_mm512_mul_ps(x, by), _mm512_maskz_loadu_ps(lanes, weight + j)))
}

/// Turns all heads of a row; `half` is half a head, cos and sin are those of the row's position.
static void rope(float *out, const float *a, const float *cosine, const float *sine, ptrdiff_t width, ptrdiff_t half, float sign) {
  for (ptrdiff_t start = 0; start < width; start += 2 * half) {
    for (ptrdiff_t j = 0; j < half; j += LANES) {
      const __mmask16 lanes = tail(half - j);
      const __m512 c = _mm512_maskz_loadu_ps(lanes, cosine + j);
      const __m512 s = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, sine + j), _mm512_set1_ps(sign));
      const __m512 first = _mm512_maskz_loadu_ps(lanes, a + start + j);
      const __m512 second = _mm512_maskz_loadu_ps(lanes, a + start + half + j);
      _mm512_mask_storeu_ps(out + start + j, lanes, _mm512_fmsub_ps(first, c, _mm512_mul_ps(second, s)));
      _mm512_mask_storeu_ps(out + start + half + j, lanes, _mm512_fmadd_ps(second, c, _mm512_mul_ps(first, s)));
    }
  }
}

static void apply(const Operation *o, float *const *row) {
  float *out = row[o->out];
  const float *a = row[o->a], *b = row[o->b];
  const ptrdiff_t length = o->length;
  switch (o->operator) {
    case ADD: BINARY(_mm512_add_ps) break;
    case SUBTRACT: BINARY(_mm512_sub_ps) break;
    case MULTIPLY: BINARY(_mm512_mul_ps) break;
    case SCALE: multiplyBy(out, a, length, o->constant); break;
    case SIGMOID: UNARY(sigmoid16(x)) break;
    case TANH: UNARY(tanh16(x)) break;
    case SOFTMAX: multiplyBy(out, out, length, 1.0f / exponentials(out, a, length, largest(a, length))); break;
    case ROW_SUM: *out = sumOf(a, length); break;
    case RMS_NORM: rmsNorm(out, row[o->second], a, b, length, o->constant); break;
    case ROPE: rope(out, a, b, row[o->c], length, (ptrdiff_t)fabsf(o->constant), o->constant < 0 ? -1.0f : 1.0f); break;
    case COPY: UNARY(x) break;
    case ACCUMULATE:
      EACH(length) {
        LANES_HERE;
        _mm512_mask_storeu_ps(out + j, lanes, _mm512_add_ps(_mm512_maskz_loadu_ps(lanes, out + j), load(a, o->aOne, j, lanes)));
      }
      break;
    case LOG_PROB: {
      const float max = largest(a, length), logit = a[*(const int32_t *)b];
      float *probabilities = row[o->second];
      const float sum = exponentials(probabilities, a, length, max);
      multiplyBy(probabilities, probabilities, length, 1.0f / sum);
      *out = logit - max - logf(sum);
      break;
    }
    case ONE_HOT_MINUS:
      multiplyBy(out, a, length, -1.0f);
      out[*(const int32_t *)b] += 1.0f;
      break;
  }
}

/// [axes, scratch, scratch words of a thread, operands, (kind, tensor | offset | table, index, rowStride), operations, (operator, out, second, a, b, c, length, aOne, bOne, constant)]
void rowsStep(Reader reader, Share share) {
  const Axes rows = axes(&reader);
  float *scratch = place(&reader);
  scratch += integer(&reader) * share.thread;
  Operand operand[MAX_OPERANDS];
  float *row[MAX_OPERANDS];
  const int operands = (int)integer(&reader);
  for (int i = 0; i < operands; i++) {
    Operand *x = &operand[i];
    x->kind = (int)integer(&reader);
    if (x->kind == SCRATCH) {
      row[i] = scratch + integer(&reader);
      continue;
    }
    if (x->kind == MEMORY) x->start = tensor(&reader, &rows, &x->strides);
    else {
      x->start = place(&reader);
      x->index = (int)integer(&reader);
      x->rowStride = integer(&reader);
    }
  }
  Operation operation[MAX_OPERATIONS];
  const int operations = (int)integer(&reader);
  for (int i = 0; i < operations; i++) {
    Operation *o = &operation[i];
    o->operator = (int)integer(&reader);
    o->out = (int)integer(&reader);
    o->second = (int)integer(&reader);
    o->a = (int)integer(&reader);
    o->b = (int)integer(&reader);
    o->c = (int)integer(&reader);
    o->length = integer(&reader);
    o->aOne = (int)integer(&reader);
    o->bOne = (int)integer(&reader);
    o->constant = number(&reader);
  }
  ptrdiff_t first, last;
  part(share, total(&rows), &first, &last);
  if (first == last) return;
  ptrdiff_t index[MAX_AXES], rest = first;
  for (int axis = rows.count - 1; axis >= 0; axis--) {
    index[axis] = rest % rows.size[axis];
    rest /= rows.size[axis];
  }
  for (int i = 0; i < operands; i++)
    if (operand[i].kind == MEMORY) row[i] = operand[i].start + offsetAt(&rows, &operand[i].strides, first);
  for (ptrdiff_t at = first;;) {
    for (int i = 0; i < operands; i++)
      if (operand[i].kind == INDEXED) row[i] = operand[i].start + *(const int32_t *)row[operand[i].index] * operand[i].rowStride;
    for (int i = 0; i < operations; i++) apply(&operation[i], row);
    if (++at == last) return;
    // One row on, as an odometer turns.
    int axis = rows.count - 1;
    while (axis >= 0 && ++index[axis] == rows.size[axis]) index[axis--] = 0;
    for (int i = 0; i < operands; i++) {
      if (operand[i].kind != MEMORY) continue;
      const ptrdiff_t *stride = operand[i].strides.stride;
      row[i] += stride[axis];
      for (int back = axis + 1; back < rows.count; back++) row[i] -= (rows.size[back] - 1) * stride[back];
    }
  }
}
