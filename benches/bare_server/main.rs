//! What a login costs at least: a server of the same kind, on the same Redis, that only does what no service could do
//! without. It reads the same request, hashes it, and keeps about as many bytes; it recognises nobody, and answers. The
//! yardstick for Watchlight's own cost; `scripts/bench-yardstick` runs both side by side.
//!
//! Usage: `bare_server one-script|two-trips REDIS_URL` serves until it is ended, on a port that it prints;
//! `bare_server post ADDRESS KEY BODIES RATE CONNECTIONS` posts at a fixed rate (see [`open_loop`]).

use std::env::args;

mod open_loop;
mod server;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` and `cargo test` pass flags of their own.
    let arguments: Vec<String> = args().skip(1).filter(|it| !it.starts_with('-')).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["one-script", redis_url] => server::serve(server::Trips::One, redis_url)?,
        ["two-trips", redis_url] => server::serve(server::Trips::Two, redis_url)?,
        ["post", address, key, bodies, rate, connections] => {
            let plan = open_loop::Plan { address, key, per_second: rate.parse()?, connections: connections.parse()? };
            println!("{}", open_loop::post(&plan, &std::fs::read_to_string(bodies)?));
        }
        _ => println!("measured by scripts/bench-yardstick"),
    }
    Ok(())
}
