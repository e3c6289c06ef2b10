//! Records in flash: after a power cut at any moment there is the state before or the new one, never garbage.

#[expect(dead_code, reason = "reads fail in failing_flash.rs")]
#[path = "support/flash.rs"]
mod flash;

use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use flash::{ERASE_MOMENTS, NorModel};
use freezable_chaos::random::Randomness;
use freezable_chaos::storage::{BLOCK, Slots, StorageError};
use freezable_chaos::{
    DenseCouplings, ExactBuffers, ExactNetwork, Generator, Params, Purpose, Start, Tanh, couplings_len,
    synapses_len,
};

/// Words and pages of an nRF52840.
type Nrf52 = NorModel<4, 4096>;

/// Whole numbers below a bound.
struct Dice(Generator);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Generator::new(seed, 0, Purpose::Input))
    }

    fn below(&mut self, bound: u64) -> u64 {
        (u64::from(self.0.next_u32()) * bound) >> 32
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// The bytes of the newest record, and its generation.
fn newest<F: NorFlash>(flash: &mut F) -> Result<(Vec<u8>, u32), StorageError> {
    let mut slots = Slots::new(flash);
    let record = slots.newest()?;
    let mut bytes = vec![0; record.len() as usize];
    slots.read(&record, 0, &mut bytes)?;
    Ok((bytes, record.generation()))
}

fn pages_for<const WORD: usize, const PAGE: usize>(length: usize) -> usize {
    Slots::<NorModel<WORD, PAGE>>::needed(length as u32) as usize / PAGE
}

fn write_and_read<const WORD: usize, const PAGE: usize>(lengths: &[usize]) {
    let longest = *lengths.iter().max().unwrap();
    let mut flash = NorModel::<WORD, PAGE>::new(pages_for::<WORD, PAGE>(longest), 1);
    assert_eq!(newest(&mut flash), Err(StorageError::Empty));
    let mut dice = Dice::new(2);
    for (&length, generation) in lengths.iter().zip(1..) {
        let bytes = dice.bytes(length);
        let (one, other) = bytes.split_at(length / 3);
        let record = Slots::new(&mut flash).write(&[one, other]).unwrap();
        assert_eq!((record.len() as usize, record.generation()), (length, generation));
        assert_eq!(newest(&mut flash), Ok((bytes.clone(), generation)));
        // in pieces
        let mut pieces = vec![0; length];
        for (index, piece) in pieces.chunks_mut(37).enumerate() {
            let offset = 37 * index as u32;
            Slots::new(&mut flash).read(&record, offset, piece).unwrap();
        }
        assert!(
            pieces == bytes,
            "words of {WORD}, pages of {PAGE}, {length} bytes"
        );
    }
}

#[test]
fn what_is_written_is_read_whatever_the_words_and_pages() {
    let lengths = [0, 1, 63, 64, 65, 127, 128, 129, 700, 2000, 300];
    write_and_read::<1, 256>(&lengths);
    write_and_read::<2, 1024>(&lengths);
    write_and_read::<4, 4096>(&lengths);
    write_and_read::<8, 2048>(&lengths);
    write_and_read::<16, 8192>(&lengths);
    write_and_read::<32, 131_072>(&lengths);
}

#[test]
fn the_slots_take_turns_and_only_the_pages_needed_are_erased() {
    let mut flash = Nrf52::new(20, 1);
    for _ in 0..10 {
        Slots::new(&mut flash).write(&[&[7; 5000]]).unwrap();
    }
    let mut expected = [0; 20];
    for page in [0, 1, 10, 11] {
        expected[page] = 5;
    }
    assert_eq!(flash.erases, expected);
}

#[test]
fn a_flash_that_is_too_small_is_refused_with_both_sizes() {
    // two blocks in front: 3,969 bytes need a second page in each slot
    let mut flash = Nrf52::new(3, 1);
    assert_eq!(Slots::new(&mut flash).room(), 4096 - 2 * BLOCK as u32);
    assert!(Slots::new(&mut flash).write(&[&[1; 3968]]).is_ok());
    let refused = Slots::new(&mut flash).write(&[&[1; 3900], &[2; 69]]);
    let expected = StorageError::Room {
        expected: 16_384,
        found: 12_288,
    };
    assert_eq!(refused, Err(expected));
    assert_eq!(
        expected.to_string(),
        "two slots for the record need 16384 bytes and the flash has 12288"
    );
    assert_eq!(newest(&mut flash).map(|(_, generation)| generation), Ok(1));

    let mut tiny = Nrf52::new(1, 1);
    let refused = Err(StorageError::Room {
        expected: 8192,
        found: 4096,
    });
    assert_eq!(Slots::new(&mut tiny).write(&[&[1]]), refused);
    assert_eq!(newest(&mut tiny).map(drop), refused.map(drop));
}

#[test]
fn a_damaged_record_is_not_read_and_the_one_before_is() {
    let mut flash = Nrf52::new(20, 1);
    let slot = flash.capacity() / 2;
    let states = [[1; 500], [2; 500]];
    for state in &states {
        Slots::new(&mut flash).write(&[state]).unwrap();
    }
    // in the header, its unused rest, the record
    for offset in [9, 60, 2 * BLOCK, 2 * BLOCK + 499] {
        flash.damage(slot + offset, 0x10);
        assert_eq!(newest(&mut flash), Ok((states[0].to_vec(), 1)), "offset {offset}");
        flash.damage(slot + offset, 0x10);
        assert_eq!(newest(&mut flash), Ok((states[1].to_vec(), 2)));
    }
    flash.damage(slot + 2 * BLOCK, 1);
    flash.damage(2 * BLOCK, 1);
    assert_eq!(newest(&mut flash), Err(StorageError::Broken));
    Slots::new(&mut flash).write(&[b"as good as new"]).unwrap();
    assert_eq!(newest(&mut flash), Ok((b"as good as new".to_vec(), 3)));
}

#[test]
fn a_worn_out_flash_is_noticed_before_the_old_record_is_given_up() {
    let mut flash = Nrf52::new(20, 1);
    let slot = flash.capacity() / 2;
    Slots::new(&mut flash).write(&[&[1; 500]]).unwrap();
    for offset in [0, BLOCK, 2 * BLOCK, 2 * BLOCK + 499] {
        flash.worn = Some(slot + offset);
        let refused = StorageError::ReadBack { offset: slot as u32 };
        assert_eq!(Slots::new(&mut flash).write(&[&[2; 500]]), Err(refused));
        assert_eq!(newest(&mut flash), Ok((vec![1; 500], 1)), "offset {offset}");
    }
}

#[test]
fn no_more_is_read_than_the_record_has() {
    let mut flash = Nrf52::new(20, 1);
    let record = Slots::new(&mut flash).write(&[&[1; 500]]).unwrap();
    let refused = Slots::new(&mut flash).read(&record, 400, &mut [0; 101]);
    let expected = StorageError::Length {
        expected: 501,
        found: 500,
    };
    assert_eq!(refused, Err(expected));
}

/// What happens while a record is written, and how many moments it takes.
const CLASSES: [&str; 4] = ["erase", "record", "header", "seal"];

fn moments<const WORD: usize, const PAGE: usize>(length: usize) -> [u64; 4] {
    let blocks = |bytes: usize| (bytes.div_ceil(BLOCK) * BLOCK / WORD) as u64;
    let pages = pages_for::<WORD, PAGE>(length) as u64 / 2;
    [
        ERASE_MOMENTS * pages,
        blocks(length),
        blocks(BLOCK),
        blocks(BLOCK),
    ]
}

/// Where cuts fell, and what was there afterwards.
#[derive(Debug, Default, PartialEq)]
struct Count {
    cuts: [u32; 4],
    before: u32,
    new: u32,
}

/// Flash whose power is cut, and the states that may be in it.
struct Torn<const WORD: usize, const PAGE: usize> {
    flash: NorModel<WORD, PAGE>,
    dice: Dice,
    /// More than one where the power was cut within a seal: an unstable word may read as the state before or the new one.
    allowed: Vec<Vec<u8>>,
    count: Count,
}

impl<const WORD: usize, const PAGE: usize> Torn<WORD, PAGE> {
    fn new(longest: usize, seed: u64, first: Vec<u8>) -> Self {
        let mut flash = NorModel::new(pages_for::<WORD, PAGE>(longest), seed);
        Slots::new(&mut flash).write(&[&first]).unwrap();
        Self {
            flash,
            dice: Dice::new(seed),
            allowed: vec![first],
            count: Count::default(),
        }
    }

    /// Writes a state, with the power cut at a random moment of that class, and looks at what is there.
    fn cut(&mut self, class: usize, state: &[u8]) {
        let moments = moments::<WORD, PAGE>(state.len());
        let before: u64 = moments[..class].iter().sum();
        self.flash.cut_at = Some(self.flash.moments + before + self.dice.below(moments[class]));
        assert_eq!(
            Slots::new(&mut self.flash).write(&[state]),
            Err(StorageError::Driver)
        );
        assert!(
            self.flash.is_off(),
            "the power was to be cut in the {}",
            CLASSES[class]
        );
        self.flash.cut_at = None;
        self.count.cuts[class] += 1;
        if CLASSES[class] == "seal" {
            self.allowed.push(state.to_vec());
        }
        // twice, as an unstable word may change its mind
        for _ in 0..2 {
            let found = newest(&mut self.flash).expect("a whole record").0;
            assert!(
                self.allowed.contains(&found),
                "garbage after a cut in the {}",
                CLASSES[class]
            );
            if found == state {
                self.count.new += 1;
            } else {
                self.count.before += 1;
            }
        }
    }

    /// Writes a state undisturbed.
    fn settle(&mut self, state: &[u8]) {
        Slots::new(&mut self.flash).write(&[state]).unwrap();
        assert!(newest(&mut self.flash).is_ok_and(|(found, _)| found == state));
        self.allowed = vec![state.to_vec()];
    }
}

const N: usize = 128;

/// The largest exact network of the firmware.
fn with_network<R>(act: impl FnOnce(&mut ExactNetwork<'_, Tanh>) -> R) -> R {
    let dynamics = Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05,
    }
    .validate(N)
    .unwrap();
    let mut values = vec![0.0; couplings_len(N)];
    let mut generator = Generator::new(46, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut values, &dynamics, &mut generator).unwrap();
    let mut buffers = Box::new(ExactBuffers::<N, { synapses_len(N) }>::new());
    let mut network = buffers.network(dynamics, couplings, Tanh).unwrap();
    network.start(Start::Small, &mut Generator::new(2, 0, Purpose::State));
    act(&mut network)
}

#[test]
fn a_thousand_torn_writes_leave_the_state_before_or_the_new_one() {
    with_network(|network| {
        let mut store = || {
            network.release();
            (0..20).for_each(|_| network.step().unwrap());
            let mut bytes = vec![0; network.snapshot_len()];
            network.store(&mut bytes).unwrap();
            (bytes, network.digest())
        };
        let states: Vec<_> = (0..8).map(|_| store()).collect();
        let length = states[0].0.len();
        let mut torn = Torn::<4, 4096>::new(length, 11, states[0].0.clone());
        for turn in 0..500 {
            let state = |offset: usize| &states[(3 * turn + offset) % states.len()].0;
            // the write that mends is cut too
            torn.cut(turn % 4, state(1));
            let class = torn.dice.below(4) as usize;
            torn.cut(class, state(2));
            if turn % 5 == 0 {
                torn.settle(state(3));
            }
        }
        println!("{:?}", torn.count);
        assert_eq!(torn.count.cuts.iter().sum::<u32>(), 1000);
        assert!(torn.count.cuts.iter().all(|&cuts| cuts > 200));
        assert!(torn.count.new > 0 && torn.count.before > 0);
        // what is found is the network's, to the bit
        let (found, _) = newest(&mut torn.flash).unwrap();
        let digest = states.iter().find(|(bytes, _)| *bytes == found).unwrap().1;
        network.recall(&found).unwrap();
        assert_eq!(network.digest(), digest);
    });
}

fn tear_often<const WORD: usize, const PAGE: usize>() {
    let mut dice = Dice::new(5);
    let state = |dice: &mut Dice| {
        let length = 100 + dice.below(1500) as usize;
        dice.bytes(length)
    };
    for seed in 0..20 {
        let mut torn = Torn::<WORD, PAGE>::new(1600, seed, state(&mut dice));
        for _ in 0..50 {
            let (class, next) = (dice.below(4) as usize, state(&mut dice));
            torn.cut(class, &next);
            if dice.below(3) == 0 {
                torn.settle(&state(&mut dice));
            }
        }
    }
}

#[test]
fn torn_writes_are_harmless_whatever_the_words_and_pages() {
    tear_often::<1, 256>();
    tear_often::<2, 512>();
    tear_often::<8, 2048>();
    tear_often::<16, 1024>();
    tear_often::<32, 4096>();
}

#[test]
fn a_first_write_that_is_cut_leaves_nothing_or_all_of_it() {
    let state = [5; 1000];
    for class in 0..4 {
        for turn in 0..50 {
            let mut flash = Nrf52::new(20, turn);
            let moments = moments::<4, 4096>(state.len());
            let before: u64 = moments[..class].iter().sum();
            flash.cut_at = Some(before + Dice::new(turn).below(moments[class]));
            assert!(Slots::new(&mut flash).write(&[&state]).is_err());
            flash.cut_at = None;
            match newest(&mut flash) {
                Ok((found, 1)) => assert!(found == state && CLASSES[class] != "erase"),
                Err(StorageError::Empty | StorageError::Broken) => assert_ne!(CLASSES[class], "seal"),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn generations_go_on_through_their_wrap() {
    // a record of the last generation, put there as the layout in kernel/src/storage says
    let mut header = b"FzSt\x01\0\0\0\xff\xff\xff\xff\x03\0\0\0".to_vec();
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    header.extend(crc.checksum(b"old").to_le_bytes());
    header.extend(crc.checksum(&header).to_le_bytes());
    let mut block = [0xFF; 3 * BLOCK];
    block[..header.len()].copy_from_slice(&header);
    block[BLOCK..2 * BLOCK].fill(0);
    block[2 * BLOCK..2 * BLOCK + 3].copy_from_slice(b"old");
    let mut flash = Nrf52::new(20, 1);
    flash.write(0, &block).unwrap();
    assert_eq!(newest(&mut flash), Ok((b"old".to_vec(), u32::MAX)));
    for (state, generation) in [(b"new", 0), (b"one", 1)] {
        Slots::new(&mut flash).write(&[state]).unwrap();
        assert_eq!(newest(&mut flash), Ok((state.to_vec(), generation)));
    }
}
