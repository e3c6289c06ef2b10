//! Folds what the emulator counted with the cycle table.

use anyhow::Result;

use super::decode::{Instruction, REFILL, decode};

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
    /// Cycles of a Cortex-M4 with zero wait states: modelled.
    pub cycles: u64,
    /// Floating-point multiplications executed.
    pub multiplications: u64,
}

/// The totals of a window; its instructions are in the order of their addresses.
pub fn fold(window: &[Executed]) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut previous: Option<(&Executed, Instruction)> = None;
    for executed in window {
        let instruction = decode(executed.opcode)?;
        totals.instructions += executed.count;
        totals.cycles += executed.count * instruction.cycles + executed.left * REFILL;
        totals.multiplications += if instruction.multiplies { executed.count } else { 0 };
        if let Some((before, computed)) = previous
            && before.address + length(before.opcode) == executed.address
            && computed.computes & instruction.reads != 0
        {
            // the result of one is an operand of the next
            totals.cycles += before.count - before.left;
        }
        previous = Some((executed, instruction));
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
        let totals = fold(&window).unwrap();
        assert_eq!(totals.instructions, 40);
        assert_eq!(totals.cycles, 40 + 10 + 9 * REFILL);
        assert_eq!(totals.multiplications, 10);
    }

    #[test]
    fn an_instruction_in_between_hides_the_wait() {
        let window = [
            executed(0x100, 0xee20_0a81, 1, 0),
            executed(0x104, 0x3801, 1, 0),
            executed(0x106, 0xee71_1a80, 1, 0),
        ];
        assert_eq!(fold(&window).unwrap().cycles, 3);
    }
}
