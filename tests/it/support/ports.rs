//! Ports for servers that must be told where to listen. One that was free a moment ago may be another's by the time a server
//! listens there: of a test that runs beside this one, or of any connection outwards, whose ports the system takes from 32768 up.

use std::{
    fmt,
    net::{TcpListener, UdpSocket},
};

/// Below what systems give to connections and to those who ask for any port.
const RANGE: std::ops::Range<u16> = 15_000..32_000;

/// A TCP port that no other test takes while this lives.
pub struct Port {
    number: u16,
    /// The UDP port of the same number tells other tests, of this process and of others, that it is taken; it ends with the process.
    _claim: UdpSocket,
}

impl Port {
    /// Takes one that nobody listens at.
    pub fn claim() -> Self {
        let untaken = |number| {
            let claim = UdpSocket::bind(("127.0.0.1", number)).ok()?;
            TcpListener::bind(("127.0.0.1", number)).ok().map(|_| Self { number, _claim: claim })
        };
        RANGE.into_iter().find_map(untaken).expect("some port is free")
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}
