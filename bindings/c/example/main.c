/* The C interface at work: golden trajectories of both networks, a working memory, and what is refused.
 * Prints a digest a line; `cargo xtask test --only "C library"` compares them with tests/golden/. Exits with 0 if all held. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "freezable_chaos.h"

#define N 128
#define SEED 7

static freezable_network network;
static float couplings[FREEZABLE_COUPLINGS_LENGTH(N)];
static uint64_t signs[FREEZABLE_SIGNS_LENGTH(N)];
static uint32_t exact_buffer[FREEZABLE_EXACT_LENGTH(N)];
static uint32_t compact_buffer[FREEZABLE_COMPACT_LENGTH(N)];
static uint8_t snapshot[64 + 4 * (N + N * (N + 1) / 2)];

static const freezable_params golden = {3.0f, 2.0f, 2.5f, 0.05f};
static int failures;

static void check(bool holds, const char *what) {
    if (!holds) {
        printf("FAILED %s\n", what);
        failures++;
    }
}

/* Small start; frozen from step 512 to 768; a line at every power of two, at the freeze and at the release. */
static void trajectory(const char *name, uint32_t n) {
    check(freezable_network_start(&network, FREEZABLE_START_SMALL, SEED, 0) == FREEZABLE_OK, "start");
    for (uint32_t step = 1; step <= 1024; step++) {
        check(freezable_network_step(&network, NULL) == FREEZABLE_OK, "step");
        if ((step & (step - 1)) == 0 || step == 512 || step == 768) {
            uint64_t digest = freezable_network_digest(&network);
            printf("%s %" PRIu32 " %" PRIu32 " %08" PRIx32 "%08" PRIx32 "\n", name, n, step, (uint32_t)(digest >> 32),
                   (uint32_t)digest);
        }
        if (step == 512) {
            freezable_network_freeze(&network);
            check(freezable_network_is_frozen(&network), "frozen");
        }
        if (step == 768) {
            freezable_network_release(&network);
            check(!freezable_network_is_frozen(&network), "released");
        }
    }
}

static void goldens(uint32_t n) {
    freezable_error error;
    check(freezable_exact_couplings(golden, n, SEED, 0, couplings, FREEZABLE_COUPLINGS_LENGTH(n), &error) == FREEZABLE_OK,
          "couplings");
    check(freezable_exact_init(&network, golden, n, couplings, FREEZABLE_COUPLINGS_LENGTH(n), exact_buffer,
                               FREEZABLE_EXACT_LENGTH(n), &error) == FREEZABLE_OK,
          "exact network");
    trajectory("exact", n);
    check(freezable_compact_init(&network, golden, n, NULL, 0, SEED, 0, compact_buffer, FREEZABLE_COMPACT_LENGTH(n),
                                 &error) == FREEZABLE_OK,
          "compact network, hashed");
    trajectory("compact", n);
    check(freezable_compact_signs(golden, n, SEED, 0, signs, FREEZABLE_SIGNS_LENGTH(n), &error) == FREEZABLE_OK, "signs");
    check(freezable_compact_init(&network, golden, n, signs, FREEZABLE_SIGNS_LENGTH(n), 0, 0, compact_buffer,
                                 FREEZABLE_COMPACT_LENGTH(n), &error) == FREEZABLE_OK,
          "compact network, stored");
    trajectory("compact", n);
}

/* Written by an input, held, kept as bytes, disturbed and recalled. */
static void working_memory(void) {
    static float cue[N], remembered[N];
    static const freezable_params freezable = {1.5f, 1.5f, 2.5f, 0.05f};
    float speed, largest, overlap;
    uint64_t held;
    freezable_exact_couplings(freezable, N, 46, 0, couplings, FREEZABLE_COUPLINGS_LENGTH(N), NULL);
    freezable_exact_init(&network, freezable, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), exact_buffer,
                         FREEZABLE_EXACT_LENGTH(N), NULL);
    freezable_network_start(&network, FREEZABLE_START_SMALL, 2, 0);
    for (int i = 0; i < N; i++)
        cue[i] = (i * 7 + i / 3) % 2 ? 1.0f : -1.0f;
    for (int step = 0; step < 4000; step++)
        check(freezable_network_step(&network, NULL) == FREEZABLE_OK, "step");
    for (int step = 0; step < 400; step++)
        check(freezable_network_step_with_input(&network, cue, N, NULL) == FREEZABLE_OK, "step with input");
    for (int step = 0; step < 20; step++)
        check(freezable_network_step(&network, NULL) == FREEZABLE_OK, "step of rest");
    freezable_network_freeze(&network);
    memcpy(remembered, freezable_network_rates(&network), sizeof remembered);
    for (int step = 0; step < 4000; step++)
        freezable_network_step(&network, NULL);
    check(freezable_network_speed(&network, &speed, &largest) == FREEZABLE_OK && speed < 1e-4f, "frozen it stands still");
    check(freezable_network_overlap(&network, remembered, N, &overlap, NULL) == FREEZABLE_OK && overlap > 0.9f,
          "frozen it remembers");
    check(freezable_network_snapshot_length(&network) <= sizeof snapshot, "the snapshot fits");
    check(freezable_network_snapshot(&network, snapshot, sizeof snapshot, NULL) == FREEZABLE_OK, "snapshot");
    held = freezable_network_digest(&network);
    freezable_network_release(&network);
    for (int step = 0; step < 100; step++)
        freezable_network_step(&network, NULL);
    check(freezable_network_digest(&network) != held, "released it moves");
    check(freezable_network_restore(&network, snapshot, freezable_network_snapshot_length(&network), NULL) ==
              FREEZABLE_OK,
          "restore");
    check(freezable_network_digest(&network) == held && freezable_network_is_frozen(&network), "recalled bit for bit");
}

/* Couplings of one's own, row by row; whatever else lies in a buffer is refused. */
static void own_couplings(void) {
    static float rows[N * N];
    static int8_t sign_rows[17 * 17];
    freezable_error error;
    uint64_t digest;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            rows[i * N + j] = (float)((i * 5 + j * 3) % 11 - 5) / 16.0f;
    for (int place = 0; place < 17 * 17; place++)
        sign_rows[place] = place * place % 5 < 2 ? 1 : -1;
    check(freezable_exact_couplings_from_rows(golden, N, rows, N * N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), &error) ==
              FREEZABLE_OK,
          "a matrix of one's own");
    check(freezable_exact_init(&network, golden, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), exact_buffer,
                               FREEZABLE_EXACT_LENGTH(N), &error) == FREEZABLE_OK,
          "a network of it");
    freezable_network_start(&network, FREEZABLE_START_SMALL, SEED, 0);
    freezable_network_step(&network, NULL);
    digest = freezable_network_digest(&network);
    check(freezable_exact_init(&network, golden, N, rows, N * N, exact_buffer, FREEZABLE_EXACT_LENGTH(N), &error) ==
              FREEZABLE_COUPLINGS,
          "a bare matrix in place of an image");
    couplings[8] += 1.0f;
    check(freezable_exact_init(&network, golden, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), exact_buffer,
                               FREEZABLE_EXACT_LENGTH(N), &error) == FREEZABLE_COUPLINGS,
          "an image that was changed");
    rows[3 * N + 2] = couplings[8] / 0.0f;
    check(freezable_exact_couplings_from_rows(golden, N, rows, N * N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), &error) ==
                  FREEZABLE_NOT_FINITE &&
              error.value == 3 && error.bound == 2,
          "a matrix that is not finite");
    check(freezable_exact_couplings_from_rows(golden, N, rows, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), &error) ==
                  FREEZABLE_LENGTH &&
              error.bound == N * N,
          "a matrix of another length");
    check(freezable_exact_couplings_from_rows(golden, N, couplings + 1, N * N, couplings, FREEZABLE_COUPLINGS_LENGTH(N),
                                              &error) == FREEZABLE_OVERLAP,
          "a matrix within its couplings");
    check(freezable_compact_signs_from_rows(golden, 17, (const int8_t *)signs, 17 * 17, signs, FREEZABLE_SIGNS_LENGTH(17),
                                            &error) == FREEZABLE_OVERLAP,
          "rows within their signs");
    check(freezable_compact_signs_from_rows(golden, 17, sign_rows, 17 * 17, signs, FREEZABLE_SIGNS_LENGTH(17), &error) ==
              FREEZABLE_OK,
          "signs of one's own");
    check(freezable_compact_init(&network, golden, 17, signs, FREEZABLE_SIGNS_LENGTH(17), 0, 0, compact_buffer,
                                 FREEZABLE_COMPACT_LENGTH(17), &error) == FREEZABLE_OK,
          "a network of them");
    freezable_network_start(&network, FREEZABLE_START_SMALL, SEED, 0);
    check(freezable_network_step(&network, NULL) == FREEZABLE_OK && freezable_network_digest(&network) != digest,
          "a step of it");
    sign_rows[20] = 3;
    check(freezable_compact_signs_from_rows(golden, 17, sign_rows, 17 * 17, signs, FREEZABLE_SIGNS_LENGTH(17), &error) ==
                  FREEZABLE_PARAMETER &&
              error.value == 3,
          "a sign that is none");
}

static bool names(const freezable_error *error, const char *what) {
    return error->what_length == strlen(what) && memcmp(error->what, what, error->what_length) == 0;
}

#include "refusals.h"

static void refusals(void) {
    static freezable_network zeroed;
    static float unfit[N];
    float overlap;
    freezable_error error;
    freezable_params wrong = golden;
    const uint64_t held = freezable_network_digest(&network);
    wrong.dt = 3.0f;
    check(freezable_network_step(NULL, NULL) == FREEZABLE_NULL, "a network that is NULL");
    check(freezable_network_step(&zeroed, &error) == FREEZABLE_NOT_INITIALISED, "a network of zeros");
    check(freezable_network_digest(NULL) == 0 && freezable_network_rates(&zeroed) == NULL, "values of no network");
    check(freezable_network_step_with_input(&network, couplings, 3, &error) == FREEZABLE_LENGTH && error.value == 3 &&
              error.bound == N,
          "an input of another length");
    check(freezable_network_start(&network, 7, 1, 0) == FREEZABLE_PARAMETER, "a start that is none");
    unfit[5] = couplings[9] / 0.0f;
    check(freezable_network_step_with_input(&network, unfit, N, &error) == FREEZABLE_NOT_FINITE && error.value == 5 &&
              names(&error, "the input"),
          "an input that is not finite");
    check(freezable_network_start_from(&network, unfit, N, &error) == FREEZABLE_NOT_FINITE &&
              names(&error, "the initial state"),
          "a state that is not finite");
    check(freezable_network_overlap(&network, unfit, N, &overlap, &error) == FREEZABLE_NOT_FINITE,
          "remembered rates that are not finite");
    snapshot[60] ^= 1;
    check(freezable_network_restore(&network, snapshot, freezable_network_snapshot_length(&network), &error) ==
              FREEZABLE_SNAPSHOT,
          "a snapshot with a flipped bit");
    check(freezable_network_digest(&network) == held, "what is refused changes nothing");
    check(freezable_exact_init(&zeroed, golden, N, NULL, 0, exact_buffer, FREEZABLE_EXACT_LENGTH(N), &error) ==
              FREEZABLE_NULL,
          "couplings that are NULL");
    check(freezable_exact_init(&zeroed, golden, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N) - 5, exact_buffer,
                               FREEZABLE_EXACT_LENGTH(N), &error) == FREEZABLE_LENGTH,
          "couplings of another length");
    check(freezable_exact_init(&zeroed, golden, N, couplings, FREEZABLE_COUPLINGS_LENGTH(N), exact_buffer, 9, &error) ==
                  FREEZABLE_LENGTH &&
              error.bound == (double)FREEZABLE_EXACT_LENGTH(N),
          "a buffer of another length");
    check(freezable_exact_couplings(wrong, N, 1, 0, couplings, FREEZABLE_COUPLINGS_LENGTH(N), &error) ==
                  FREEZABLE_PARAMETER &&
              names(&error, "dt") && error.value == 3.0 && error.bound == 1.0,
          "a step that is too long");
    check(freezable_compact_init(&zeroed, golden, FREEZABLE_COMPACT_LIMIT + 1, NULL, 0, 1, 0, compact_buffer, 1, &error) ==
                  FREEZABLE_PARAMETER &&
              names(&error, "n"),
          "too many neurons");
    check(freezable_network_size(&zeroed) == 0, "a network that was refused");
}

int main(void) {
    printf("contract %u\n", (unsigned)freezable_contract_version());
    goldens(17);
    goldens(64);
    goldens(N);
    working_memory();
    refusals();
    misaligned();
    overlapping();
    out_of_range();
    other_arithmetic();
    own_couplings();
    printf("%s\n", failures ? "failed" : "done");
    return failures != 0;
}
