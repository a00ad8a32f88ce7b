//! Can an event be read back from its JSON form? For the event that nearly all are, told without reading it.
//!
//! Read [`surely`] first. Two things do not come back as they went: a number that is none, which JSON writes as `null`, and
//! what the model takes for granted of a message when it reads one. A time beyond the year 9999 and a value nested deeper
//! than a reader follows are not looked into: such an event has to be read to be sure.

use std::fmt::{self, Display, Write};

use serde::Serialize;
use serde::ser::{self, Serializer};

use crate::model::{Event, Limits};

/// Containers within each other. A reader follows 128; the event and the row it is read from are some of them.
const DEPTH: u8 = 100;

/// Whether its JSON form can be read back. `false` says that it has to be tried.
pub(super) fn surely(event: &Event) -> bool {
    let Event::Captured { message, assessment } = event else { return false };
    message.is_within(&Limits::DEFAULT)
        && message.serialize(Probe(0)).is_ok()
        && assessment.serialize(Probe(0)).is_ok()
}

/// Looks at values and writes nothing. It holds how many containers the value stands in.
#[derive(Clone, Copy)]
struct Probe(u8);

/// It is not sure.
#[derive(Debug)]
struct Doubt;

impl Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it has to be tried")
    }
}

impl std::error::Error for Doubt {}

impl ser::Error for Doubt {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Times are written by way of `Display`; those with a sign have a year of more than four digits, or a negative one.
struct Sign(Option<u8>);

impl Write for Sign {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.or(text.bytes().next());
        Ok(())
    }
}

impl Probe {
    fn within(self) -> Result<Self, Doubt> {
        if self.0 < DEPTH { Ok(Self(self.0 + 1)) } else { Err(Doubt) }
    }
}

macro_rules! fine {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method(self, _: $type) -> Result<(), Doubt> {
            Ok(())
        }
    )*};
}

impl Serializer for Probe {
    type Ok = ();
    type Error = Doubt;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fine! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_char: char,
        serialize_str: &str,
        serialize_unit_struct: &'static str,
    }

    fn serialize_f32(self, number: f32) -> Result<(), Doubt> {
        if number.is_finite() { Ok(()) } else { Err(Doubt) }
    }

    fn serialize_f64(self, number: f64) -> Result<(), Doubt> {
        if number.is_finite() { Ok(()) } else { Err(Doubt) }
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Doubt> {
        Err(Doubt)
    }

    fn serialize_none(self) -> Result<(), Doubt> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Doubt> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Doubt> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Doubt> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Doubt> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Doubt> {
        value.serialize(self.within()?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Doubt> {
        self.within()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Doubt> {
        self.within()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Doubt> {
        self.within()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Doubt> {
        self.within()?.within()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Doubt> {
        self.within()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Doubt> {
        self.within()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Doubt> {
        self.within()?.within()
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Doubt> {
        let mut sign = Sign(None);
        write!(sign, "{value}").map_err(|_| Doubt)?;
        if matches!(sign.0, Some(b'+' | b'-')) { Err(Doubt) } else { Ok(()) }
    }
}

/// The parts of a container: each is looked at where it stands.
macro_rules! parts {
    ($($trait:ident: $($method:ident($($name:ty)?)),+;)*) => {$(
        impl ser::$trait for Probe {
            type Ok = ();
            type Error = Doubt;

            $(fn $method<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> Result<(), Doubt> {
                value.serialize(*self)
            })+

            fn end(self) -> Result<(), Doubt> {
                Ok(())
            }
        }
    )*};
}

parts! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeMap: serialize_key(), serialize_value();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Assessment, Message};
    use crate::record::sql::read;
    use crate::record::tests::fixtures::said;

    fn captured(message: Message, assessment: Assessment) -> Event {
        Event::Captured { message: Box::new(message), assessment: Box::new(assessment) }
    }

    fn parts() -> (Message, Assessment) {
        (said(1, 1).message(), *said(1, 1).assessment())
    }

    fn can_be_read(event: &Event) -> bool {
        let body = serde_json::to_string(event).unwrap();
        read::event(event.name(), 1, &body).is_ok()
    }

    fn nested(depth: usize) -> serde_json::Value {
        (0..depth).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]))
    }

    #[test]
    fn what_nearly_every_event_is_needs_no_reading() {
        let (message, assessment) = parts();
        assert!(surely(&captured(message.clone(), assessment.clone())));
        let mut builder = message.into_builder();
        builder
            .ext
            .insert("more".to_owned(), serde_json::json!({ "deep": [1.5, null, "ü"], "big": u64::MAX }));
        assert!(surely(&captured(builder.build().unwrap(), assessment)));
    }

    #[test]
    fn what_is_doubtful_has_to_be_tried() {
        let (message, fine) = parts();
        let mut no_number = fine.clone();
        no_number.classification.action.confidence = f32::NAN;
        let event = captured(message.clone(), no_number);
        assert!(!surely(&event) && !can_be_read(&event));
        let mut far = fine.clone();
        far.decision.as_mut().unwrap().at = DateTime::from_timestamp(300_000_000_000, 0).unwrap();
        assert!(!surely(&captured(message.clone(), far)));
        let mut deep = message.clone().into_builder();
        deep.ext.insert("more".to_owned(), nested(130));
        let event = captured(deep.build().unwrap(), fine.clone());
        assert!(!surely(&event) && !can_be_read(&event));
        let mut long = message.into_builder();
        long.text = "x".repeat(Limits::DEFAULT.text_bytes + 1);
        let wide = Limits { text_bytes: usize::MAX, ..Limits::DEFAULT };
        let event = captured(long.build_within(&wide).unwrap(), fine);
        assert!(!surely(&event) && !can_be_read(&event));
    }

    fn time() -> impl Strategy<Value = DateTime<Utc>> {
        let seconds = prop_oneof![9 => 0..4_000_000_000_i64, 1 => -99_999_999_999_i64..999_999_999_999];
        (seconds, 0..1_000_000_000_u32)
            .prop_filter_map("a time", |(seconds, nanos)| DateTime::from_timestamp(seconds, nanos))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_sure_can_be_read(
            numbers in any::<[f32; 3]>(), place in any::<(f64, f64)>(), times in [time(), time(), time()], depth in 0..140_usize
        ) {
            let (message, mut said) = parts();
            said.classification.kind.confidence = numbers[0];
            said.classification.action.confidence = numbers[1];
            if let Some(evidence) = said.classification.kind.evidence.first_mut() {
                evidence.weight = numbers[2];
            }
            said.decision.as_mut().unwrap().at = times[0];
            let mut builder = message.into_builder();
            builder.times.observed = times[1];
            builder.times.edited = Some(times[2]);
            builder.ext.insert("more".to_owned(), nested(depth));
            builder.place = Some(crate::model::Place {
                latitude: Some(place.0 % 90.0),
                longitude: Some(place.1 % 180.0),
                ..crate::model::Place::default()
            });
            let Ok(message) = builder.build() else { return Ok(()) };
            let event = captured(message, said);
            prop_assert!(!surely(&event) || can_be_read(&event));
        }
    }
}
