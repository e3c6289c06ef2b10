/* Freezable chaos: a chaotic recurrent network with plastic synapses that can be frozen (Clark and Abbott, Physical
 * Review X 14, 021001, 2024). The kernel of https://docs.rs/freezable-chaos for firmware in C.
 *
 *     dx/dt = -x + (J + A) phi(x) + I          phi = tanh
 *     p dA/dt = -A + (k/N) phi phi^T           while the plasticity runs
 *
 * No heap: the caller provides all memory and keeps it in place for as long as the network is used. No function blocks,
 * allocates or panics. The same seeds give the same bits on every target. Time is in units of the neuronal time constant.
 * A network must not be used from two threads, or from a thread and an interrupt, at the same time.
 */
#ifndef FREEZABLE_CHAOS_H
#define FREEZABLE_CHAOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a call. Not an enumeration, whose size depends on the compiler's options. */
typedef int32_t freezable_status;
enum {
    FREEZABLE_OK = 0,
    /* A pointer is NULL. */
    FREEZABLE_NULL = 1,
    /* The network was not initialised. */
    FREEZABLE_NOT_INITIALISED = 2,
    /* A parameter is out of its range. */
    FREEZABLE_PARAMETER = 3,
    /* A buffer has another length than needed: `bound` is the one needed; or more elements than memory can have. */
    FREEZABLE_LENGTH = 4,
    /* The step would make the state of neuron `value` infinite or not a number; the network is as it was. */
    FREEZABLE_DIVERGED = 5,
    /* The bytes are no intact snapshot of such a network; the network is as it was. */
    FREEZABLE_SNAPSHOT = 6,
    /* A pointer is not aligned as its type needs: `value` is the rest of the address modulo `bound`. With details that
     * are not aligned, nothing is done and nothing is written to them. */
    FREEZABLE_ALIGNMENT = 7,
    /* Memory of this argument is used by another argument or by the network: `value` is the number of bytes. */
    FREEZABLE_OVERLAP = 8,
    /* The processor is set to another arithmetic than that of the contract, and `what` says to which: see
     * freezable_environment_check. */
    FREEZABLE_ENVIRONMENT = 9,
    /* The element of this number (`value`) of what was handed in is infinite or not a number; the network is as it was. Of
     * a matrix of couplings, `value` is the row and `bound` the column. */
    FREEZABLE_NOT_FINITE = 10,
    /* The couplings are not what this library wrote for such a network: perhaps bare values in an order of their own. */
    FREEZABLE_COUPLINGS = 11
};

/* What is wrong: a name that is not terminated, the value and the bound. Each pointer to it may be NULL. */
typedef struct freezable_error {
    const char *what;
    size_t what_length; /* printf("%.*s", (int)error.what_length, error.what) */
    double value;
    double bound;
} freezable_error;

/* Parameters: gain g >= 0, strength of the plasticity k (k > 0 Hebbian), time constant of the synapses p, Euler step dt,
 * 0 < dt <= min(1, p). */
typedef struct freezable_params {
    float g, k, p, dt;
} freezable_params;

/* What a network starts from: small, x of standard deviation 0.1 and A = 0; or large, 3 and A = (k/N) phi phi^T. */
typedef int32_t freezable_start;
enum { FREEZABLE_START_SMALL = 0, FREEZABLE_START_LARGE = 1 };

/* A network: opaque, in memory of the caller; a copy is no network. */
typedef struct freezable_network {
    uint64_t opaque[48];
} freezable_network;

/* Lengths of buffers for n neurons. */
#define FREEZABLE_BLOCKS(n) (((size_t)(n) + 3) / 4)
/* float: quenched couplings J of an exact network, an image: a header and the values in an order of the library's own.
 * In RAM, or const in flash. */
#define FREEZABLE_COUPLINGS_LENGTH(n) (8 + 16 * FREEZABLE_BLOCKS(n) * FREEZABLE_BLOCKS(n))
/* uint32_t: everything that an exact network changes; about 2 n (n + 8) bytes. */
#define FREEZABLE_EXACT_LENGTH(n) (3 * (size_t)(n) + 8 * FREEZABLE_BLOCKS(n) * (FREEZABLE_BLOCKS(n) + 1))
/* uint64_t: signs of J of a compact network, an image as above of n^2 / 8 bytes. In RAM, or const in flash. */
#define FREEZABLE_SIGNS_LENGTH(n) (4 + (size_t)(n) * (((size_t)(n) + 63) / 64))
/* uint32_t: everything that a compact network changes; 24 n + 8192 bytes. */
#define FREEZABLE_COMPACT_LENGTH(n) (6 * (size_t)(n) + 2048)
/* A network has 1 to so many neurons. */
#define FREEZABLE_NEURON_LIMIT 1048576
/* Neurons of the largest compact network of this interface. */
#define FREEZABLE_COMPACT_LIMIT 2047

/* Version of the arithmetic: libraries of the same version give the same bits. */
uint16_t freezable_contract_version(void);

/* Looks at the floating-point environment of the calling thread. The bits rest on rounding to nearest, ties to even, with
 * subnormals kept; flush-to-zero, denormals-are-zero and other rounding modes are refused by name. Every function that draws
 * couplings or puts a network together looks by itself; a step does not, so call this where other code may have changed
 * the setting since (a library or a start-up code of -ffast-math does: MXCSR on x86-64, FPCR on AArch64, FPSCR on
 * Cortex-M, frm on RISC-V), and on every thread that steps. */
freezable_status freezable_environment_check(freezable_error *error);

/* Draws the Gaussian couplings of an exact network. `network_index` tells networks of the same seed apart. */
freezable_status freezable_exact_couplings(freezable_params params, uint32_t n, uint64_t seed, uint32_t network_index,
                                           float *couplings, size_t couplings_length, freezable_error *error);

/* Takes couplings of your own: n * n values row by row, J_ij from neuron j to neuron i. The gain plays no part in them. Rows and
 * couplings must not overlap. */
freezable_status freezable_exact_couplings_from_rows(freezable_params params, uint32_t n, const float *rows,
                                                     size_t rows_length, float *couplings, size_t couplings_length,
                                                     freezable_error *error);

/* The exact network: J as one of the above wrote it, full A. At rest: start it. Network, couplings and buffer must not
 * overlap; what is refused for its arguments changes nothing. */
freezable_status freezable_exact_init(freezable_network *network, freezable_params params, uint32_t n,
                                      const float *couplings, size_t couplings_length, uint32_t *buffer,
                                      size_t buffer_length, freezable_error *error);

/* Draws the signs of J of a compact network: those that it hashes by itself without them. */
freezable_status freezable_compact_signs(freezable_params params, uint32_t n, uint64_t seed, uint32_t network_index,
                                         uint64_t *signs, size_t signs_length, freezable_error *error);

/* Takes signs of your own: n * n values row by row, each 1 or -1. */
freezable_status freezable_compact_signs_from_rows(freezable_params params, uint32_t n, const int8_t *rows,
                                                   size_t rows_length, uint64_t *signs, size_t signs_length,
                                                   freezable_error *error);

/* The compact network: J of signs +-g/sqrt(n), A from the last 8 samples of the rates, 0.4 p apart. With signs == NULL
 * and signs_length == 0 they are hashed from the seed whenever they are needed, which is slower. At rest: start it. */
freezable_status freezable_compact_init(freezable_network *network, freezable_params params, uint32_t n,
                                        const uint64_t *signs, size_t signs_length, uint64_t seed,
                                        uint32_t network_index, uint32_t *buffer, size_t buffer_length,
                                        freezable_error *error);

/* Starts anew from a random state. */
freezable_status freezable_network_start(freezable_network *network, freezable_start start, uint64_t seed,
                                         uint32_t network_index);
/* Starts anew from n given states, with A = 0. They, and an input or a snapshot, must not lie in the network's buffer. */
freezable_status freezable_network_start_from(freezable_network *network, const float *state, size_t length,
                                              freezable_error *error);
/* One step of the Euler map. */
freezable_status freezable_network_step(freezable_network *network, freezable_error *error);
/* One step with an input I of n values. */
freezable_status freezable_network_step_with_input(freezable_network *network, const float *input, size_t length,
                                                   freezable_error *error);
/* Halts the plasticity: the present state becomes a fixed point, where the parameters allow it. */
freezable_status freezable_network_freeze(freezable_network *network);
/* Lets the plasticity run again. */
freezable_status freezable_network_release(freezable_network *network);
/* Whether the plasticity is halted; false of a network that was not initialised, whose other values are 0 or NULL. */
bool freezable_network_is_frozen(const freezable_network *network);
/* Number of neurons. */
uint32_t freezable_network_size(const freezable_network *network);
/* Steps since the start. */
uint64_t freezable_network_steps(const freezable_network *network);
/* FNV-1a of the bits of x and A. */
uint64_t freezable_network_digest(const freezable_network *network);
/* The n states x, and rates phi(x), valid until the next call that changes the network. */
const float *freezable_network_state(const freezable_network *network);
const float *freezable_network_rates(const freezable_network *network);
/* Root mean square and largest magnitude of dx/dt in the last step; both 0 before the first. */
freezable_status freezable_network_speed(const freezable_network *network, float *root_mean_square, float *largest);
/* Cosine between the present rates and n remembered ones. */
freezable_status freezable_network_overlap(const freezable_network *network, const float *remembered, size_t length,
                                           float *overlap, freezable_error *error);
/* Bytes of a snapshot. */
size_t freezable_network_snapshot_length(const freezable_network *network);
/* Writes the whole state into the start of a buffer. */
freezable_status freezable_network_snapshot(const freezable_network *network, uint8_t *bytes, size_t length,
                                            freezable_error *error);
/* Takes the state of a snapshot; it then runs on as the network did that was never stopped. */
freezable_status freezable_network_restore(freezable_network *network, const uint8_t *bytes, size_t length,
                                           freezable_error *error);

#ifdef __cplusplus
}
#endif

#endif
