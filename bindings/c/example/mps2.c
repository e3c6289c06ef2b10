/* Start of a program on QEMU's mps2-an386 (Cortex-M4F); newlib's semihosting gives it printf and exit. */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

extern uint32_t stack_top, data_source, data_start, data_end, bss_start, bss_end;
extern void initialise_monitor_handles(void);
extern int main(void);

void start(void) {
    uint32_t *source = &data_source;
    for (uint32_t *to = &data_start; to < &data_end;)
        *to++ = *source++;
    for (uint32_t *to = &bss_start; to < &bss_end;)
        *to++ = 0;
    /* the floating-point unit */
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
    __asm volatile("dsb\n\tisb");
    initialise_monitor_handles();
    int code = main();
    fflush(stdout);
    _exit(code);
}

static void fault(void) {
    _exit(102);
}

/* The initial stack pointer, then the handlers. */
struct vectors {
    uint32_t *stack;
    void (*handlers[15])(void);
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    &stack_top,
    {start, fault, fault, fault, fault, fault},
};
