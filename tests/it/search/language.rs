//! What is read, as what, and where a fault is: tables of examples.

use std::fmt::Write as _;

use watchlight::domain::{
    search::{
        fault::QueryFault,
        parser::parse,
        query::{MAX_TERMS, Query},
    },
    time::Timestamp,
};

/// Asked on 22 November 2026, a Sunday, at a quarter past ten.
fn asked(text: &str) -> Result<Query, QueryFault> {
    parse(text, Timestamp::parse("2026-11-22T10:15:00Z").unwrap())
}

#[test]
fn queries_have_a_canonical_form() {
    for (written, canonical) in [
        ("", ""),
        ("  \u{a0} ", ""),
        (
            "user:ana country:BR,PT -status:recognized risk>=0.6 last:7d",
            "user:ana country:BR,PT -status:recognized risk>=0.6 since:2026-11-15T10:15:00.000Z \
             until:2026-11-22T10:15:00.001Z",
        ),
        (
            "ip:89.160.20.0/24 outcome:failure   asn:AS29518   signal:impossible_travel   method:passkey",
            "ip:89.160.20.0/24 outcome:failure asn:29518 signal:impossible_travel method:passkey",
        ),
        (
            "session:s_19 ref:7kq2mx mail:failed answer:denied note:any",
            "session:s_19 ref:7KQ2MX mail:failed answer:denied note:any",
        ),
        // As Kibana writes it.
        ("risk >= 0.6 and not country: BR AND user : ana", "risk>=0.6 -country:BR user:ana"),
        ("risk = 0.6 risk:>.5 score<=1", "risk:0.6 risk>0.5 risk<=1"),
        ("USER:ana Level:HIGH", "user:ana level:high"),
        (
            "user_id:ana from:2026-11-20 to:2026-11-21",
            "user:ana since:2026-11-20T00:00:00.000Z until:2026-11-22T00:00:00.000Z",
        ),
        ("country:br,  pt,BR", "country:BR,PT"),
        ("level:high level:high", "level:high"),
        ("-level=low", "-level:low"),
        // Text without a field.
        ("Brazil ana", "country:BR user:ana"),
        ("-united states,japan level:high", "-country:US,JP level:high"),
        ("Bosnia and Herzegovina and level:high", "country:BA level:high"),
        ("\"South Korea\",Chad", "country:KR,TD"),
        ("2001:db8::1,2001:db8:1::/48", "ip:2001:db8::1,2001:db8:1::/48"),
        ("not AS29518 7KQ2MX", "-asn:29518 ref:7KQ2MX"),
        ("ana,bob", "user:ana,bob"),
        ("ana=", "user:\"ana=\""),
        ("-ana -bob", "-user:ana -user:bob"),
        ("user:jordan", "user:jordan"),
        ("user:or user:\"and\"", "user:or user:and"),
        // Values with anything in them.
        (r#"user:"a \"b\" \\ c""#, r#"user:"a \"b\" \\ c""#),
        (r"user:ACME\ana", r#"user:"ACME\\ana""#),
        (r#"user:"\u{202e}x""#, r#"user:"\u{202e}x""#),
        ("user:google:123 method:social:google", "user:google:123 method:social:google"),
        ("user:-ana", "user:\"-ana\""),
        // Times meet.
        ("since:2026-11-01 since:2026-11-02T02:00+01:00", "since:2026-11-02T01:00:00.000Z"),
        ("until:2026-11-03 until:2026-11-09", "until:2026-11-04T00:00:00.000Z"),
    ] {
        let query = asked(written).unwrap_or_else(|fault| panic!("{written}: {fault}"));
        assert_eq!(query.to_string(), canonical, "{written}");
        assert_eq!(asked(canonical).as_ref(), Ok(&query), "{canonical}");
    }
}

#[test]
fn a_fault_tells_where_and_what_would_be_right() {
    // The query, where its fault is, how much is wrong, what is suggested, and a word of the reason.
    for (written, position, length, suggestion, reason) in [
        ("user:ana contry:BR", 9, 6, Some("country"), "no field"),
        ("ä conutry:BR", 2, 7, Some("country"), "no field"),
        ("google:123", 0, 10, Some("user:google:123"), "no field"),
        ("🦊 🦊", 2, 1, None, "one user"),
        ("status:recognised", 7, 10, Some("recognized"), "one of"),
        ("country:BR,EL", 11, 2, Some("GR"), "two letters"),
        ("risk>0.6,0.7", 9, 3, None, "one number"),
        ("risk>high", 5, 4, None, "a number from 0 to 1"),
        ("level>=medium", 5, 2, Some(":"), "takes a colon"),
        ("user:", 5, 0, None, "missing"),
        ("user: level:high", 6, 0, None, "missing"),
        ("user:ana,", 9, 0, None, "missing"),
        (":BR", 0, 1, None, "missing"),
        ("ana > 5", 0, 3, None, "no field"),
        ("level:high or level:low", 11, 2, None, "comma"),
        ("level:high || level:low", 11, 2, None, "comma"),
        ("(level:high)", 0, 1, None, "parentheses"),
        ("country:(BR or PT)", 8, 1, None, "parentheses"),
        ("user:ana*", 8, 1, None, "whole values"),
        ("user:/an./", 5, 1, None, "regular expressions"),
        ("user:“ana”", 5, 1, Some("\""), "Quotes"),
        ("user:\"ana", 5, 4, None, "not closed"),
        ("user:\"a\"b", 8, 1, None, "follows"),
        ("!user:ana", 0, 1, Some("-"), "negated"),
        ("user!=ana", 0, 5, Some("-user"), "negated"),
        ("- ana", 0, 1, None, "right before"),
        ("not", 0, 3, None, "before the term"),
        ("--ana", 1, 1, None, "once"),
        ("not -ana", 4, 1, None, "once"),
        ("and ana", 0, 3, None, "between two terms"),
        ("ana and", 4, 3, None, "between two terms"),
        ("level:high and and ana", 11, 3, None, "between two terms"),
        ("ana bob", 4, 3, None, "one user"),
        ("ana,Brazil", 4, 6, None, "one kind"),
        ("lgn_1", 0, 5, Some("user:lgn_1"), "looks like"),
        ("since:yesterday", 6, 9, None, "a day such as"),
        ("since:2026-11-22T10:15", 6, 16, None, "a time such as"),
        ("last:1y", 5, 2, None, "weeks"),
        ("-last:7d", 0, 8, None, "not negated"),
        ("last:7d,8d", 8, 2, None, "one value"),
        ("since:2026-11-22 until:2026-11-20", 23, 10, None, "ends before it begins: `until` is before `since`"),
        ("since:2026-11-22 until:2026-11-21", 23, 10, None, "ends before it begins: `until` is before `since`"),
        ("until:2026-11-21 since:2026-11-22", 23, 10, None, "ends before it begins: `until` is before `since`"),
        ("user:a\0b", 6, 1, None, "U+0000"),
        ("user:\"\u{202e}x\"", 6, 1, None, "U+202E"),
        ("user:a\nlevel:high", 6, 1, None, "U+000A"),
    ] {
        let fault = asked(written).expect_err(written);
        assert_eq!(
            (fault.position, fault.length, fault.suggestion.as_deref()),
            (position, length, suggestion),
            "{written}: {fault}"
        );
        assert!(fault.message.contains(reason), "{written}: {fault}");
    }
}

#[test]
fn what_is_suggested_is_accepted_in_its_place() {
    for written in [
        "user:ana contry:BR",
        "google:123",
        "country:EL",
        "level=hihg",
        "user!=ana",
        "!ana",
        "dev_team",
        "@ana",
        "-signal:new_contry",
    ] {
        let fault = asked(written).expect_err(written);
        let letters: Vec<char> = written.chars().collect();
        let (before, rest) = letters.split_at(fault.position);
        let corrected: String = before
            .iter()
            .copied()
            .chain(fault.suggestion.unwrap().chars())
            .chain(rest[fault.length..].iter().copied())
            .collect();
        assert!(asked(&corrected).is_ok(), "{written} became {corrected}");
    }
}

#[test]
fn hostile_queries_end_soon() {
    let many = |term: &str, count: usize| vec![term; count].join(" ");
    assert!(asked(&many("level:high", MAX_TERMS)).is_ok());
    let fault = asked(&many("level:high", MAX_TERMS + 1)).unwrap_err();
    assert_eq!((fault.position, fault.length), (MAX_TERMS * 11, 0), "{fault}");
    for hostile in [
        many("x:y", 200),
        many("-", 2_000),
        "\"".repeat(4_096),
        "\\".repeat(4_096),
        "(".repeat(4_096),
        "user:".repeat(800),
        "not ".repeat(1_000),
        "a,".repeat(2_000),
        format!("user:{}", "x".repeat(4_091)),
        format!("{}:x", "c".repeat(4_000)),
        format!("country:{}", "x".repeat(4_000)),
        "\u{202e}".repeat(1_300),
        "x".repeat(4_097),
        "x".repeat(1_000_000),
    ] {
        assert!(asked(&hostile).is_err(), "{}", &hostile[..20]);
    }
}

#[test]
fn a_query_is_no_longer_written_out_than_it_may_be_written() {
    // Written out, `fp` is `fingerprint`.
    let (mut short, mut number) = (String::new(), 0);
    while short.len() + 80 < 4_096 {
        number += 1;
        write!(short, "fp:b3:{number:064x} ").unwrap();
    }
    let fault = asked(&short).unwrap_err();
    assert_eq!((fault.position, fault.length), (short.chars().count(), 0), "{fault}");
}
