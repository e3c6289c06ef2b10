// Runs a program on the register-transfer logic of a core, one clock cycle after the other.
//   simulate IMAGE [WORD]     IMAGE is what lies in memory from address 0 on; the program reads WORD, 0 by default
// Memory: 1 MiB, every request granted at once, its answer in the next cycle. Registers, beyond it:
//   0x10000000 prints a byte; 0x10000004 ends with an exit code; 0x10000008 is WORD.
// Other cores differ in ports that are tied here by their names; IBEX says that it is Ibex, else it is a CV32E40P.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <verilated.h>
#include MODEL_HEADER

static const uint32_t SIZE = 1 << 20, PRINT = 0x10000000, EXIT = 0x10000004, WORD = 0x10000008;
static const uint64_t LIMIT = 4000000000ull;

static std::vector<uint32_t> memory(SIZE / 4);
static uint32_t word;

static uint32_t load(uint32_t address, uint64_t cycle)
{
    if (address == WORD)
        return word;
    if (address >= SIZE) {
        fprintf(stderr, "no memory at %#x, cycle %llu\n", address, (unsigned long long)cycle);
        exit(3);
    }
    return memory[address / 4];
}

static void store(uint32_t address, uint32_t value, unsigned bytes, uint64_t cycle)
{
    if (address == PRINT) {
        putchar(value & 0xff);
        return;
    }
    if (address == EXIT) {
        fflush(stdout);
        fprintf(stderr, "%llu cycles\n", (unsigned long long)cycle);
        exit(value);
    }
    uint32_t mask = 0;
    for (int byte = 0; byte < 4; byte++)
        if (bytes >> byte & 1)
            mask |= 0xffu << 8 * byte;
    uint32_t before = load(address, cycle);
    memory[address / 4] = (before & ~mask) | (value & mask);
}

int main(int argc, char **argv)
{
    FILE *image = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!image || fread(memory.data(), 1, SIZE, image) == 0) {
        fprintf(stderr, "usage: simulate IMAGE [WORD]\n");
        return 2;
    }
    fclose(image);
    word = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
    VerilatedContext context;
    MODEL top(&context);
    // the program starts at 0x80, behind the vectors of its traps
#ifdef IBEX
    top.boot_addr_i = 0;
    top.fetch_enable_i = 5; // a multi-bit "on"
    // `scramble_key_valid_i` and all others are 0: no cache, no errors, no interrupts
#else
    top.boot_addr_i = 0x80;
    top.mtvec_addr_i = 0;
    top.fetch_enable_i = 1;
    top.pulp_clock_en_i = 1;
#endif
    top.instr_gnt_i = top.data_gnt_i = 1;
    for (uint64_t cycle = 0; cycle < LIMIT; cycle++) {
        top.rst_ni = cycle >= 8;
        top.clk_i = 0;
        top.eval();
        bool fetches = top.instr_req_o, accesses = top.data_req_o;
        uint32_t instruction = fetches ? load(top.instr_addr_o & ~3u, cycle) : 0, data = 0;
        if (accesses && top.rst_ni) {
            uint32_t address = top.data_addr_o & ~3u;
            if (top.data_we_o)
                store(address, top.data_wdata_o, top.data_be_o, cycle);
            else
                data = load(address, cycle);
        }
        top.clk_i = 1;
        top.eval();
        top.instr_rvalid_i = fetches && top.rst_ni;
        top.instr_rdata_i = instruction;
        top.data_rvalid_i = accesses && top.rst_ni;
        top.data_rdata_i = data;
    }
    fprintf(stderr, "still running after %llu cycles\n", (unsigned long long)LIMIT);
    return 4;
}
