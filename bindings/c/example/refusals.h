/* What the C interface refuses: memory that is not aligned or is used twice, sizes out of range, another arithmetic. */
#include <fenv.h>

/* A pointer so many bytes further on, as no careful program makes one. */
static void *moved(void *pointer, size_t bytes) { return (char *)pointer + bytes; }

static freezable_status build_exact(freezable_network *at, const float *j, uint32_t *buffer, freezable_error *error) {
    return freezable_exact_init(at, golden, 17, j, FREEZABLE_COUPLINGS_LENGTH(17), buffer, FREEZABLE_EXACT_LENGTH(17), error);
}

static freezable_status build_compact(freezable_network *at, const uint64_t *with, uint32_t *buffer, freezable_error *error) {
    return freezable_compact_init(at, golden, 17, with, with ? FREEZABLE_SIGNS_LENGTH(17) : 0, 1, 0, buffer,
                                  FREEZABLE_COMPACT_LENGTH(17), error);
}

static void misaligned(void) {
    freezable_error error;
    float speed, overlap;
    const uint64_t held = freezable_network_digest(&network);
    const float *rates = freezable_network_rates(&network);
    check(build_exact(&network, moved(couplings, 1), exact_buffer, &error) == FREEZABLE_ALIGNMENT &&
              names(&error, "couplings") && error.value == 1 && error.bound == 4,
          "couplings that are not aligned");
    check(build_exact(&network, couplings, moved(exact_buffer, 2), &error) == FREEZABLE_ALIGNMENT && names(&error, "buffer"),
          "a buffer that is not aligned");
    check(build_compact(&network, moved(signs, 2), compact_buffer, &error) == FREEZABLE_ALIGNMENT && names(&error, "signs"),
          "signs that are not aligned");
    check(freezable_exact_couplings(golden, 17, 1, 0, moved(couplings, 3), FREEZABLE_COUPLINGS_LENGTH(17), &error) ==
              FREEZABLE_ALIGNMENT,
          "couplings to draw that are not aligned");
    check(freezable_network_step(moved(&network, 2), NULL) == FREEZABLE_ALIGNMENT, "a network that is not aligned");
    check(freezable_network_step_with_input(&network, moved(couplings, 2), N, &error) == FREEZABLE_ALIGNMENT,
          "an input that is not aligned");
    check(freezable_network_start_from(&network, moved(couplings, 2), N, &error) == FREEZABLE_ALIGNMENT,
          "a state that is not aligned");
    check(freezable_network_speed(&network, &speed, moved(&speed, 1)) == FREEZABLE_ALIGNMENT, "a speed that is not aligned");
    check(freezable_network_overlap(&network, rates, N, moved(&overlap, 1), NULL) == FREEZABLE_ALIGNMENT,
          "an overlap that is not aligned");
    check(freezable_network_step(&network, moved(&error, 1)) == FREEZABLE_ALIGNMENT, "details that are not aligned");
    check(freezable_network_digest(&network) == held, "what is not aligned changes nothing");
}

static void overlapping(void) {
    static union {
        float couplings[FREEZABLE_COUPLINGS_LENGTH(17) + FREEZABLE_EXACT_LENGTH(17)];
        uint32_t buffer[FREEZABLE_COUPLINGS_LENGTH(17) + FREEZABLE_EXACT_LENGTH(17)];
        uint64_t signs[FREEZABLE_SIGNS_LENGTH(17) + FREEZABLE_COMPACT_LENGTH(17)];
        freezable_network network;
    } both;
    const size_t behind = FREEZABLE_COUPLINGS_LENGTH(17);
    freezable_network copy;
    freezable_error error;
    float *state = (float *)moved(exact_buffer, 0);
    check(freezable_exact_couplings(golden, 17, SEED, 0, both.couplings, behind, NULL) == FREEZABLE_OK, "couplings");
    check(build_exact(&network, both.couplings, both.buffer + behind - 1, &error) == FREEZABLE_OVERLAP &&
              names(&error, "buffer") && error.value == 4,
          "a buffer that begins within the couplings");
    check(build_exact(&network, both.couplings, both.buffer, &error) == FREEZABLE_OVERLAP, "a buffer in place of the couplings");
    check(build_exact(&both.network, couplings, both.buffer, &error) == FREEZABLE_OVERLAP, "a network within its buffer");
    check(build_exact(&both.network, both.couplings, exact_buffer, &error) == FREEZABLE_OVERLAP &&
              names(&error, "couplings"),
          "a network within its couplings");
    check(build_compact(&network, both.signs, both.buffer, &error) == FREEZABLE_OVERLAP, "a buffer in place of the signs");
    check(build_exact(&network, both.couplings, both.buffer + behind, &error) == FREEZABLE_OK, "one right behind the other");
    check(build_exact(&network, both.couplings, exact_buffer, &error) == FREEZABLE_OK, "an exact network");
    check(freezable_network_start(&network, FREEZABLE_START_SMALL, SEED, 0) == FREEZABLE_OK, "start");
    check(freezable_network_start_from(&network, state, 17, &error) == FREEZABLE_OVERLAP && names(&error, "state"),
          "a state within the buffer");
    check(freezable_network_step_with_input(&network, freezable_network_rates(&network), 17, &error) == FREEZABLE_OVERLAP,
          "an input that is the network's own rates");
    check(freezable_network_snapshot(&network, (uint8_t *)exact_buffer, sizeof exact_buffer, &error) == FREEZABLE_OVERLAP,
          "a snapshot over the buffer");
    check(freezable_network_snapshot(&network, (uint8_t *)both.couplings, sizeof both, &error) == FREEZABLE_OVERLAP,
          "a snapshot over the couplings");
    check(freezable_network_restore(&network, (uint8_t *)exact_buffer, 100, &error) == FREEZABLE_OVERLAP,
          "a snapshot within the buffer");
    check(freezable_network_overlap(&network, state, 17, state, &error) == FREEZABLE_OVERLAP, "an overlap into the buffer");
    check(freezable_network_overlap(&network, freezable_network_rates(&network), 17, &both.couplings[behind], &error) ==
              FREEZABLE_OK,
          "the overlap of the rates with themselves");
    check(freezable_network_speed(&network, state, state + 1) == FREEZABLE_OVERLAP, "speeds into the buffer");
    memcpy(&copy, &network, sizeof copy);
    check(freezable_network_step(&copy, NULL) == FREEZABLE_NOT_INITIALISED, "a copy of a network");
}

static void out_of_range(void) {
    freezable_error error;
    const size_t longest = (size_t)-1;
    check(freezable_exact_couplings(golden, 0, 1, 0, couplings, 0, &error) == FREEZABLE_PARAMETER && names(&error, "n") &&
              error.value == 0 && error.bound == 1,
          "no neurons");
    check(freezable_exact_init(&network, golden, FREEZABLE_NEURON_LIMIT + 1, couplings, 0, exact_buffer, 0, &error) ==
                  FREEZABLE_PARAMETER &&
              names(&error, "n") && error.value == FREEZABLE_NEURON_LIMIT + 1 && error.bound == FREEZABLE_NEURON_LIMIT,
          "too many neurons");
    check(freezable_compact_init(&network, golden, FREEZABLE_COMPACT_LIMIT + 1, NULL, 0, 1, 0, compact_buffer, 1, &error) ==
                  FREEZABLE_PARAMETER &&
              names(&error, "n") && error.bound == FREEZABLE_COMPACT_LIMIT,
          "too many neurons for the compact network");
    check(freezable_exact_init(&network, golden, FREEZABLE_NEURON_LIMIT, couplings, longest, exact_buffer, longest, &error) ==
              FREEZABLE_LENGTH,
          "more elements than memory can have");
    check(freezable_network_snapshot(&network, snapshot, longest, &error) == FREEZABLE_LENGTH, "a snapshot of that length");
}

/* Where the C library can set a rounding mode; newlib for microcontrollers may not. */
static void other_arithmetic(void) {
    freezable_error error;
    check(freezable_environment_check(&error) == FREEZABLE_OK, "the arithmetic of the contract");
#if defined(FE_UPWARD) && defined(FE_TONEAREST)
    if (fesetround(FE_UPWARD) == 0) {
        const freezable_status found = freezable_environment_check(&error);
        const freezable_status built = build_exact(&network, couplings, exact_buffer, NULL);
        const freezable_status drawn = freezable_compact_signs(golden, 17, 1, 0, signs, FREEZABLE_SIGNS_LENGTH(17), NULL);
        fesetround(FE_TONEAREST);
        check(found == FREEZABLE_ENVIRONMENT && names(&error, "rounding upward"), "another rounding is named");
        check(built == FREEZABLE_ENVIRONMENT && drawn == FREEZABLE_ENVIRONMENT, "no network in another arithmetic");
    }
#endif
    check(freezable_environment_check(NULL) == FREEZABLE_OK, "the arithmetic of the contract again");
}
