/* Counts the instructions that QEMU executes between two marks, by address (TCG plugin, API version 1).
 *
 * The header of the plugin API is not packaged everywhere, so the few prototypes in use are written out here.
 * Output, in the file given as `out=PATH`: for every window a line "window", then for every instruction executed
 *   ADDRESS EXECUTED LEFT
 * in hexadecimal, decimal and decimal. LEFT says how often the next instruction executed was not the one that
 * follows in memory: the branch was taken. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*exec_callback)(unsigned cpu, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t, void (*)(uint64_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, exec_callback, int flags, void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, exec_callback, int flags, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int operation, void *, uint64_t);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { NO_REGISTERS = 0, ADD = 0, FLASH = 1 << 20 };
/* where code may start: boards with a secure state have it at the second */
enum { BASES = 0x10000000 };
/* hint #5 and hint #6, as benches/mcu/src/measure.rs writes them */
enum { BEGIN = 0xbf50, END = 0xbf60 };

struct slot { uint64_t executed, left; };
/* a run of instructions that QEMU translates at once */
struct block { uint64_t start, end; struct slot *last; };

static struct slot slots[FLASH / 2];
static uint64_t base;
/* slots in use so far */
static size_t used;
static struct block nowhere, *previous = &nowhere;
static FILE *out;

static void enter(unsigned cpu, void *data)
{
    struct block *block = data;
    if (previous->last && previous->end != block->start)
        previous->last->left++;
    previous = block;
}

static void begin(unsigned cpu, void *data)
{
    for (size_t i = 0; i < used; i++)
        slots[i].executed = slots[i].left = 0;
}

static void end(unsigned cpu, void *data)
{
    fputs("window\n", out);
    for (size_t i = 0; i < used; i++)
        if (slots[i].executed)
            fprintf(out, "%llx %llu %llu\n", (unsigned long long)(base + 2 * i), (unsigned long long)slots[i].executed,
                    (unsigned long long)slots[i].left);
    fflush(out);
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
    struct block *block = calloc(1, sizeof *block);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint16_t *halves = qemu_plugin_insn_data(insn);
        uint64_t address = qemu_plugin_insn_vaddr(insn);
        uint64_t offset = address & ~(uint64_t)BASES;
        if (!block || offset >= FLASH) {
            fprintf(stderr, "plugin: no room for the code at %#llx\n", (unsigned long long)address);
            exit(EXIT_FAILURE);
        }
        base = address & BASES;
        if (used <= offset / 2)
            used = offset / 2 + 1;
        if (i == 0)
            block->start = address;
        block->end = address + (halves[0] >= 0xe800 ? 4 : 2);
        block->last = &slots[offset / 2];
        if (halves[0] == BEGIN || halves[0] == END)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, halves[0] == BEGIN ? begin : end, NO_REGISTERS, NULL);
        else
            qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD, &block->last->executed, 1);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, enter, NO_REGISTERS, block);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    if (argc != 1 || strncmp(argv[0], "out=", 4) || !(out = fopen(argv[0] + 4, "w"))) {
        fputs("plugin: out=PATH is missing or cannot be written\n", stderr);
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
