/* The exact network's Euler step as a C programmer writes it, single precision throughout: what the kernel's inner
 * loops are counted beside. Compiled once for each set of flags, with SUFFIX to tell the objects apart.
 *
 * All do the kernel's arithmetic but for the order of sums where the compiler changes it, for multiply-adds that it
 * fuses, and for newlib's tanhf. */
#include <math.h>
#include <stddef.h>

#define PASTE(name, suffix) name##suffix
#define NAMED(name, suffix) PASTE(name, suffix)

struct network {
    size_t n;
    /* 1 - dt/p, (dt/p)(k/N), dt */
    float retention, increment, dt;
    /* n x n, row by row; while frozen, j may hold J + A */
    const float *j;
    float *a;
    /* n each */
    float *x, *phi, *drive;
};

static void transfer(struct network *net)
{
    for (size_t i = 0; i < net->n; i++)
        net->phi[i] = tanhf(net->x[i]);
}

static void move(struct network *net)
{
    for (size_t i = 0; i < net->n; i++)
        net->x[i] += net->dt * (net->drive[i] - net->x[i]);
    transfer(net);
}

/* A = retention A + increment phi phi^T */
static void learn(struct network *net)
{
    const float *restrict phi = net->phi;
    for (size_t i = 0; i < net->n; i++) {
        float *restrict a = net->a + i * net->n;
        const float scaled = net->increment * phi[i];
        for (size_t k = 0; k < net->n; k++)
            a[k] = a[k] * net->retention + scaled * phi[k];
    }
}

/* The equations as one types them. */
static void plain_drive(struct network *net)
{
    for (size_t i = 0; i < net->n; i++) {
        const float *restrict j = net->j + i * net->n, *restrict a = net->a + i * net->n;
        float sum = 0;
        for (size_t k = 0; k < net->n; k++)
            sum += (j[k] + a[k]) * net->phi[k];
        net->drive[i] = sum;
    }
}

/* drive = drive + M phi, four rows at a time: each phi is loaded once for four products, as in the matrix-vector
 * products of DSP libraries. */
static void add_product(size_t n, const float *restrict m, const float *restrict phi, float *restrict drive)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const float *m0 = m + i * n, *m1 = m0 + n, *m2 = m1 + n, *m3 = m2 + n, *rate = phi;
        float s0 = drive[i], s1 = drive[i + 1], s2 = drive[i + 2], s3 = drive[i + 3];
        for (size_t k = n; k > 0; k--) {
            const float r = *rate++;
            s0 += *m0++ * r;
            s1 += *m1++ * r;
            s2 += *m2++ * r;
            s3 += *m3++ * r;
        }
        drive[i] = s0, drive[i + 1] = s1, drive[i + 2] = s2, drive[i + 3] = s3;
    }
    for (; i < n; i++)
        for (size_t k = 0; k < n; k++)
            drive[i] += m[i * n + k] * phi[k];
}

static void clear(struct network *net)
{
    for (size_t i = 0; i < net->n; i++)
        net->drive[i] = 0;
}

/* A library's product twice. */
static void four_rows_drive(struct network *net)
{
    clear(net);
    add_product(net->n, net->j, net->phi, net->drive);
    add_product(net->n, net->a, net->phi, net->drive);
}

/* Two rows in one pass, which reads J once and A once: as far as C went without tiles and symmetry. Four rows at a
 * time spill their pointers, and are slower. */
static void one_pass(struct network *net, int learns)
{
    const size_t n = net->n;
    const float *restrict phi = net->phi;
    const float retention = net->retention;
    for (size_t i = 0; i < n; i += 2) {
        /* an odd last row is its own neighbour, worked on before it changes */
        const size_t next = i + 1 < n ? i + 1 : i;
        const float *restrict j0 = net->j + i * n, *restrict j1 = net->j + next * n;
        float *a0 = net->a + i * n, *a1 = net->a + next * n;
        const float c0 = net->increment * phi[i], c1 = net->increment * phi[next];
        float s0 = 0, s1 = 0;
        for (size_t k = 0; k < n; k++) {
            const float r = phi[k], p = a0[k], q = a1[k];
            s0 += (j0[k] + p) * r;
            s1 += (j1[k] + q) * r;
            if (learns) {
                a0[k] = p * retention + c0 * r;
                a1[k] = q * retention + c1 * r;
            }
        }
        net->drive[i] = s0, net->drive[next] = s1;
    }
}

static void plain_running(struct network *net) { plain_drive(net); learn(net); move(net); }
static void plain_frozen(struct network *net) { plain_drive(net); move(net); }
static void four_rows_running(struct network *net) { four_rows_drive(net); learn(net); move(net); }
static void four_rows_frozen(struct network *net) { four_rows_drive(net); move(net); }
static void one_pass_running(struct network *net) { one_pass(net, 1); move(net); }
static void one_pass_frozen(struct network *net) { one_pass(net, 0); move(net); }

/* J + A lie in j */
static void four_rows_merged(struct network *net)
{
    clear(net);
    add_product(net->n, net->j, net->phi, net->drive);
    move(net);
}

/* in the order that benches/mcu/src/bin/peers.rs names them */
void (*const NAMED(steps_, SUFFIX)[])(struct network *) = {
    plain_running, plain_frozen, four_rows_running, four_rows_frozen,
    four_rows_merged, one_pass_running, one_pass_frozen, transfer,
};
