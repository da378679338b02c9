//! The alphabet of every stored form. Numbers are varints (seven bits a byte, the lowest first, the high bit says that
//! more follow), signed numbers zigzag varints, texts UTF-8 behind their length, and times the difference from the time
//! written before them: within one record they lie close together.
//!
//! Reading is total: whatever the bytes, it ends with a value or with [`Malformed`], and no length that a record claims
//! is believed before so many bytes are there.

use crate::{domain::time::Timestamp, ports::Unavailable};

/// Why stored bytes are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The form is newer than this program.
    #[error(
        "a stored record has form {0}, which this version of Watchlight does not know: run the version that wrote it"
    )]
    UnknownForm(u8),
    /// The record ends before its form does.
    #[error("a stored record is cut short")]
    Short,
    /// The form ends before the record does.
    #[error("a stored record is longer than its form")]
    Long,
    /// It was not sealed with the key of its person, or was changed or moved since.
    #[error("a sealed record does not open: it was changed, moved, or sealed with another key")]
    Sealed,
    /// This part has a value that its form does not allow.
    #[error("a stored record has an impossible {0}")]
    Impossible(&'static str),
}

/// The parts of one in which a short fraction counts.
const PARTS: f64 = 10_000.0;

impl From<Malformed> for Unavailable {
    fn from(fault: Malformed) -> Self {
        Self(fault.to_string())
    }
}

/// Writes one record.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    time: Timestamp,
}

impl Writer {
    /// Begins a record with the version of its form.
    #[must_use]
    pub fn new(form: u8) -> Self {
        Self { bytes: vec![form], time: Timestamp::default() }
    }

    /// Begins a part of a record, which has no form of its own.
    #[must_use]
    pub fn bare() -> Self {
        Self { bytes: Vec::new(), time: Timestamp::default() }
    }

    /// The record.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes whose number the form knows.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// An unsigned number: 1 byte below 128, at most 10.
    pub fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest.to_le_bytes()[0]);
    }

    /// How many of something follow.
    pub fn count(&mut self, count: usize) {
        // A `usize` has at most 64 bits on every target that Rust knows.
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// A signed number, small when it is near nought.
    pub fn signed(&mut self, number: i64) {
        self.number((number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
    }

    /// A fraction: 8 bytes, exact to the bit, so that a repeated answer equals the first.
    pub fn fraction(&mut self, fraction: f64) {
        self.raw(&fraction.to_bits().to_le_bytes());
    }

    /// A fraction that mostly has few digits: ten-thousandths + 2, or 1 and 4 bytes, or 0 and 8; exact to the bit.
    pub fn short_fraction(&mut self, fraction: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "what does not fit is compared below")]
        let (parts, single) = ((fraction * PARTS).round() as i32, fraction as f32);
        if (f64::from(parts) / PARTS).to_bits() == fraction.to_bits() {
            let zigzag = (i64::from(parts) << 1 ^ i64::from(parts) >> 63).cast_unsigned();
            self.number(zigzag + 2);
        } else if f64::from(single).to_bits() == fraction.to_bits() {
            self.byte(1);
            self.raw(&single.to_bits().to_le_bytes());
        } else {
            self.byte(0);
            self.fraction(fraction);
        }
    }

    /// A text behind its length.
    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }

    /// A time, as the difference from the one written before it; the first counts from 1970.
    pub fn time(&mut self, time: Timestamp) {
        self.signed(time.unix_ms().wrapping_sub(self.time.unix_ms()));
        self.time = time;
    }

    /// Which of the optional parts follow: bit 0 is the first. At most 64.
    pub fn flags(&mut self, present: &[bool]) {
        let bits = present.iter().rev().fold(0_u64, |bits, &it| bits << 1 | u64::from(it));
        self.number(bits);
    }

    /// The place of `value` in a closed list.
    pub fn member<T: PartialEq>(&mut self, list: &[T], value: &T) {
        // The lists are complete, so the value is found; 255 would be refused by the reader.
        let place = list.iter().position(|it| it == value);
        self.byte(place.and_then(|it| u8::try_from(it).ok()).unwrap_or(u8::MAX));
    }
}

/// Reads one record.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    time: Timestamp,
}

impl<'a> Reader<'a> {
    /// Begins with the version of the form, and the reader of what follows it.
    ///
    /// # Errors
    /// An empty record.
    pub fn new(bytes: &'a [u8]) -> Result<(u8, Self), Malformed> {
        let mut reader = Self { rest: bytes, time: Timestamp::default() };
        Ok((reader.byte()?, reader))
    }

    /// Begins with a part of a record, which has no form of its own.
    #[must_use]
    pub fn bare(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, time: Timestamp::default() }
    }

    /// Ends the record: nothing may be left.
    ///
    /// # Errors
    /// Something is left.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::Long) }
    }

    /// What was not read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// One byte.
    ///
    /// # Errors
    /// The record is at its end.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.raw::<1>()?[0])
    }

    /// Bytes whose number the form knows.
    ///
    /// # Errors
    /// There are not so many.
    pub fn raw<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// An unsigned number that fits in `T`.
    ///
    /// # Errors
    /// It does not fit, or the record ends in it.
    pub fn number<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if shift == 63 && bits > 1 {
                return Err(Malformed::Impossible("number"));
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return T::try_from(number).map_err(|_| Malformed::Impossible("number"));
            }
        }
        Err(Malformed::Impossible("number"))
    }

    /// A signed number.
    ///
    /// # Errors
    /// As [`Reader::number`].
    pub fn signed(&mut self) -> Result<i64, Malformed> {
        let zigzag: u64 = self.number()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    /// A fraction.
    ///
    /// # Errors
    /// The record ends in it.
    pub fn fraction(&mut self) -> Result<f64, Malformed> {
        Ok(f64::from_bits(u64::from_le_bytes(self.raw()?)))
    }

    /// A fraction as [`Writer::short_fraction`] writes it.
    ///
    /// # Errors
    /// The record ends in it, or it has more digits than would be written so.
    pub fn short_fraction(&mut self) -> Result<f64, Malformed> {
        match self.number::<u64>()? {
            0 => self.fraction(),
            1 => Ok(f64::from(f32::from_bits(u32::from_le_bytes(self.raw()?)))),
            more => {
                let zigzag = u32::try_from(more - 2).map_err(|_| Malformed::Impossible("fraction"))?;
                let parts = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
                Ok(f64::from(parts) / PARTS)
            }
        }
    }

    /// A text.
    ///
    /// # Errors
    /// It is not UTF-8, or the record ends in it.
    pub fn text(&mut self) -> Result<String, Malformed> {
        std::str::from_utf8(self.bytes()?).map(str::to_owned).map_err(|_| Malformed::Impossible("text"))
    }

    /// Bytes behind their length.
    ///
    /// # Errors
    /// There are not so many.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length: usize = self.number()?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A time.
    ///
    /// # Errors
    /// As [`Reader::number`].
    pub fn time(&mut self) -> Result<Timestamp, Malformed> {
        self.time = Timestamp::from_unix_ms(self.time.unix_ms().wrapping_add(self.signed()?));
        Ok(self.time)
    }

    /// Which of `N` optional parts follow.
    ///
    /// # Errors
    /// A bit beyond the `N`th is set: a part that this program would not find.
    pub fn flags<const N: usize>(&mut self) -> Result<[bool; N], Malformed> {
        let bits: u64 = self.number()?;
        if N < 64 && bits >> N != 0 {
            return Err(Malformed::Impossible("flag"));
        }
        Ok(std::array::from_fn(|it| bits >> it & 1 == 1))
    }

    /// A member of a closed list by its place.
    ///
    /// # Errors
    /// The list has no such place.
    pub fn member<T: Copy>(&mut self, list: &[T]) -> Result<T, Malformed> {
        list.get(usize::from(self.byte()?)).copied().ok_or(Malformed::Impossible("choice"))
    }

    /// A list behind its length. Space is taken as members are read, not as the length claims.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let count: usize = self.number()?;
        (0..count).map(|_| read(self)).collect()
    }

    /// An optional part, if its flag is set.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn when<T>(
        &mut self,
        present: bool,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        present.then(|| read(self)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_read_back_to_the_bit_and_mostly_short() {
        let whole = [f64::MIN, f64::MAX, f64::NAN, f64::INFINITY, -0.0, 1.0 / 3.0, 214_748.364_8, 0.123_45];
        let short = [0.0, 0.4, -33.8688, 151.2093, 1.0, -1.0, 214_748.364_7, -214_748.364_8];
        let single = [f64::from(52.520_01_f32), f64::from(f32::MIN_POSITIVE)];
        for (fractions, most) in [(&whole[..], 10), (&short[..], 6), (&single[..], 6)] {
            for it in fractions {
                let mut writer = Writer::new(1);
                writer.short_fraction(*it);
                let bytes = writer.finish();
                assert!(bytes.len() <= most, "{it} {bytes:?}");
                let mut reader = Reader::new(&bytes).unwrap().1;
                assert_eq!(reader.short_fraction().unwrap().to_bits(), it.to_bits(), "{it}");
                assert_eq!(reader.finish(), Ok(()));
            }
        }
    }

    #[test]
    fn numbers_are_read_back_at_every_size() {
        for it in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut writer = Writer::new(1);
            writer.number(it);
            writer.signed(it.cast_signed());
            writer.time(Timestamp::from_unix_ms(it.cast_signed()));
            writer.time(Timestamp::from_unix_ms(i64::MIN));
            let bytes = writer.finish();
            let (form, mut reader) = Reader::new(&bytes).unwrap();
            assert_eq!((form, reader.number()), (1, Ok(it)));
            assert_eq!(reader.signed(), Ok(it.cast_signed()));
            assert_eq!(reader.time().map(Timestamp::unix_ms), Ok(it.cast_signed()));
            assert_eq!(reader.time().map(Timestamp::unix_ms), Ok(i64::MIN));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn a_length_is_not_believed() {
        let huge = [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, b'a'];
        assert_eq!(Reader::new(&huge).unwrap().1.text(), Err(Malformed::Short));
        assert_eq!(Reader::new(&huge).unwrap().1.list(Reader::byte), Err(Malformed::Short));
        let endless = [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02];
        assert_eq!(Reader::new(&endless).unwrap().1.number::<u64>(), Err(Malformed::Impossible("number")));
    }
}
