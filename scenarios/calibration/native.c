/* What operations on memory and between threads cost on this machine: each function gives nanoseconds of one operation,
   a negative number where it could not be measured. Compiled by the C compiler at hand when it is needed. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE = 128, WORDS = 64 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void pin(int cpu) {
#ifdef __linux__
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
#else
    (void)cpu;
#endif
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t counter;
static volatile uint64_t sink;

double measure_mutex(int64_t times) {
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        pthread_mutex_lock(&mutex);
        sink++;
        pthread_mutex_unlock(&mutex);
    }
    return (now() - begin) / (double)times;
}

double measure_compare_and_swap(int64_t times) {
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        uint64_t seen = atomic_load(&counter);
        if (!atomic_compare_exchange_strong(&counter, &seen, seen + 1)) return -1.0;
    }
    return (now() - begin) / (double)times;
}

double measure_fetch_add(int64_t times) {
    double begin = now();
    for (int64_t i = 0; i < times; i++) atomic_fetch_add(&counter, 1);
    return (now() - begin) / (double)times;
}

/* A reader says that it reads, follows a pointer, and says that it is done. */
double measure_read(int64_t times) {
    static uint64_t value = 7;
    static uint64_t *_Atomic shared = &value;
    static _Atomic int reads;
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        atomic_store_explicit(&reads, 1, memory_order_seq_cst);
        sink += *atomic_load_explicit(&shared, memory_order_acquire);
        atomic_store_explicit(&reads, 0, memory_order_release);
    }
    return (now() - begin) / (double)times;
}

/* An update copies 64 words into a new block, changes one, publishes it, and frees the one before. */
double measure_update(int64_t times) {
    uint64_t *_Atomic shared = calloc(WORDS, sizeof(uint64_t));
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        uint64_t *before = atomic_load(&shared), *after = malloc(WORDS * sizeof(uint64_t));
        memcpy(after, before, WORDS * sizeof(uint64_t));
        after[i % WORDS]++;
        atomic_store_explicit(&shared, after, memory_order_release);
        free(before);
    }
    double took = (now() - begin) / (double)times;
    free(shared);
    return took;
}

/* A bounded buffer under a mutex with a condition that nobody waits for: a value put in and taken out. */
double measure_channel(int64_t times) {
    static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
    static uint64_t buffer[16];
    static unsigned length, first;
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        pthread_mutex_lock(&mutex);
        buffer[(first + length++) % 16] = (uint64_t)i;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&mutex);
        pthread_mutex_lock(&mutex);
        sink += buffer[first];
        first = (first + 1) % 16;
        length--;
        pthread_cond_signal(&emptied);
        pthread_mutex_unlock(&mutex);
    }
    return (now() - begin) / (double)times;
}

double measure_spin(int64_t times) {
    double begin = now();
    for (int64_t i = 0; i < times; i++) {
        sink += atomic_load_explicit(&counter, memory_order_acquire);
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    }
    return (now() - begin) / (double)times;
}

/* Two threads that answer each other by a word of memory, on two processors. */
static struct {
    _Alignas(LINE) _Atomic int64_t turn;
    int64_t times;
    int cpu;
} game;

static void *answer_by_memory(void *unused) {
    (void)unused;
    pin(game.cpu);
    for (int64_t i = 0; i < game.times; i++) {
        while (atomic_load_explicit(&game.turn, memory_order_acquire) != 2 * i + 1)
            ;
        atomic_store_explicit(&game.turn, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

double measure_transfer(int64_t times, int one, int other) {
    pthread_t thread;
    game.times = times;
    game.cpu = other;
    atomic_store(&game.turn, 0);
    if (pthread_create(&thread, NULL, answer_by_memory, NULL)) return -1.0;
    pin(one);
    double begin = 0.0;
    for (int64_t i = 0; i < times; i++) {
        if (i == 1) begin = now();
        atomic_store_explicit(&game.turn, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&game.turn, memory_order_acquire) != 2 * i + 2)
            ;
    }
    double took = (now() - begin) / (double)(times - 1) / 2.0;
    pthread_join(thread, NULL);
    return took;
}

/* Two threads that answer each other by a condition, and sleep meanwhile. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int64_t turn, times;
} sleepers = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

static void take_turns(int64_t parity, double *signalling) {
    for (int64_t i = 0; i < sleepers.times; i++) {
        pthread_mutex_lock(&sleepers.mutex);
        while (sleepers.turn != 2 * i + parity) pthread_cond_wait(&sleepers.changed, &sleepers.mutex);
        sleepers.turn++;
        double begin = signalling == NULL ? 0.0 : now();
        pthread_cond_signal(&sleepers.changed);
        if (signalling != NULL) *signalling += now() - begin;
        pthread_mutex_unlock(&sleepers.mutex);
    }
}

static void *answer_by_condition(void *unused) {
    (void)unused;
    take_turns(1, NULL);
    return NULL;
}

static double play_with_sleepers(int64_t times, double *signalling) {
    pthread_t thread;
    sleepers.turn = 0;
    sleepers.times = times;
    if (pthread_create(&thread, NULL, answer_by_condition, NULL)) return -1.0;
    double begin = now();
    take_turns(0, signalling);
    pthread_join(thread, NULL);
    return (now() - begin) / (double)times / 2.0;
}

double measure_wake(int64_t times) {
    return play_with_sleepers(times, NULL);
}

/* Of the same, what the call takes by which one thread wakes the other. */
double measure_signal(int64_t times) {
    double signalling = 0.0, took = play_with_sleepers(times, &signalling);
    return took < 0.0 ? took : signalling / (double)times;
}

/* Reads that each need the one before, over a memory of so many bytes, in an order that no prefetcher guesses. */
double measure_chase(int64_t times, int64_t bytes, int64_t stride) {
    int64_t places = bytes / stride;
    char *memory = NULL;
    if (places < 2 || posix_memalign((void **)&memory, 4096, (size_t)(places * stride))) return -1.0;
    int64_t *order = malloc((size_t)places * sizeof(int64_t));
    if (order == NULL) {
        free(memory);
        return -1.0;
    }
    uint64_t state = 88172645463325252ULL;
    for (int64_t i = 0; i < places; i++) order[i] = i;
    for (int64_t i = places - 1; i > 0; i--) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        int64_t j = (int64_t)(state % (uint64_t)(i + 1)), kept = order[i];
        order[i] = order[j], order[j] = kept;
    }
    for (int64_t i = 0; i < places; i++)
        *(void **)(memory + order[i] * stride) = memory + order[(i + 1) % places] * stride;
    void **at = (void **)(memory + order[0] * stride);
    free(order);
    for (int64_t i = 0; i < places && i < 100000; i++) at = (void **)*at;
    double begin = now();
    for (int64_t i = 0; i < times; i++) at = (void **)*at;
    double took = (now() - begin) / (double)times;
    sink += (uint64_t)(uintptr_t)at;
    free(memory);
    return took;
}

/* Nanoseconds of writing one byte of every `stride` bytes, over a memory of so many bytes. */
double measure_stride(int64_t rounds, int64_t bytes, int64_t stride) {
    volatile char *memory = calloc(1, (size_t)bytes);
    if (memory == NULL) return -1.0;
    for (int64_t i = 0; i < bytes; i += 4096) memory[i] = 1;
    double begin = now();
    for (int64_t round = 0; round < rounds; round++)
        for (int64_t i = 0; i < bytes; i += stride) memory[i]++;
    double took = (now() - begin) / ((double)rounds * (double)(bytes / stride));
    free((void *)memory);
    return took;
}

/* Nanoseconds of copying one byte, in a copy of so many. */
double measure_copy(int64_t rounds, int64_t bytes) {
    char *from = malloc((size_t)bytes), *to = malloc((size_t)bytes);
    if (from == NULL || to == NULL) {
        free(from);
        free(to);
        return -1.0;
    }
    memset(from, 1, (size_t)bytes);
    memset(to, 2, (size_t)bytes);
    double begin = now();
    for (int64_t round = 0; round < rounds; round++) {
        memcpy(to, from, (size_t)bytes);
        sink += (uint64_t)to[round % bytes];
    }
    double took = (now() - begin) / ((double)rounds * (double)bytes);
    free(from);
    free(to);
    return took;
}
