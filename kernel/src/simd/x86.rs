//! Sixteen rows in one register of AVX-512 or two of AVX2.
//!
//! SAFETY of every `unsafe` block below: the values of these types exist only within the loops at the end of each
//! module, which [`Simd`](super::Simd) enters only where the instructions are, and a block is sixteen values.

pub(super) mod avx512 {
    use core::arch::x86_64::{
        __m512, _mm_loadu_ps, _mm512_add_ps, _mm512_castps128_ps512, _mm512_insertf32x4, _mm512_loadu_ps,
        _mm512_mask_blend_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_shuffle_f32x4, _mm512_shuffle_ps,
        _mm512_storeu_ps, _mm512_unpackhi_ps, _mm512_unpacklo_ps,
    };

    use crate::arithmetic::tanh::Cubic;
    use crate::simd::tanh::LINES;
    use crate::simd::{Block, LANES, Lanes, Rows, Tile, loops};

    #[derive(Clone, Copy)]
    pub(in crate::simd) struct Avx512(__m512);

    impl Rows for Avx512 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_set1_ps(value) })
        }

        #[inline(always)]
        fn load(values: &Block) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_loadu_ps(values.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, values: &mut Block) {
            // SAFETY: see the module.
            unsafe { _mm512_storeu_ps(values.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_mul_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn select(self, rows: u16, other: Self) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_mask_blend_ps(rows, other.0, self.0) })
        }

        #[inline(always)]
        fn coefficients(table: &[Cubic; LINES], lines: &[u8; LANES]) -> [Self; 4] {
            let [
                l0,
                l1,
                l2,
                l3,
                l4,
                l5,
                l6,
                l7,
                l8,
                l9,
                l10,
                l11,
                l12,
                l13,
                l14,
                l15,
            ] = lines;
            // A quarter of a register holds the line of one row; one register takes every fourth row.
            let [c0, c1, c2, c3] = transposed_quarters([
                gathered(table, [l0, l4, l8, l12]),
                gathered(table, [l1, l5, l9, l13]),
                gathered(table, [l2, l6, l10, l14]),
                gathered(table, [l3, l7, l11, l15]),
            ]);
            [Self(c0), Self(c1), Self(c2), Self(c3)]
        }

        #[inline(always)]
        fn transposed(tile: &Tile) -> [Self; LANES] {
            let [
                l0,
                l1,
                l2,
                l3,
                l4,
                l5,
                l6,
                l7,
                l8,
                l9,
                l10,
                l11,
                l12,
                l13,
                l14,
                l15,
            ] = tile;
            // Register i of the first four holds, in quarter q, columns 0 to 3 of row 4 q + i, and so on ..
            let [a0, a1, a2, a3] = transposed_quarters([at(l0), at(l1), at(l2), at(l3)]);
            let [b0, b1, b2, b3] = transposed_quarters([at(l4), at(l5), at(l6), at(l7)]);
            let [c0, c1, c2, c3] = transposed_quarters([at(l8), at(l9), at(l10), at(l11)]);
            let [d0, d1, d2, d3] = transposed_quarters([at(l12), at(l13), at(l14), at(l15)]);
            // .. and what is left is to transpose the quarters.
            let [r0, r4, r8, r12] = transposed_registers([a0, b0, c0, d0]);
            let [r1, r5, r9, r13] = transposed_registers([a1, b1, c1, d1]);
            let [r2, r6, r10, r14] = transposed_registers([a2, b2, c2, d2]);
            let [r3, r7, r11, r15] = transposed_registers([a3, b3, c3, d3]);
            [
                Self(r0),
                Self(r1),
                Self(r2),
                Self(r3),
                Self(r4),
                Self(r5),
                Self(r6),
                Self(r7),
                Self(r8),
                Self(r9),
                Self(r10),
                Self(r11),
                Self(r12),
                Self(r13),
                Self(r14),
                Self(r15),
            ]
        }
    }

    // Functions and no closures: inside of `array::map` and its like, vector instructions are calls.

    #[inline(always)]
    fn at(lanes: &Lanes) -> __m512 {
        Avx512::load(&lanes.0).0
    }

    /// Four lines of a table beside each other.
    #[inline(always)]
    fn gathered(table: &[Cubic; LINES], [l0, l1, l2, l3]: [&u8; 4]) -> __m512 {
        // SAFETY: see the module; a line holds four values.
        unsafe {
            let lines = _mm512_castps128_ps512(_mm_loadu_ps(line(table, l0).as_ptr()));
            let lines = _mm512_insertf32x4::<1>(lines, _mm_loadu_ps(line(table, l1).as_ptr()));
            let lines = _mm512_insertf32x4::<2>(lines, _mm_loadu_ps(line(table, l2).as_ptr()));
            _mm512_insertf32x4::<3>(lines, _mm_loadu_ps(line(table, l3).as_ptr()))
        }
    }

    #[inline(always)]
    fn line<'a>(table: &'a [Cubic; LINES], &line: &u8) -> &'a Cubic {
        table.get(usize::from(line)).unwrap_or(&[0.0; 4])
    }

    /// Transposes four by four values in each quarter of four registers.
    #[inline(always)]
    fn transposed_quarters([r0, r1, r2, r3]: [__m512; 4]) -> [__m512; 4] {
        // SAFETY: see the module.
        unsafe {
            let (low01, high01) = (_mm512_unpacklo_ps(r0, r1), _mm512_unpackhi_ps(r0, r1));
            let (low23, high23) = (_mm512_unpacklo_ps(r2, r3), _mm512_unpackhi_ps(r2, r3));
            [
                _mm512_shuffle_ps::<0b01_00_01_00>(low01, low23),
                _mm512_shuffle_ps::<0b11_10_11_10>(low01, low23),
                _mm512_shuffle_ps::<0b01_00_01_00>(high01, high23),
                _mm512_shuffle_ps::<0b11_10_11_10>(high01, high23),
            ]
        }
    }

    /// Transposes four by four quarters.
    #[inline(always)]
    fn transposed_registers([r0, r1, r2, r3]: [__m512; 4]) -> [__m512; 4] {
        const EVEN: i32 = 0b10_00_10_00;
        const ODD: i32 = 0b11_01_11_01;
        // SAFETY: see the module.
        unsafe {
            let (even01, odd01) = (
                _mm512_shuffle_f32x4::<EVEN>(r0, r1),
                _mm512_shuffle_f32x4::<ODD>(r0, r1),
            );
            let (even23, odd23) = (
                _mm512_shuffle_f32x4::<EVEN>(r2, r3),
                _mm512_shuffle_f32x4::<ODD>(r2, r3),
            );
            [
                _mm512_shuffle_f32x4::<EVEN>(even01, even23),
                _mm512_shuffle_f32x4::<EVEN>(odd01, odd23),
                _mm512_shuffle_f32x4::<ODD>(even01, even23),
                _mm512_shuffle_f32x4::<ODD>(odd01, odd23),
            ]
        }
    }

    loops!(Avx512, "avx512f");
}

pub(super) mod avx2 {
    use core::arch::x86_64::{
        __m256, _mm256_add_ps, _mm256_blendv_ps, _mm256_castsi256_ps, _mm256_loadu_ps, _mm256_mul_ps,
        _mm256_permute2f128_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setr_epi32, _mm256_shuffle_ps,
        _mm256_sllv_epi32, _mm256_storeu_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
    };

    use crate::simd::{Block, LANES, Lanes, Rows, Tile, loops};

    #[derive(Clone, Copy)]
    pub(in crate::simd) struct Avx2(__m256, __m256);

    impl Rows for Avx2 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see the module.
            let half = unsafe { _mm256_set1_ps(value) };
            Self(half, half)
        }

        #[inline(always)]
        fn load(values: &Block) -> Self {
            let start = values.as_ptr();
            // SAFETY: see the module; eight of sixteen values lie behind each of the two places.
            unsafe { Self(_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8))) }
        }

        #[inline(always)]
        fn store(self, values: &mut Block) {
            let start = values.as_mut_ptr();
            // SAFETY: as in `load`.
            unsafe {
                _mm256_storeu_ps(start, self.0);
                _mm256_storeu_ps(start.add(8), self.1);
            }
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: see the module.
            unsafe { Self(_mm256_add_ps(self.0, other.0), _mm256_add_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: see the module.
            unsafe { Self(_mm256_mul_ps(self.0, other.0), _mm256_mul_ps(self.1, other.1)) }
        }

        #[inline(always)]
        fn select(self, rows: u16, other: Self) -> Self {
            // SAFETY: see the module.
            unsafe {
                // The sign decides: shifts each row's bit there.
                let rows = _mm256_set1_epi32(i32::from(rows));
                let low = _mm256_sllv_epi32(rows, _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24));
                let high = _mm256_sllv_epi32(rows, _mm256_setr_epi32(23, 22, 21, 20, 19, 18, 17, 16));
                Self(
                    _mm256_blendv_ps(other.0, self.0, _mm256_castsi256_ps(low)),
                    _mm256_blendv_ps(other.1, self.1, _mm256_castsi256_ps(high)),
                )
            }
        }

        #[inline(always)]
        fn transposed(tile: &Tile) -> [Self; LANES] {
            let [
                l0,
                l1,
                l2,
                l3,
                l4,
                l5,
                l6,
                l7,
                l8,
                l9,
                l10,
                l11,
                l12,
                l13,
                l14,
                l15,
            ] = tile;
            let [[a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]] =
                transposed_halves([l0, l1, l2, l3, l4, l5, l6, l7]);
            let [[c0, c1, c2, c3, c4, c5, c6, c7], [d0, d1, d2, d3, d4, d5, d6, d7]] =
                transposed_halves([l8, l9, l10, l11, l12, l13, l14, l15]);
            [
                Self(a0, c0),
                Self(a1, c1),
                Self(a2, c2),
                Self(a3, c3),
                Self(a4, c4),
                Self(a5, c5),
                Self(a6, c6),
                Self(a7, c7),
                Self(b0, d0),
                Self(b1, d1),
                Self(b2, d2),
                Self(b3, d3),
                Self(b4, d4),
                Self(b5, d5),
                Self(b6, d6),
                Self(b7, d7),
            ]
        }
    }

    /// Of eight columns: their first eight rows, and the others.
    #[inline(always)]
    fn transposed_halves([c0, c1, c2, c3, c4, c5, c6, c7]: [&Lanes; 8]) -> [[__m256; 8]; 2] {
        let [c0, c1, c2, c3] = [at(c0), at(c1), at(c2), at(c3)];
        let [c4, c5, c6, c7] = [at(c4), at(c5), at(c6), at(c7)];
        [
            transposed_registers([c0.0, c1.0, c2.0, c3.0, c4.0, c5.0, c6.0, c7.0]),
            transposed_registers([c0.1, c1.1, c2.1, c3.1, c4.1, c5.1, c6.1, c7.1]),
        ]
    }

    #[inline(always)]
    fn at(lanes: &Lanes) -> Avx2 {
        Avx2::load(&lanes.0)
    }

    /// Transposes eight by eight values.
    #[inline(always)]
    fn transposed_registers([r0, r1, r2, r3, r4, r5, r6, r7]: [__m256; 8]) -> [__m256; 8] {
        let [a0, a1, a2, a3] = transposed_quarters([r0, r1, r2, r3]);
        let [b0, b1, b2, b3] = transposed_quarters([r4, r5, r6, r7]);
        const LOW: i32 = 0x20;
        const HIGH: i32 = 0x31;
        // SAFETY: see the module.
        unsafe {
            [
                _mm256_permute2f128_ps::<LOW>(a0, b0),
                _mm256_permute2f128_ps::<LOW>(a1, b1),
                _mm256_permute2f128_ps::<LOW>(a2, b2),
                _mm256_permute2f128_ps::<LOW>(a3, b3),
                _mm256_permute2f128_ps::<HIGH>(a0, b0),
                _mm256_permute2f128_ps::<HIGH>(a1, b1),
                _mm256_permute2f128_ps::<HIGH>(a2, b2),
                _mm256_permute2f128_ps::<HIGH>(a3, b3),
            ]
        }
    }

    /// Transposes four by four values in each half of four registers.
    #[inline(always)]
    fn transposed_quarters([r0, r1, r2, r3]: [__m256; 4]) -> [__m256; 4] {
        // SAFETY: see the module.
        unsafe {
            let (low01, high01) = (_mm256_unpacklo_ps(r0, r1), _mm256_unpackhi_ps(r0, r1));
            let (low23, high23) = (_mm256_unpacklo_ps(r2, r3), _mm256_unpackhi_ps(r2, r3));
            [
                _mm256_shuffle_ps::<0b01_00_01_00>(low01, low23),
                _mm256_shuffle_ps::<0b11_10_11_10>(low01, low23),
                _mm256_shuffle_ps::<0b01_00_01_00>(high01, high23),
                _mm256_shuffle_ps::<0b11_10_11_10>(high01, high23),
            ]
        }
    }

    loops!(Avx2, "avx2");
}
