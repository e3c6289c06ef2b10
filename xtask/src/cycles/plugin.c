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
/* hint.w #0x51 and hint.w #0x52, as benches/mcu/src/window.rs writes them */
enum { BEGIN = 0xf3af8051, END = 0xf3af8052 };

struct slot { uint64_t executed, left; };
/* a run of instructions that QEMU translates at once */
struct block { uint64_t start, end; struct slot *last; };

static struct slot slots[FLASH / 2];
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
    for (size_t i = 0; i < FLASH / 2; i++)
        slots[i].executed = slots[i].left = 0;
}

static void end(unsigned cpu, void *data)
{
    fputs("window\n", out);
    for (size_t i = 0; i < FLASH / 2; i++)
        if (slots[i].executed)
            fprintf(out, "%zx %llu %llu\n", 2 * i, (unsigned long long)slots[i].executed,
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
        if (!block || address >= FLASH) {
            fprintf(stderr, "plugin: no room for the code at %#llx\n", (unsigned long long)address);
            exit(EXIT_FAILURE);
        }
        /* QEMU 7.2 shows only the first half of an instruction that crosses a page; marks are aligned */
        int is_wide = halves[0] >= 0xe800;
        uint32_t mark = is_wide && address % 4 == 0 ? (uint32_t)halves[0] << 16 | halves[1] : 0;
        if (i == 0)
            block->start = address;
        block->end = address + (is_wide ? 4 : 2);
        block->last = &slots[address / 2];
        if (mark == BEGIN || mark == END)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, mark == BEGIN ? begin : end, NO_REGISTERS, NULL);
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
