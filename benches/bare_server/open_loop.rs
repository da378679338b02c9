//! Requests at a fixed rate, whether or not the server keeps up. A load that waits for each answer before it asks again
//! never sees a queue; here each request has its moment, and its latency counts from then.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use ureq::Agent;

/// Where to, how often, and over how many connections. Enough connections for the rate: a request whose moment comes while
/// all of them wait is late, and its latency says so.
pub struct Plan<'a> {
    pub address: &'a str,
    pub key: &'a str,
    /// Requests a second.
    pub per_second: f64,
    pub connections: usize,
}

/// How long the answers took.
pub struct Latencies {
    /// In order, from each request's moment to the end of its answer.
    answered: Vec<Duration>,
    refused: usize,
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nth = |per_mille: usize| {
            let at = (self.answered.len() * per_mille / 1000).min(self.answered.len().saturating_sub(1));
            self.answered.get(at).map_or(0.0, |it| it.as_secs_f64() * 1000.0)
        };
        let (count, refused) = (self.answered.len() + self.refused, self.refused);
        write!(f, "RESULT {count} {refused} 0 {:.2} {:.2} {:.2}", nth(500), nth(990), nth(1000))
    }
}

/// Posts each line of `bodies` once, in order.
pub fn post(plan: &Plan<'_>, bodies: &str) -> Latencies {
    let bodies: Vec<&str> = bodies.lines().collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new((Vec::with_capacity(bodies.len()), 0)));
    // Every thread stands at its connection before the first moment comes.
    let begins_at = Instant::now() + Duration::from_millis(200);
    thread::scope(|scope| {
        for _ in 0..plan.connections {
            scope.spawn(|| {
                let (mut answered, refused) = post_in_turn(plan, &bodies, &next, begins_at);
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.0.append(&mut answered);
                found.1 += refused;
            });
        }
    });
    let (mut answered, refused) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    answered.sort_unstable();
    Latencies { answered, refused }
}

/// One connection: takes the next request, waits for its moment, and posts it.
fn post_in_turn(plan: &Plan<'_>, bodies: &[&str], next: &AtomicUsize, begins_at: Instant) -> (Vec<Duration>, usize) {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let (bearer, url) = (format!("Bearer {}", plan.key), format!("{}/v1/logins", plan.address));
    let (mut answered, mut refused) = (Vec::new(), 0);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(body) = bodies.get(number) else { return (answered, refused) };
        #[expect(clippy::cast_precision_loss, reason = "a run has a few million requests at most")]
        let moment = begins_at + Duration::from_secs_f64(number as f64 / plan.per_second);
        thread::sleep(moment.saturating_duration_since(Instant::now()));
        let request = agent
            .post(&url)
            .header("Authorization", &bearer)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", format!("open-{}-{number}", std::process::id()));
        let answer =
            request.send(*body).and_then(|mut answer| answer.body_mut().read_to_vec().map(|_| answer.status()));
        match answer {
            Ok(status) if status.is_success() => answered.push(moment.elapsed()),
            _ => refused += 1,
        }
    }
}
