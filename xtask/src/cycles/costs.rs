//! What operations cost on each core.
//!
//! | core | from |
//! |---|---|
//! | Cortex-M4F | Cortex-M4 Technical Reference Manual (DDI 0439), tables 3-1 and 7-1 |
//! | Cortex-M3 | Cortex-M3 Technical Reference Manual (DDI 0337), table 3-1 |
//! | Cortex-M0+ | Cortex-M0+ Technical Reference Manual (DDI 0484), table 3-1, with the multiplier of one cycle |
//! | Cortex-M33 | static model: Arm publishes no table; that of the Cortex-M4 on the instructions of this core |
//! | Cortex-M7 | static model: Arm publishes no table; a lower bound from two instructions at a time, one of them floating-point, and 64 bits of memory |
//!
//! Zero wait states. Where a table gives a range, the upper end, but for the refill of the pipeline after a taken
//! branch, which takes 1 to 3 cycles: 2.

use super::instruction::Operation;
use crate::cpu::Cpu;

/// Cycles of an operation when its operands are there, and what it costs on top where it branches. `None` where the
/// core has no such instruction.
pub fn cost(cpu: Cpu, operation: Operation) -> Option<(u64, u64)> {
    use Operation::*;
    const REFILL: u64 = 2;
    let is_m3 = cpu == Cpu::M3;
    Some(match (cpu, operation) {
        (Cpu::M0plus, Simple | Multiply) => (1, 1),
        (Cpu::M0plus, Memory(words)) => (1 + u64::from(words), 2),
        (Cpu::M0plus, Branch) => (1, 1),
        (Cpu::M0plus, Call) => (1, 2),
        (Cpu::M0plus, Special) => (3, 0),
        (Cpu::M0plus, _) => return None,
        (_, Simple | Multiply | Branch | Call) => (1, REFILL),
        (_, MultiplyAccumulate) => (2, 0),
        (_, LongMultiply) => (if is_m3 { 5 } else { 1 }, 0),
        (_, LongMultiplyAccumulate) => (if is_m3 { 7 } else { 1 }, 0),
        (_, Divide) => (12, 0),
        (_, Memory(words)) => (1 + u64::from(words), REFILL),
        (_, TableBranch) => (2, REFILL),
        (_, Special) => (2, 0),
        (Cpu::M3, _) => return None,
        (_, Float | FloatMultiply) => (1, 0),
        (_, FloatMultiplyAdd) => (3, 0),
        (_, FloatDivide) => (14, 0),
        (_, FloatPair) => (2, 0),
    })
}

/// What the cycles of a core are, to be shown wherever they are.
pub fn label(cpu: Cpu) -> &'static str {
    match cpu {
        Cpu::M4f => "modelled with the Cortex-M4's cycle table (DDI 0439), zero wait states; not hardware",
        Cpu::M3 => "modelled with the Cortex-M3's cycle table (DDI 0337), zero wait states; not hardware",
        Cpu::M0plus => {
            "modelled with the Cortex-M0+'s cycle table (DDI 0484), multiplier of one cycle, zero wait states; a \
             Cortex-M3 was emulated; not hardware"
        }
        Cpu::M7 => "static model, a lower bound: two instructions a cycle, 64 bits of memory; not hardware",
        Cpu::M33 => "static model: the Cortex-M4's cycle table; not hardware",
    }
}

/// Resources that a Cortex-M7 has one of per cycle, or two: the busiest bounds the cycles from below.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resources {
    halves: [u64; 3],
}

impl Resources {
    /// Half cycles that an instruction takes of the issue slots, of the floating-point unit and of the memory.
    pub fn take(&mut self, operation: Operation, count: u64) {
        use Operation::*;
        let (float, memory) = match operation {
            Float | FloatMultiply | FloatMultiplyAdd | FloatPair => (2, 0),
            FloatDivide => (28, 0),
            Memory(words) => (0, words),
            _ => (0, 0),
        };
        for (half, taken) in self.halves.iter_mut().zip([1, float, u64::from(memory)]) {
            *half += taken * count;
        }
    }

    /// The bound.
    pub fn cycles(&self) -> u64 {
        self.halves.iter().max().copied().unwrap_or_default().div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_differ_where_their_manuals_do() {
        let call = |cpu| cost(cpu, Operation::Call).map(|(cycles, taken)| cycles + taken);
        assert_eq!([Cpu::M4f, Cpu::M3, Cpu::M0plus].map(call), [Some(3); 3]);
        let branch = |cpu| cost(cpu, Operation::Branch).map(|(cycles, taken)| cycles + taken);
        assert_eq!(
            [Cpu::M4f, Cpu::M3, Cpu::M0plus].map(branch),
            [Some(3), Some(3), Some(2)]
        );
        let product = |cpu| cost(cpu, Operation::LongMultiply);
        assert_eq!(
            [Cpu::M4f, Cpu::M3, Cpu::M0plus].map(product),
            [Some((1, 0)), Some((5, 0)), None]
        );
        // POP of three registers, PC among them
        assert_eq!(cost(Cpu::M0plus, Operation::Memory(3)), Some((4, 2)));
        for cpu in [Cpu::M3, Cpu::M0plus] {
            assert_eq!(cost(cpu, Operation::Float), None);
        }
    }

    #[test]
    fn the_busiest_resource_bounds_a_cortex_m7() {
        let mut resources = Resources::default();
        resources.take(Operation::Memory(8), 1);
        resources.take(Operation::Float, 3);
        assert_eq!(resources.cycles(), 4);
        resources.take(Operation::FloatMultiply, 3);
        assert_eq!(resources.cycles(), 6);
    }
}
