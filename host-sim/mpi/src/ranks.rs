//! The processes of the job: which rows each has, and what they tell each other.

use std::ops::Range;

use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};

use crate::failure::Failure;

/// The ranks that share a network, and which of them this is.
pub struct Ranks {
    communicator: SimpleCommunicator,
    rank: usize,
    size: usize,
}

impl Ranks {
    /// All ranks of a communicator.
    pub fn of(communicator: SimpleCommunicator) -> Self {
        let rank = usize::try_from(communicator.rank()).unwrap_or(0);
        let size = usize::try_from(communicator.size()).unwrap_or(1);
        Self {
            communicator,
            rank,
            size,
        }
    }

    /// Which of them this is, from 0.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// How many there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether this one talks to the user and writes results.
    pub fn is_first(&self) -> bool {
        self.rank == 0
    }

    /// The communicator.
    pub fn communicator(&self) -> &SimpleCommunicator {
        &self.communicator
    }

    /// Rows of a rank: neighbouring ones, of all ranks as many but for one. Refuses more ranks than rows.
    pub fn rows(&self, n: usize, rank: usize) -> Result<Range<usize>, Failure> {
        if self.size > n {
            return Err(Failure::Usage(format!(
                "--n {n} is below the number of ranks, {}: each has a row at least",
                self.size
            )));
        }
        Ok(n * rank / self.size..n * (rank + 1) / self.size)
    }

    /// Waits for all.
    pub fn barrier(&self) {
        self.communicator.barrier();
    }

    /// The same failure everywhere if one rank failed: the first that did says why.
    pub fn agree<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        let own = result.as_ref().err().map_or(0, Failure::exit_code);
        let mut codes = vec![0; self.size];
        self.communicator.all_gather_into(&own, &mut codes[..]);
        match codes.iter().position(|&code| code != 0) {
            Some(rank) if rank != self.rank => Err(Failure::Elsewhere(codes[rank])),
            _ => result,
        }
    }

    /// What every rank has, in the order of ranks, at every rank; `lengths` are those of all.
    pub fn gather_all(&self, own: &[u8], all: &mut [u8], lengths: &Lengths) {
        let mut parts = PartitionMut::new(all, &lengths.counts[..], &lengths.starts[..]);
        self.communicator.all_gather_varcount_into(own, &mut parts);
    }

    /// The same at the first rank alone; empty elsewhere.
    pub fn gather(&self, own: &[u8], lengths: &Lengths) -> Vec<u8> {
        let root = self.communicator.process_at_rank(0);
        if !self.is_first() {
            root.gather_varcount_into(own);
            return Vec::new();
        }
        let mut all = vec![0; lengths.total()];
        let mut parts = PartitionMut::new(&mut all[..], &lengths.counts[..], &lengths.starts[..]);
        root.gather_varcount_into_root(own, &mut parts);
        all
    }

    /// The bytes that the first rank has, at every rank.
    pub fn broadcast(&self, bytes: Vec<u8>) -> Vec<u8> {
        let root = self.communicator.process_at_rank(0);
        let mut length = bytes.len() as u64;
        root.broadcast_into(&mut length);
        let mut bytes = bytes;
        bytes.resize(length as usize, 0);
        // Open MPI refuses the address of nothing.
        if !bytes.is_empty() {
            root.broadcast_into(&mut bytes[..]);
        }
        bytes
    }

    /// A byte of the first rank, at every rank.
    pub fn broadcast_byte(&self, byte: u8) -> u8 {
        let mut byte = byte;
        self.communicator.process_at_rank(0).broadcast_into(&mut byte);
        byte
    }

    /// Sums over all ranks, at every rank: of integers, so that they do not depend on how many there are. Fails where a rank's
    /// own sums do, and, as `beyond` says, beyond 128 bits.
    pub fn sum<const COUNT: usize>(
        &self,
        own: Result<[i128; COUNT], Failure>,
        beyond: impl Fn() -> Failure,
    ) -> Result<[i128; COUNT], Failure> {
        let own = self.agree(own)?;
        let bytes = self.each(&own.map(i128::to_le_bytes).concat());
        let mut sums = [0_i128; COUNT];
        for (place, bytes) in bytes.as_chunks().0.iter().enumerate() {
            let sum = &mut sums[place % COUNT];
            match sum.checked_add(i128::from_le_bytes(*bytes)) {
                Some(more) => *sum = more,
                // All have the same sums, and one says so.
                None => return self.agree(Err(beyond())),
            }
        }
        Ok(sums)
    }

    /// The largest of the ranks' values.
    pub fn largest<const COUNT: usize>(&self, own: [f64; COUNT]) -> [f64; COUNT] {
        let mut largest = own;
        let bytes = self.each(&own.map(f64::to_le_bytes).concat());
        for (place, bytes) in bytes.as_chunks().0.iter().enumerate() {
            let largest = &mut largest[place % COUNT];
            *largest = largest.max(f64::from_le_bytes(*bytes));
        }
        largest
    }

    /// Four bytes of each rank, at every rank.
    pub fn words_of_each(&self, own: [u8; 4]) -> Vec<[u8; 4]> {
        self.each(&own).as_chunks().0.to_vec()
    }

    /// The same number of bytes from each rank.
    fn each(&self, own: &[u8]) -> Vec<u8> {
        let mut all = vec![0; own.len() * self.size];
        self.communicator.all_gather_into(own, &mut all[..]);
        all
    }
}

/// How many bytes each rank has.
#[derive(Debug)]
pub struct Lengths {
    counts: Vec<Count>,
    starts: Vec<Count>,
}

impl Lengths {
    /// Of these lengths, in the order of ranks. Refuses more bytes than MPI counts.
    pub fn new(lengths: impl IntoIterator<Item = usize>) -> Result<Self, Failure> {
        let mut end: Count = 0;
        let (mut counts, mut starts) = (Vec::new(), Vec::new());
        for length in lengths {
            let next = Count::try_from(length)
                .ok()
                .and_then(|length| Some((length, end.checked_add(length)?)));
            let Some((length, next)) = next else {
                return Err(Failure::Usage(format!(
                    "{} ranks and the next have {end} and {length} bytes to gather, together above the bound of MPI, {}",
                    counts.len(),
                    Count::MAX
                )));
            };
            starts.push(end);
            counts.push(length);
            end = next;
        }
        Ok(Self { counts, starts })
    }

    /// All together.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|&count| count as usize).sum()
    }

    /// Where the bytes of a rank are.
    pub fn of(&self, rank: usize) -> Range<usize> {
        let start = self.starts[rank] as usize;
        start..start + self.counts[rank] as usize
    }
}
