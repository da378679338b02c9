//! Segments. They lie in the slot of the tallies, and go when these change.

use std::{ops::RangeInclusive, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{MissingSegment, Reply, SegmentBytes, SegmentRow},
        redis::{
            server::{
                link::{Batch, QUICK, WIDE},
                tally_keys,
            },
            store::Redis,
        },
    },
    domain::{ids::TenantId, search::clear::segment::SegmentNumber},
    ports::SegmentPlace,
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_segment.lua")));

impl SegmentBytes for Redis {
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        fields: &[u8],
        limit: usize,
    ) -> Reply<Vec<SegmentRow>> {
        let (first, last) = numbers.into_inner();
        let mut ask = Batch::new();
        ask.cmd("ZREVRANGEBYSCORE").arg(tally_keys::segments(tenant)).arg(last.0).arg(first.0);
        ask.arg("LIMIT").arg(0).arg(limit);
        let (numbers,): (Vec<i64>,) = self.link.ask(WIDE, &ask).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for number in &numbers {
            ask.cmd("HMGET").arg(tally_keys::segment(tenant, SegmentNumber(*number)));
            for field in fields {
                ask.arg(*field);
            }
        }
        // One that went in between has nothing.
        let found: Vec<Vec<Option<Vec<u8>>>> = self.link.ask(WIDE, &ask).await?;
        let row = |(number, fields): (i64, Vec<Option<Vec<u8>>>)| SegmentRow {
            number: SegmentNumber(number),
            fields: fields.into_iter().map(Option::unwrap_or_default).collect(),
        };
        Ok(numbers.into_iter().zip(found).map(row).collect())
    }

    async fn missing_segment(
        &self,
        before: SegmentNumber,
        passed_over: &[SegmentPlace],
    ) -> Reply<Option<MissingSegment>> {
        let mut ask = Batch::new();
        ask.cmd("ZRANGEBYSCORE").arg(tally_keys::MISSING).arg("-inf").arg(format!("({}", before.0));
        ask.arg("LIMIT").arg(0).arg(passed_over.len() + 1);
        let (names,): (Vec<String>,) = self.link.ask(QUICK, &ask).await?;
        let places = names.iter().filter_map(|it| tally_keys::read_missing(it));
        let mut places = places.map(|(tenant, number)| SegmentPlace { tenant, number });
        let Some(place) = places.find(|it| !passed_over.contains(it)) else { return Ok(None) };
        let mut ask = Batch::new();
        ask.cmd("HGET").arg(tally_keys::MARKS).arg(tally_keys::missing(&place.tenant, place.number));
        let (mark,): (Option<u64>,) = self.link.ask(QUICK, &ask).await?;
        Ok(Some(MissingSegment { place, mark: mark.unwrap_or_default() }))
    }

    async fn put_segment(&self, missing: &MissingSegment, fields: Vec<(u8, Vec<u8>)>) -> Reply<bool> {
        let MissingSegment { place: SegmentPlace { tenant, number }, mark } = missing;
        let mut run = PUT.key(tally_keys::MISSING);
        run.key(tally_keys::MARKS).key(tally_keys::segment(tenant, *number)).key(tally_keys::segments(tenant));
        run.arg(tally_keys::missing(tenant, *number)).arg(mark).arg(number.0);
        for (field, bytes) in fields {
            run.arg(field).arg(bytes);
        }
        self.link.run(WIDE, &run).await
    }
}
