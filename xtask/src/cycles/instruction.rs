//! What the cycle tables see of an instruction: its kind, and the floating-point registers that it reads and computes.

/// What the cycle tables tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operation {
    /// Data processing, extension, IT, hints.
    #[default]
    Simple,
    /// 32-bit product.
    Multiply,
    /// Product, and a sum or a difference.
    MultiplyAccumulate,
    /// 64-bit product.
    LongMultiply,
    /// 64-bit product and sum.
    LongMultiplyAccumulate,
    /// Quotient of integers.
    Divide,
    /// Loads or stores so many words, of either register file.
    Memory(u32),
    /// Branch, conditional or not, to a label or a register.
    Branch,
    /// BL.
    Call,
    /// TBB and TBH.
    TableBranch,
    /// To and from special registers.
    Special,
    /// Floating point: all but what follows.
    Float,
    /// Floating-point product.
    FloatMultiply,
    /// Floating-point product and sum, with one rounding or two.
    FloatMultiplyAdd,
    /// Floating-point quotient or root.
    FloatDivide,
    /// Two core registers and two floating-point ones.
    FloatPair,
}

/// An instruction, as the cycle tables see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub operation: Operation,
    /// Floating-point registers read, bit 0 for s0.
    pub reads: u32,
    /// Floating-point registers computed.
    pub computes: u32,
}

impl From<Operation> for Instruction {
    fn from(operation: Operation) -> Self {
        Self {
            operation,
            ..Self::default()
        }
    }
}
