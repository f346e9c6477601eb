// One step of a program: what it does, and where its operands are.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// A program is a list of numbers. This walks along it.
typedef struct {
  const double *word;
  void *const *slots;
} Reader;

typedef struct {
  int thread;
  int threads;
} Share;

static inline ptrdiff_t integer(Reader *reader) { return (ptrdiff_t)*reader->word++; }
static inline float number(Reader *reader) { return (float)*reader->word++; }

/// A slot and an offset in words of 4 bytes.
static inline float *place(Reader *reader) {
  char *start = reader->slots[integer(reader)];
  return (float *)(start + 4 * integer(reader));
}

/// The part [from, to) of `count` equal pieces of work that falls to a thread.
static inline void part(Share share, ptrdiff_t count, ptrdiff_t *from, ptrdiff_t *to) {
  *from = count * share.thread / share.threads;
  *to = count * (share.thread + 1) / share.threads;
}

#define MAX_AXES 8

/// Leading axes that a step repeats itself over.
typedef struct {
  int count;
  ptrdiff_t size[MAX_AXES];
} Axes;

static inline Axes axes(Reader *reader) {
  Axes out = {.count = (int)integer(reader)};
  for (int i = 0; i < out.count; i++) out.size[i] = integer(reader);
  return out;
}

static inline ptrdiff_t total(const Axes *axes) {
  ptrdiff_t product = 1;
  for (int i = 0; i < axes->count; i++) product *= axes->size[i];
  return product;
}

/// One stride per leading axis, in words.
typedef struct {
  ptrdiff_t stride[MAX_AXES];
} Strides;

static inline Strides strides(Reader *reader, const Axes *axes) {
  Strides out = {0};
  for (int i = 0; i < axes->count; i++) out.stride[i] = integer(reader);
  return out;
}

/// Memory that differs from repetition to repetition.
static inline float *tensor(Reader *reader, const Axes *axes, Strides *out) {
  float *start = place(reader);
  *out = strides(reader, axes);
  return start;
}

/// The offset of the `index`-th repetition, counted in row-major order.
static inline ptrdiff_t offsetAt(const Axes *axes, const Strides *strides, ptrdiff_t index) {
  ptrdiff_t offset = 0;
  for (int i = axes->count - 1; i >= 0; i--) {
    offset += (index % axes->size[i]) * strides->stride[i];
    index /= axes->size[i];
  }
  return offset;
}

/// Words of a tile of 16 rows and 32 steps in bfloat16.
#define TILE_WORDS 256

/// Packs rows of one matrix, see pack.c. `target` begins with a cache line.
void packRows(float *target, int forB, ptrdiff_t rows, ptrdiff_t depth, const float *source, ptrdiff_t rowStride, ptrdiff_t depthStride, float factor);

// Every step begins with its axes. In the comments at the steps, a matrix or tensor stands for a slot, an offset and one
// stride per axis.
void packStep(Reader reader, Share share);
void productStep(Reader reader, Share share);
void smallProductStep(Reader reader, Share share);
void rowsStep(Reader reader, Share share);
void fillStep(Reader reader, Share share);
void copyStep(Reader reader, Share share);
void maskStep(Reader reader, Share share);
void loopStep(Reader reader, Share share);

void enterTiles(void);
void leaveTiles(void);
