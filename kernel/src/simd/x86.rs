//! Sixteen rows in one register of AVX-512 or two of AVX2.
//!
//! SAFETY of every `unsafe` block below: the values of these types exist only within the loops at the end of each
//! module, which [`Simd`](super::Simd) enters only where the instructions are, and [`Lanes`](super::Lanes) is 64 bytes
//! aligned to 64 bytes.

pub(super) mod avx512 {
    use core::arch::x86_64::{
        __m512, _mm_loadu_ps, _mm512_add_ps, _mm512_castps128_ps512, _mm512_insertf32x4, _mm512_load_ps,
        _mm512_mask_blend_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_shuffle_ps, _mm512_store_ps,
        _mm512_unpackhi_ps, _mm512_unpacklo_ps,
    };

    use crate::simd::tanh::LINES;
    use crate::simd::{LANES, Lanes, Rows, loops};
    use crate::transfer::tanh::Cubic;

    #[derive(Clone, Copy)]
    pub(in crate::simd) struct Avx512(__m512);

    impl Rows for Avx512 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_set1_ps(value) })
        }

        #[inline(always)]
        fn load(lanes: &Lanes) -> Self {
            // SAFETY: see the module.
            Self(unsafe { _mm512_load_ps(lanes.0.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, lanes: &mut Lanes) {
            // SAFETY: see the module.
            unsafe { _mm512_store_ps(lanes.0.as_mut_ptr(), self.0) }
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
            let line = |row: usize| {
                let line = lines.get(row).and_then(|&line| table.get(usize::from(line)));
                line.unwrap_or(&[0.0; 4]).as_ptr()
            };
            // A quarter of a register holds the line of one row; one register takes every fourth row.
            let fourth = |row: usize| {
                // SAFETY: see the module; a line holds four values.
                unsafe {
                    let lines = _mm512_castps128_ps512(_mm_loadu_ps(line(row)));
                    let lines = _mm512_insertf32x4::<1>(lines, _mm_loadu_ps(line(row + 4)));
                    let lines = _mm512_insertf32x4::<2>(lines, _mm_loadu_ps(line(row + 8)));
                    _mm512_insertf32x4::<3>(lines, _mm_loadu_ps(line(row + 12)))
                }
            };
            let (r0, r1, r2, r3) = (fourth(0), fourth(1), fourth(2), fourth(3));
            // SAFETY: see the module.
            unsafe {
                // Four by four values are transposed in each quarter.
                let (low01, high01) = (_mm512_unpacklo_ps(r0, r1), _mm512_unpackhi_ps(r0, r1));
                let (low23, high23) = (_mm512_unpacklo_ps(r2, r3), _mm512_unpackhi_ps(r2, r3));
                [
                    Self(_mm512_shuffle_ps::<0b01_00_01_00>(low01, low23)),
                    Self(_mm512_shuffle_ps::<0b11_10_11_10>(low01, low23)),
                    Self(_mm512_shuffle_ps::<0b01_00_01_00>(high01, high23)),
                    Self(_mm512_shuffle_ps::<0b11_10_11_10>(high01, high23)),
                ]
            }
        }
    }

    loops!(Avx512, "avx512f");
}

pub(super) mod avx2 {
    use core::arch::x86_64::{
        __m256, _mm256_add_ps, _mm256_blendv_ps, _mm256_castsi256_ps, _mm256_load_ps, _mm256_mul_ps,
        _mm256_set1_epi32, _mm256_set1_ps, _mm256_setr_epi32, _mm256_sllv_epi32, _mm256_store_ps,
    };

    use crate::simd::{Lanes, Rows, loops};

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
        fn load(lanes: &Lanes) -> Self {
            let start = lanes.0.as_ptr();
            // SAFETY: see the module; eight of sixteen values lie behind each of the two places.
            unsafe { Self(_mm256_load_ps(start), _mm256_load_ps(start.add(8))) }
        }

        #[inline(always)]
        fn store(self, lanes: &mut Lanes) {
            let start = lanes.0.as_mut_ptr();
            // SAFETY: as in `load`.
            unsafe {
                _mm256_store_ps(start, self.0);
                _mm256_store_ps(start.add(8), self.1);
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
    }

    loops!(Avx2, "avx2");
}
