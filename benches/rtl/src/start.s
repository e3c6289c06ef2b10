# Traps end with exit code 99. Memory starts as zero or as the image has it, so that no section is cleared or copied.
    .section .start, "ax"
    .option norvc
    .rept 32
    j trap
    .endr
    .globl _start
_start:                     # 0x80
    la sp, _stack_top
    .if {FLOATS}            # the unit and the counters, which a CV32E40P starts without
    li t0, 1 << 13
    csrs mstatus, t0
    csrw mcountinhibit, zero
    .endif
    call begin
trap:
    li t0, 0x10000004
    li t1, 99
    sw t1, 0(t0)
    j trap
