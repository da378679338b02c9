//! Commands that are sent in one trip, whichever servers they go to.

use redis::{Arg, Cmd, FromRedisValue, Pipeline, RedisResult, Script, ScriptInvocation, ToRedisArgs, Value};

/// What does not change anything. Anything else is taken to be a write.
const READS: [&[u8]; 32] = [
    b"CONFIG",
    b"DBSIZE",
    b"EXISTS",
    b"GET",
    b"GETRANGE",
    b"HEXISTS",
    b"HGET",
    b"HGETALL",
    b"HKEYS",
    b"HLEN",
    b"HMGET",
    b"HSCAN",
    b"HVALS",
    b"INFO",
    b"MGET",
    b"PING",
    b"PTTL",
    b"SCARD",
    b"SISMEMBER",
    b"SMEMBERS",
    b"STRLEN",
    b"TIME",
    b"TTL",
    b"TYPE",
    b"XLEN",
    b"XRANGE",
    b"ZCARD",
    b"ZCOUNT",
    b"ZLEXCOUNT",
    b"ZRANGE",
    b"ZSCORE",
    b"ZMSCORE",
];
/// The beginnings of more such.
const READS_BEGIN: [&[u8]; 3] = [b"ZRANGEBY", b"ZREVRANGE", b"XREVRANGE"];

/// How scripts begin that change nothing.
const READING_SCRIPT: &[u8] = b"-- reads\n";

/// Commands that are sent in one trip. They are answered in their order, but may be done in any, and on a Cluster each goes to the
/// server that has its first key. Where it is [atomic](Batch::atomic), all go to one.
pub struct Batch {
    commands: Pipeline,
    /// What a server is given that does not know a script of the commands.
    scripts: Vec<&'static Script>,
    /// Whether none of them changes anything.
    only_reading_scripts: bool,
    is_atomic: bool,
    /// Whether the answer of each matters only if it is a refusal.
    ignored: Vec<bool>,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// Without commands.
    #[must_use]
    pub fn new() -> Self {
        Self {
            commands: Pipeline::new(),
            scripts: Vec::new(),
            only_reading_scripts: true,
            is_atomic: false,
            ignored: Vec::new(),
        }
    }

    /// Starts a command, which the arguments that follow belong to.
    pub fn cmd(&mut self, name: &str) -> &mut Self {
        self.commands.cmd(name);
        self.ignored.push(false);
        self
    }

    /// Adds an argument, or several, to the last command.
    pub fn arg<T: ToRedisArgs>(&mut self, arg: T) -> &mut Self {
        self.commands.arg(arg);
        self
    }

    /// Adds a whole command.
    pub fn add_command(&mut self, command: Cmd) -> &mut Self {
        self.commands.add_command(command);
        self.ignored.push(false);
        self
    }

    /// Names a script that commands will run.
    pub fn with_script(&mut self, script: &'static Script) -> &mut Self {
        self.only_reading_scripts = false;
        self.with_reading_script(script)
    }

    /// Names a script that commands will run, and that changes nothing: no replica has to confirm anything, and it may be asked again.
    pub fn with_reading_script(&mut self, script: &'static Script) -> &mut Self {
        self.scripts.push(script);
        self
    }

    /// Adds a run of a script, which has to be [named](Batch::with_script).
    pub fn invoke_script(&mut self, run: &ScriptInvocation<'_>) -> &mut Self {
        self.commands.invoke_script(run);
        self.ignored.push(false);
        self
    }

    /// The commands are done together or not at all. All their keys are in one slot.
    pub const fn atomic(&mut self) -> &mut Self {
        self.is_atomic = true;
        self
    }

    /// The answer to the last command is left out, unless it is a refusal.
    pub fn ignore(&mut self) -> &mut Self {
        if let Some(last) = self.ignored.last_mut() {
            *last = true;
        }
        self
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ignored.is_empty()
    }

    /// The commands.
    #[must_use]
    pub const fn commands(&self) -> &Pipeline {
        &self.commands
    }

    /// The scripts that they run.
    #[must_use]
    pub fn scripts(&self) -> &[&'static Script] {
        &self.scripts
    }

    /// Whether they are done together or not at all.
    #[must_use]
    pub const fn is_atomic(&self) -> bool {
        self.is_atomic
    }

    /// Whether one of the commands may change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        let named_only_read = self.only_reading_scripts && !self.scripts.is_empty();
        let is_named = |command: &Cmd| text(command, 0) == Some(b"EVALSHA");
        self.commands.cmd_iter().any(|it| is_write(it) && !(named_only_read && is_named(it)))
    }

    /// The answers, but for those that are ignored.
    pub fn kept(&self, answers: Vec<Value>) -> impl Iterator<Item = Value> {
        answers.into_iter().zip(&self.ignored).filter(|(_, is_ignored)| !**is_ignored).map(|(answer, _)| answer)
    }

    /// All answers as what they are asked for.
    ///
    /// # Errors
    /// The first refusal, or that the answers are something else.
    pub fn compose<T: FromRedisValue>(&self, answers: Vec<Value>) -> RedisResult<T> {
        let mut kept = Vec::with_capacity(answers.len());
        for (answer, is_ignored) in answers.into_iter().zip(&self.ignored) {
            let answer = answer.extract_error()?;
            if !is_ignored {
                kept.push(answer);
            }
        }
        Ok(T::from_redis_value(Value::Array(kept))?)
    }
}

/// The text of an argument of a command, of which 0 is its name.
fn text(command: &Cmd, at: usize) -> Option<&[u8]> {
    match command.args_iter().nth(at)? {
        Arg::Simple(text) => Some(text),
        _ => None,
    }
}

/// The key by which a command finds its server; `None` for one without keys.
#[must_use]
pub fn first_key(command: &Cmd) -> Option<&[u8]> {
    match text(command, 0)? {
        b"EVAL" | b"EVALSHA" => text(command, 3).filter(|_| text(command, 2) != Some(b"0")),
        b"MEMORY" | b"OBJECT" => text(command, 2),
        b"CONFIG" | b"DBSIZE" | b"INFO" | b"PING" | b"SCAN" | b"SCRIPT" | b"TIME" => None,
        _ => text(command, 1),
    }
}

/// Whether a command may change something.
#[must_use]
pub fn is_write(command: &Cmd) -> bool {
    let Some(name) = text(command, 0) else { return true };
    if name == b"EVAL" {
        return text(command, 1).is_none_or(|script| !script.starts_with(READING_SCRIPT));
    }
    !READS.contains(&name) && !READS_BEGIN.iter().any(|begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    #[test]
    fn what_is_no_known_read_is_a_write() {
        let mut batch = Batch::new();
        batch.cmd("GET").arg("a").cmd("ZRANGEBYLEX").arg("b").arg("-").arg("+").cmd("ZREVRANGE").arg("c").arg(0).arg(0);
        assert!(!batch.writes());
        batch.cmd("EVALSHA").arg("x");
        assert!(batch.writes());
    }

    #[test]
    fn a_script_is_a_write_unless_it_says_that_it_reads() {
        static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new("return 1"));
        for (text, writes) in [("return 1", true), ("-- reads\nreturn 1", false)] {
            let mut batch = Batch::new();
            batch.cmd("EVAL").arg(text).arg(1).arg("a");
            assert_eq!(batch.writes(), writes, "{text}");
        }
        let named = |name: fn(&mut Batch)| {
            let mut batch = Batch::new();
            name(&mut batch);
            batch.invoke_script(&SCRIPT.key("a"));
            batch
        };
        assert!(named(|_| ()).writes());
        assert!(named(|it| _ = it.with_script(&SCRIPT)).writes());
        let mut reads = named(|it| _ = it.with_reading_script(&SCRIPT));
        assert!(!reads.writes());
        assert!(reads.cmd("DEL").arg("a").writes());
    }

    #[test]
    fn a_command_is_found_by_its_first_key() {
        let first = |words: &[&str]| {
            let mut command = redis::cmd(words[0]);
            for word in &words[1..] {
                command.arg(*word);
            }
            first_key(&command).map(<[u8]>::to_vec)
        };
        assert_eq!(first(&["GET", "a"]), Some(b"a".to_vec()));
        assert_eq!(first(&["EVALSHA", "sha", "1", "a", "b"]), Some(b"a".to_vec()));
        assert_eq!(first(&["EVAL", "return 1", "0", "b"]), None);
        assert_eq!(first(&["MEMORY", "USAGE", "a"]), Some(b"a".to_vec()));
        assert_eq!(first(&["TIME"]), None);
    }

    #[test]
    fn a_refusal_is_told_even_of_a_command_whose_answer_is_ignored() {
        let mut batch = Batch::new();
        batch.cmd("SET").arg("a").arg(1).ignore().cmd("GET").arg("a");
        let answers: (u8,) = batch.compose(vec![Value::Okay, Value::Int(1)]).unwrap();
        assert_eq!(answers, (1,));
        let refusal = redis::parse_redis_value(b"-OOM too full\r\n").unwrap();
        assert_eq!(batch.compose::<(u8,)>(vec![refusal, Value::Int(1)]).unwrap_err().code(), Some("OOM"));
    }
}
