//! What columns say of logins is what stands in the clear of them.

use proptest::{collection::vec, prelude::*, sample::select};
use watchlight::domain::{
    history::login_record::LoginRecord,
    ids::{LoginId, Partition, timed_bytes},
    search::{
        clear::{
            columns::Column,
            counts::{By, Grouping, Step, Table, Top},
            cross::Cross,
            facets::{ClearLogin, Facets},
            methods::number_of,
            segment::{Segment, SegmentNumber},
        },
        query::{Query, Term},
        tallies::{QUARTER_MS, Quarter},
        times::Span,
        truth::Truth,
        value::Value,
    },
};

use crate::search::anything::{login, query};

const NUMBER: SegmentNumber = SegmentNumber(123_456);

/// Logins of a segment, the earliest first; each with a quarter hour of its own choice.
fn logins() -> impl Strategy<Value = Vec<(LoginId, Facets)>> {
    let login = (login(), 0..16_i64, any::<u8>());
    vec(login, 0..24).prop_map(|logins| {
        let of = |(place, (login, quarter, partition)): (usize, (LoginRecord, i64, u8))| {
            let at = NUMBER.first().start().plus_ms(quarter * QUARTER_MS + i64::try_from(place).unwrap());
            let hash = [u8::try_from(place).unwrap(); 32];
            (LoginId(timed_bytes(at, Partition(partition), &hash)), Facets::of(&login))
        };
        let mut logins: Vec<_> = logins.into_iter().enumerate().map(of).collect();
        logins.sort_unstable_by_key(|(id, _)| *id);
        logins
    })
}

fn is_told_by_columns(value: &Value) -> bool {
    match value {
        Value::Method(it) => number_of(it).is_some(),
        Value::Login(_) => false,
        it => it.is_clear(),
    }
}

proptest! {
    #[test]
    fn columns_say_of_each_login_what_stands_in_the_clear(query in query(), logins in logins()) {
        let query = Query::new(query.terms().to_vec(), Span::default());
        let segment = Segment::of(NUMBER, &logins);
        let asked = segment.asked(&query);
        prop_assert_eq!(asked.truths().len(), logins.len());
        for (quarter, rows) in segment.quarters() {
            let that_are = |truth| rows.clone().filter(|row| asked.truths()[*row] == truth).collect::<Vec<_>>();
            let told = [asked.surely(&rows), asked.perhaps(&rows)];
            let told = told.map(|it| it.iter().map(|row| *row as usize).collect::<Vec<_>>());
            prop_assert_eq!(told, [that_are(Truth::Yes), that_are(Truth::Unknown)], "{:?}", quarter);
        }
        let is_told = query.terms().iter().flat_map(Term::values).all(is_told_by_columns);
        for ((id, facets), told) in logins.iter().zip(asked.truths()) {
            let is_so = query.matches_clear(&ClearLogin { id: *id, facets: Some(facets.clone()) });
            prop_assert!(*told == is_so || (*told == Truth::Unknown && !is_told), "{}: {:?} {:?}", query, told, is_so);
        }
    }

    #[test]
    fn each_login_is_a_row_of_its_quarter_hour(logins in logins()) {
        let segment = Segment::of(NUMBER, &logins);
        let mut rows = 0;
        for (quarter, of_quarter) in segment.quarters() {
            prop_assert_eq!(SegmentNumber::of(quarter), NUMBER);
            rows += of_quarter.len();
            for row in of_quarter {
                prop_assert_eq!(Quarter::of(logins[row].0.time()), quarter);
                prop_assert_eq!(segment.column(Column::Partition).unwrap().at(row), u32::from(logins[row].0.partition().0));
            }
        }
        prop_assert_eq!(rows, logins.len());
    }

    #[test]
    fn what_is_counted_by_columns_is_what_is_counted_one_by_one(
        query in query(),
        logins in logins(),
        by in select(&By::ALL[..]),
        and_by in proptest::option::of(select(&By::ALL[..])),
        step in select(&Step::ALL[..]),
        zone in select(vec!["UTC", "Asia/Kathmandu", "America/Sao_Paulo"]),
    ) {
        let query = Query::new(query.terms().to_vec(), Span::default());
        let grouping = Grouping { by, and_by, step, zone: jiff::tz::TimeZone::get(zone).unwrap() };
        let segment = Segment::of(NUMBER, &logins);
        let asked = segment.asked(&query);
        let (mut cross, mut expected) = (Cross::new(&grouping), Table::default());
        for (quarter, rows) in segment.quarters() {
            if cross.add(&segment, quarter, rows.clone(), &asked) {
                for row in rows.filter(|row| asked.truths()[*row] == Truth::Yes) {
                    expected.add(&grouping, logins[row].0.time(), &logins[row].1);
                }
            } else {
                // What is left is what columns do not tell.
                let has_own = |row: usize| logins[row].1.method.as_deref().is_some_and(|it| number_of(it).is_none());
                prop_assert!(rows.clone().any(|row| asked.truths()[row] == Truth::Unknown || has_own(row)));
            }
        }
        let mut table = Table::default();
        cross.add_to(&mut table);
        prop_assert_eq!(table.logins, expected.logins);
        let cells = |table: Table| {
            let Top { mut cells, other } = table.top(&grouping, 1_000);
            cells.sort_unstable_by(|a, b| (&a.group, &a.and).cmp(&(&b.group, &b.and)));
            (cells, other)
        };
        prop_assert_eq!(cells(table), cells(expected));
    }
}
