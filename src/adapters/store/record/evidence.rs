//! The parts of a stored login that say how its verdict came about.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{TRUSTS, read_agent, write_agent},
    },
    domain::{
        browser::attributes::AttributeSet,
        ids::DeviceId,
        policy::policy::{Level, SignalKind},
        recognition::verdict::{Agreement, DeviceStatus, DeviceVerdict, Evidence, Finding, Gate, MatchedBy},
        risk::assessment::{Assessment, Signal},
    },
};

/// Every agreement; the place in this list is the stored form.
const AGREEMENTS: [Agreement; 4] = [Agreement::Absent, Agreement::Agreed, Agreement::Changed, Agreement::Similar];

/// Id (8 bytes), status, trust; flags: matched by, score; by what it was matched; the score; changed attributes as bits; agent;
/// first and last seen.
pub fn write_verdict(out: &mut Writer, verdict: &DeviceVerdict) {
    out.raw(&verdict.id.0);
    out.member(&DeviceStatus::ALL, &verdict.status);
    out.member(&TRUSTS, &verdict.trust);
    out.flags(&[verdict.matched_by.is_some(), verdict.score.is_some()]);
    if let Some(matched_by) = verdict.matched_by {
        out.member(&MatchedBy::ALL, &matched_by);
    }
    if let Some(score) = verdict.score {
        out.short_fraction(score);
    }
    out.number(verdict.changed.0);
    write_agent(out, &verdict.agent);
    out.time(verdict.first_seen);
    out.time(verdict.last_seen);
}

/// How fractions are read: they were 8 bytes each before they were short.
pub type ReadFraction<'a> = fn(&mut Reader<'a>) -> Result<f64, Malformed>;

/// Reads [`write_verdict`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_verdict<'a>(from: &mut Reader<'a>, fraction: ReadFraction<'a>) -> Result<DeviceVerdict, Malformed> {
    let id = DeviceId(from.raw()?);
    let (status, trust) = (from.member(&DeviceStatus::ALL)?, from.member(&TRUSTS)?);
    let [has_matched_by, has_score] = from.flags()?;
    Ok(DeviceVerdict {
        id,
        status,
        trust,
        matched_by: from.when(has_matched_by, |it| it.member(&MatchedBy::ALL))?,
        score: from.when(has_score, fraction)?,
        changed: AttributeSet(from.number()?),
        agent: read_agent(from)?,
        first_seen: from.time()?,
        last_seen: from.time()?,
    })
}

/// Score, level, and the signals: kind, weight, detail.
pub fn write_assessment(out: &mut Writer, assessment: &Assessment) {
    out.short_fraction(assessment.score);
    out.member(&Level::ALL, &assessment.level);
    out.count(assessment.signals.len());
    for signal in &assessment.signals {
        out.byte(signal.kind as u8);
        out.short_fraction(signal.weight);
        out.text(&signal.detail);
    }
}

/// Reads [`write_assessment`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_assessment<'a>(from: &mut Reader<'a>, fraction: ReadFraction<'a>) -> Result<Assessment, Malformed> {
    let signal = |from: &mut Reader<'a>| {
        Ok(Signal { kind: read_signal_kind(from)?, weight: fraction(from)?, detail: from.text()? })
    };
    Ok(Assessment { score: fraction(from)?, level: from.member(&Level::ALL)?, signals: from.list(signal)? })
}

/// Reads the code of a signal.
///
/// # Errors
/// This program does not know the code, or the record ends.
pub fn read_signal_kind(from: &mut Reader<'_>) -> Result<SignalKind, Malformed> {
    SignalKind::from_code(from.byte()?).ok_or(Malformed::Impossible("signal"))
}

/// Set in the first byte of evidence whose closest device is that of the verdict.
const OF_THE_VERDICT: u8 = 0x80;

/// A byte: 0 or the gate's place + 1, and the highest bit if the closest device is that of the verdict; else that device (8
/// bytes); the network's finding; which attributes have a finding, as bits, and these findings.
pub fn write_evidence(out: &mut Writer, evidence: &Evidence, of_verdict: DeviceId) {
    let gate = evidence.gate.map_or(0, |gate| gate as u8 + 1);
    if evidence.closest == of_verdict {
        out.byte(gate | OF_THE_VERDICT);
    } else {
        out.byte(gate);
        out.raw(&evidence.closest.0);
    }
    write_finding(out, evidence.network);
    let told: Vec<bool> = evidence.attributes.iter().map(|&it| it != Finding::default()).collect();
    out.flags(&told);
    for &finding in evidence.attributes.iter().filter(|&&it| it != Finding::default()) {
        write_finding(out, finding);
    }
}

/// Reads [`write_evidence`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_evidence(from: &mut Reader<'_>, of_verdict: DeviceId) -> Result<Evidence, Malformed> {
    let first = from.byte()?;
    let closest = if first & OF_THE_VERDICT == 0 { DeviceId(from.raw()?) } else { of_verdict };
    read_findings(from, closest, first & !OF_THE_VERDICT)
}

/// Reads evidence of earlier forms: the device, and the gate.
///
/// # Errors
/// The record is malformed.
pub fn read_old_evidence(from: &mut Reader<'_>) -> Result<Evidence, Malformed> {
    let closest = DeviceId(from.raw()?);
    let gate = from.byte()?;
    read_findings(from, closest, gate)
}

fn read_findings(from: &mut Reader<'_>, closest: DeviceId, gate: u8) -> Result<Evidence, Malformed> {
    let gate = match gate {
        0 => None,
        more => Some(*Gate::ALL.get(usize::from(more - 1)).ok_or(Malformed::Impossible("gate"))?),
    };
    let network = read_finding(from)?;
    let mut attributes = from.flags()?.map(|told| told.then(Finding::default));
    for finding in attributes.iter_mut().flatten() {
        *finding = read_finding(from)?;
    }
    Ok(Evidence { closest, attributes: attributes.map(Option::unwrap_or_default), network, gate })
}

/// One signed number: hundredths of a bit times four, plus the agreement's place.
fn write_finding(out: &mut Writer, finding: Finding) {
    out.signed(i64::from(finding.centibits) << 2 | finding.agreement as i64);
}

fn read_finding(from: &mut Reader<'_>) -> Result<Finding, Malformed> {
    let number = from.signed()?;
    let place = usize::try_from(number & 3).unwrap_or(usize::MAX);
    let agreement = *AGREEMENTS.get(place).ok_or(Malformed::Impossible("agreement"))?;
    let centibits = i16::try_from(number >> 2).map_err(|_| Malformed::Impossible("finding"))?;
    Ok(Finding { agreement, centibits })
}
