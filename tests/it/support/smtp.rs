//! A mail server with a script: what it does with each connection is told beforehand, and it keeps what it was given.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What the server does with one connection.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Takes everything, for as many mails as come.
    Accept,
    /// Greets with this line and hangs up.
    Greet(&'static str),
    /// Answers this command with this line, and everything else as it should.
    Answer(&'static str, &'static str),
    /// Reads the message to its end, keeps it, and hangs up without an answer.
    LoseAfterData,
    /// Takes one mail, then hangs up without a word.
    HangUpAfterMail,
    /// Offers STARTTLS, agrees to it, keeps the first byte that comes then, and answers with no TLS.
    StartTls,
    /// Sends one byte of its answers a second.
    Slow,
    /// Says nothing, keeps the first byte that comes, and answers with no TLS.
    Silent,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// `MAIL FROM:` and `RCPT TO:` lines.
    pub envelope: Vec<String>,
    /// The message, dots unstuffed.
    pub message: Vec<u8>,
}

#[derive(Default)]
struct Ledger {
    script: VecDeque<Turn>,
    received: Vec<Received>,
    connections: usize,
    commands: Vec<String>,
    first_tls_bytes: Vec<u8>,
}

/// The server. Its threads end with the test's process.
pub struct ScriptedSmtp {
    address: SocketAddr,
    ledger: Arc<Mutex<Ledger>>,
}

impl ScriptedSmtp {
    /// Listens on a free port and takes one turn of `script` for each connection; when it is through, it accepts.
    pub fn start(script: &[Turn]) -> Self {
        Self::serve(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), script)
    }

    /// Accepts everything that comes to this listener.
    pub fn start_at(listener: TcpListener) -> Self {
        Self::serve(listener, &[])
    }

    fn serve(listener: TcpListener, script: &[Turn]) -> Self {
        let address = listener.local_addr().unwrap();
        let ledger = Arc::new(Mutex::new(Ledger { script: script.iter().cloned().collect(), ..Ledger::default() }));
        let shared = Arc::clone(&ledger);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let ledger = Arc::clone(&shared);
                let turn = {
                    let mut ledger = ledger.lock().unwrap();
                    ledger.connections += 1;
                    ledger.script.pop_front().unwrap_or(Turn::Accept)
                };
                thread::spawn(move || drop(Talk::new(stream.unwrap(), turn, ledger).hold()));
            }
        });
        Self { address, ledger }
    }

    /// `smtp://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Adds a turn to the script.
    pub fn then(&self, turn: Turn) {
        self.ledger.lock().unwrap().script.push_back(turn);
    }

    /// The messages so far.
    pub fn received(&self) -> Vec<Received> {
        self.ledger.lock().unwrap().received.clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.ledger.lock().unwrap().connections
    }

    /// Every command so far.
    pub fn commands(&self) -> Vec<String> {
        self.ledger.lock().unwrap().commands.clone()
    }

    /// The first byte of each session that was to be TLS.
    pub fn first_tls_bytes(&self) -> Vec<u8> {
        self.ledger.lock().unwrap().first_tls_bytes.clone()
    }
}

struct Talk {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    turn: Turn,
    ledger: Arc<Mutex<Ledger>>,
}

impl Talk {
    fn new(stream: TcpStream, turn: Turn, ledger: Arc<Mutex<Ledger>>) -> Self {
        let reader = BufReader::new(stream.try_clone().unwrap());
        Self { stream, reader, turn, ledger }
    }

    /// The conversation; ends with an error when the peer or the script ends it.
    fn hold(&mut self) -> std::io::Result<()> {
        match self.turn {
            Turn::Greet(line) => return self.say(line),
            Turn::Silent => return self.keep_tls_byte(),
            _ => self.say("220 mx.example.test ESMTP")?,
        }
        let mut envelope = Vec::new();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.ledger.lock().unwrap().commands.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            if let Turn::Answer(command, answer) = self.turn
                && command == verb
            {
                self.say(answer)?;
                continue;
            }
            match verb.as_str() {
                "EHLO" if matches!(self.turn, Turn::StartTls) => self.say("250-mx.example.test\r\n250 STARTTLS")?,
                "EHLO" => self.say("250-mx.example.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
                "STARTTLS" => {
                    self.say("220 go ahead")?;
                    return self.keep_tls_byte();
                }
                "MAIL" | "RCPT" => {
                    envelope.push(line);
                    self.say("250 2.0.0 fine")?;
                }
                "DATA" => {
                    self.say("354 end with a dot")?;
                    if self.take_message(std::mem::take(&mut envelope))? {
                        return Ok(());
                    }
                }
                "AUTH" => self.say("235 2.7.0 welcome")?,
                "QUIT" => return self.say("221 2.0.0 bye"),
                _ => self.say("250 2.0.0 fine")?,
            }
        }
    }

    /// Reads a message and answers; whether the connection is to end.
    fn take_message(&mut self, envelope: Vec<String>) -> std::io::Result<bool> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(true);
            }
            if line == b".\r\n" {
                break;
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        self.ledger.lock().unwrap().received.push(Received { envelope, message });
        match self.turn {
            Turn::LoseAfterData => return Ok(true),
            Turn::Answer("END", answer) => self.say(answer)?,
            _ => self.say("250 2.0.0 queued")?,
        }
        Ok(matches!(self.turn, Turn::HangUpAfterMail))
    }

    fn keep_tls_byte(&mut self) -> std::io::Result<()> {
        let mut byte = [0];
        self.reader.read_exact(&mut byte)?;
        self.ledger.lock().unwrap().first_tls_bytes.push(byte[0]);
        self.say("this is no TLS")?;
        std::io::copy(&mut self.reader, &mut std::io::sink()).map(drop)
    }

    fn say(&mut self, line: &str) -> std::io::Result<()> {
        let line = format!("{line}\r\n");
        if !matches!(self.turn, Turn::Slow) {
            return self.stream.write_all(line.as_bytes());
        }
        // Slowness is what is tested here, not waited for.
        line.bytes().try_for_each(|it| {
            thread::sleep(Duration::from_secs(1));
            self.stream.write_all(&[it])
        })
    }
}
