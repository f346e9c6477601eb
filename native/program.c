// Runs programs: lists of steps, each shared out among threads, with a barrier after every one.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "simd.h"
#include "step.h"

#define MAX_THREADS 64
#define FLUSH_DENORMALS 0x8040u

/// [no axes, target, words, value]
void fillStep(Reader reader, Share share) {
  axes(&reader);
  float *target = place(&reader);
  ptrdiff_t from, to;
  part(share, integer(&reader), &from, &to);
  const float value = number(&reader);
  for (ptrdiff_t i = from; i < to; i++) target[i] = value;
}

/// Any permutation. [axes, source, target]
void copyStep(Reader reader, Share share) {
  const Axes all = axes(&reader);
  Strides from, to;
  const float *source = tensor(&reader, &all, &from);
  float *target = tensor(&reader, &all, &to);
  const ptrdiff_t width = all.size[all.count - 1];
  const ptrdiff_t fromStep = from.stride[all.count - 1], toStep = to.stride[all.count - 1];
  ptrdiff_t first, last;
  part(share, total(&all) / width, &first, &last);
  for (ptrdiff_t row = first; row < last; row++) {
    const float *x = source + offsetAt(&all, &from, row * width);
    float *y = target + offsetAt(&all, &to, row * width);
    for (ptrdiff_t j = 0; j < width; j++) y[j * toStep] = x[j * fromStep];
  }
}

/// Additive masks: 0 where a token may look, -1e9 elsewhere. [no axes, target, segments, batch, seq, window]
void maskStep(Reader reader, Share share) {
  axes(&reader);
  float *target = place(&reader);
  const int32_t *segments = (const int32_t *)place(&reader);
  const ptrdiff_t batch = integer(&reader), seq = integer(&reader), window = integer(&reader);
  ptrdiff_t first, last;
  part(share, batch * seq, &first, &last);
  for (ptrdiff_t row = first; row < last; row++) {
    const ptrdiff_t query = row % seq;
    const int32_t *own = segments + row - query;
    for (ptrdiff_t key = 0; key < seq; key++) {
      const int sees = own[key] == own[query] && key <= query && key > query - window;
      target[row * seq + key] = sees ? 0.0f : -1e9f;
    }
  }
}

static void (*const steps[])(Reader, Share) = {packStep, productStep, smallProductStep, rowsStep, fillStep, copyStep, maskStep, loopStep};

#define MAX_LOOP_SLOTS 96

/// Goes through several steps for one repetition before the next, so that what lies between them stays in the cache.
/// The inner steps name slots of the loop's own: memory that moves on with the repetitions, or a thread's own.
/// [axes, pieces that may run side by side, slots, (isOwn, tensor | place, words of a thread), words, inner steps]
void loopStep(Reader reader, Share share) {
  const Axes repeated = axes(&reader);
  const ptrdiff_t pieces = integer(&reader);
  const int slots = (int)integer(&reader);
  char *start[MAX_LOOP_SLOTS];
  void *here[MAX_LOOP_SLOTS];
  Strides stride[MAX_LOOP_SLOTS];
  for (int i = 0; i < slots; i++) {
    const int isOwn = (int)integer(&reader);
    if (isOwn) {
      stride[i] = (Strides){0};
      start[i] = (char *)place(&reader);
      start[i] += 4 * integer(&reader) * share.thread;
    } else start[i] = (char *)tensor(&reader, &repeated, &stride[i]);
  }
  const ptrdiff_t words = integer(&reader), each = total(&repeated) / pieces;
  ptrdiff_t first, last;
  part(share, pieces, &first, &last);
  for (ptrdiff_t at = first * each; at < last * each; at++) {
    for (int i = 0; i < slots; i++) here[i] = start[i] + 4 * offsetAt(&repeated, &stride[i], at);
    for (const double *step = reader.word; step < reader.word + words; step += 3 + (ptrdiff_t)step[2])
      steps[(int)step[0]]((Reader){.word = step + 3, .slots = here}, (Share){.thread = 0, .threads = 1});
  }
}

typedef struct {
  const double *program;
  ptrdiff_t words;
  void *const *slots;
  int threads;
} Job;

static struct {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int started;
  unsigned long generation;
  Job job;
  atomic_int arrived;
  atomic_ulong passed;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void barrier(int threads) {
  if (threads == 1) return;
  const unsigned long round = atomic_load(&pool.passed);
  if (atomic_fetch_add(&pool.arrived, 1) + 1 == threads) {
    atomic_store(&pool.arrived, 0);
    atomic_fetch_add(&pool.passed, 1);
    return;
  }
  for (int spins = 0; atomic_load(&pool.passed) == round; spins++) {
    if (spins < 4000) _mm_pause();
    else sched_yield();
  }
}

/// A step is [kind, serial, words of its body, body].
static void work(const Job *job, int thread) {
  const unsigned control = _mm_getcsr();
  _mm_setcsr(control | FLUSH_DENORMALS);
  enterTiles();
  const double *end = job->program + job->words;
  for (const double *at = job->program; at < end;) {
    const int kind = (int)at[0], serial = (int)at[1];
    const Reader reader = {.word = at + 3, .slots = job->slots};
    if (!serial) steps[kind](reader, (Share){.thread = thread, .threads = job->threads});
    else if (thread == 0) steps[kind](reader, (Share){.thread = 0, .threads = 1});
    at += 3 + (ptrdiff_t)at[2];
    barrier(job->threads);
  }
  leaveTiles();
  _mm_setcsr(control);
}

static void *worker(void *number) {
  const int thread = (int)(intptr_t)number;
  unsigned long seen = 0;
  for (;;) {
    pthread_mutex_lock(&pool.lock);
    while (pool.generation == seen) pthread_cond_wait(&pool.wake, &pool.lock);
    seen = pool.generation;
    const Job job = pool.job;
    pthread_mutex_unlock(&pool.lock);
    if (thread < job.threads) work(&job, thread);
  }
  return NULL;
}

/// Runs a program. One caller at a time. Returns 0, or the error of a thread that could not be started.
int inoculate_run(const double *program, int64_t words, void *const *slots, int threads) {
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  const Job job = {.program = program, .words = words, .slots = slots, .threads = threads};
  if (threads > 1) {
    for (; pool.started < threads - 1; pool.started++) {
      pthread_t thread;
      const int error = pthread_create(&thread, NULL, worker, (void *)(intptr_t)(pool.started + 1));
      if (error) return error;
      pthread_detach(thread);
    }
    pthread_mutex_lock(&pool.lock);
    pool.job = job;
    pool.generation++;
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
  }
  work(&job, 0);
  return 0;
}

/// Asks the kernel for the use of tiles. Returns 0 when this process may use them.
int inoculate_request_tiles(void) {
#ifdef __AMX_TILE__
  const long requestPermission = 0x1023, tileData = 18;
  return (int)syscall(SYS_arch_prctl, requestPermission, tileData);
#else
  return 0;
#endif
}

/// Memory for a program, in pages of 2 MB where the system gives them. Returns NULL when there is none.
void *inoculate_allocate(int64_t bytes) {
  void *start = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  return start;
}

int inoculate_free(void *start, int64_t bytes) { return munmap(start, (size_t)bytes); }
