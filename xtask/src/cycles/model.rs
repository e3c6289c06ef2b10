//! Folds what the emulator counted with the cycle table of a core.

use anyhow::{Context, Result};

use super::costs::{Resources, cost};
use super::decode::decode;
use super::instruction::{Instruction, Operation};
use crate::cpu::Cpu;

/// One instruction of a window, by address.
#[derive(Clone, Copy, Debug)]
pub struct Executed {
    /// Where it lies.
    pub address: u64,
    /// Its opcode; a wide one has its first halfword in front.
    pub opcode: u32,
    /// How often it was executed.
    pub count: u64,
    /// How often the next one executed was not the one that follows in memory.
    pub left: u64,
}

/// A window's totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Instructions executed: counted.
    pub instructions: u64,
    /// Cycles: modelled.
    pub cycles: u64,
    /// Floating-point multiplications executed.
    pub multiplications: u64,
}

/// The totals of a window; its instructions are in the order of their addresses.
pub fn fold(cpu: Cpu, window: &[Executed]) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut resources = Resources::default();
    let mut previous: Option<(&Executed, Instruction)> = None;
    for executed in window {
        let instruction = decode(executed.opcode)?;
        let (cycles, taken) = cost(cpu, instruction.operation)
            .with_context(|| format!("a {} has no instruction {:#x}", cpu.title(), executed.opcode))?;
        totals.instructions += executed.count;
        totals.cycles += executed.count * cycles + executed.left * taken;
        resources.take(instruction.operation, executed.count);
        if matches!(
            instruction.operation,
            Operation::FloatMultiply | Operation::FloatMultiplyAdd
        ) {
            totals.multiplications += executed.count;
        }
        if let Some((before, computed)) = previous
            && before.address + length(before.opcode) == executed.address
            && computed.computes & instruction.reads != 0
        {
            // the result of one is an operand of the next
            totals.cycles += before.count - before.left;
        }
        previous = Some((executed, instruction));
    }
    if cpu == Cpu::M7 {
        totals.cycles = resources.cycles();
    }
    Ok(totals)
}

fn length(opcode: u32) -> u64 {
    if opcode > 0xffff { 4 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executed(address: u64, opcode: u32, count: u64, left: u64) -> Executed {
        Executed {
            address,
            opcode,
            count,
            left,
        }
    }

    #[test]
    fn a_loop_costs_what_the_table_says() {
        let window = [
            // vmul.f32 s0, s1, s2; vadd.f32 s3, s3, s0: the sum waits for the product
            executed(0x100, 0xee20_0a81, 10, 0),
            executed(0x104, 0xee71_1a80, 10, 0),
            // subs r0, #1; bne, taken nine times
            executed(0x108, 0x3801, 10, 0),
            executed(0x10a, 0xd1f9, 10, 9),
        ];
        let totals = fold(Cpu::M4f, &window).unwrap();
        assert_eq!(totals.instructions, 40);
        assert_eq!(totals.cycles, 40 + 10 + 9 * 2);
        assert_eq!(totals.multiplications, 10);
    }

    #[test]
    fn a_core_without_the_instruction_is_refused() {
        let window = [executed(0x100, 0xee20_0a81, 1, 0)];
        let message = fold(Cpu::M0plus, &window).unwrap_err().to_string();
        assert_eq!(message, "a Cortex-M0+ has no instruction 0xee200a81");
    }

    #[test]
    fn an_instruction_in_between_hides_the_wait() {
        let window = [
            executed(0x100, 0xee20_0a81, 1, 0),
            executed(0x104, 0x3801, 1, 0),
            executed(0x106, 0xee71_1a80, 1, 0),
        ];
        assert_eq!(fold(Cpu::M4f, &window).unwrap().cycles, 3);
    }
}
