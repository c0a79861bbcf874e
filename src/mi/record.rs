//! What gdb says, as data: records, and the values in them.

use super::Token;

/// What one line of gdb's output says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The answer to a command: `7^done,threads=[…]`.
    Result(ResultRecord),
    /// Something that happened: `*stopped,reason="signal-received",…`.
    Async(AsyncRecord),
    /// Text meant for a person: `~"Reading symbols\n"`.
    Stream(StreamRecord),
    /// `(gdb)`: gdb has read the last command and waits for another. With
    /// `mi-async on` it says nothing about whether the target is running.
    Prompt,
    /// A line that is no GDB/MI, as it was.
    Unknown(Vec<u8>),
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRecord {
    /// The token of the command, where it had one.
    pub token: Option<Token>,
    /// How the command went.
    pub class: ResultClass,
    /// What it gave; for [`ResultClass::Error`], `msg` and perhaps `code`.
    pub results: Results,
}

/// How a command went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultClass {
    /// It was done.
    Done,
    /// It was done and the target is resumed. That it *is* running is said by
    /// `*running`.
    Running,
    /// gdb has connected to a remote target.
    Connected,
    /// It failed.
    Error,
    /// gdb is about to exit.
    Exit,
}

/// Something that happened, asked for or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsyncRecord {
    /// The token of the command that caused it; gdb hardly ever gives it.
    pub token: Option<Token>,
    /// What it is about.
    pub kind: AsyncKind,
    /// Its name, such as `stopped`, `running` or `thread-created`.
    pub class: String,
    /// The particulars.
    pub results: Results,
}

/// What an [`AsyncRecord`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsyncKind {
    /// The target's execution: `*`.
    Exec,
    /// The progress of a slow operation: `+`.
    Status,
    /// Anything else a client may want to know: `=`.
    Notify,
}

/// Text meant for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// Who wrote it.
    pub kind: StreamKind,
    /// The text, decoded; usually with the newline that ends it.
    pub text: Vec<u8>,
}

/// Who wrote the text of a [`StreamRecord`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// A command of gdb's console: `~`.
    Console,
    /// A remote target: `@`.
    Target,
    /// gdb itself, about what it is doing: `&`. Most error messages come this
    /// way too, before the `^error` that repeats them.
    Log,
}

/// What a record, a tuple or a list holds, in the order in which gdb printed it,
/// with every duplicate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results(pub Vec<Item>);

/// One value in [`Results`], with its name.
///
/// By the grammar a list may go without names and a tuple may not, but version 3
/// of the interface does print tuples of bare values (`script={"silent"}` of a
/// breakpoint), so both hold the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name before the `=`, where there is one.
    pub name: Option<String>,
    /// The value.
    pub value: Value,
}

/// A value: one string, or a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string, decoded. Numbers and addresses are strings too.
    Const(Vec<u8>),
    /// `{…}`.
    Tuple(Results),
    /// `[…]`.
    List(Results),
}

impl Record {
    /// The results, if this is the record of an event of this kind and class.
    pub fn event(&self, kind: AsyncKind, class: &str) -> Option<&Results> {
        match self {
            Self::Async(event) if event.kind == kind && event.class == class => {
                Some(&event.results)
            }
            _ => None,
        }
    }
}

impl Results {
    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.all(name).next()
    }

    /// Every value of this name, in gdb's order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0
            .iter()
            .filter(move |item| item.name.as_deref() == Some(name))
            .map(|item| &item.value)
    }

    /// Every value, named or not, in gdb's order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|item| &item.value)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Value {
    /// The string, if this is one.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Const(bytes) => Some(bytes),
            Self::Tuple(_) | Self::List(_) => None,
        }
    }

    /// The string, if this is one and it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// The decimal number, if this is one that fits.
    pub fn u32(&self) -> Option<u32> {
        self.text()?.parse().ok()
    }

    /// The address, if this is one: hexadecimal after `0x`. gdb also prints
    /// `<unavailable>` in the place of an address.
    pub fn address(&self) -> Option<u64> {
        let digits = self.text()?.strip_prefix("0x")?;
        u64::from_str_radix(digits, 16).ok()
    }

    /// What is in it, if this is a tuple or a list.
    pub fn items(&self) -> Option<&Results> {
        match self {
            Self::Const(_) => None,
            Self::Tuple(results) | Self::List(results) => Some(results),
        }
    }

    /// The first value of this name in it, if this is a tuple or a list.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.items()?.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &str) -> Value {
        Value::Const(bytes.into())
    }

    fn named(name: &str, value: Value) -> Item {
        Item {
            name: Some(name.to_owned()),
            value,
        }
    }

    #[test]
    fn duplicates_stay_in_order() {
        let stack = Results(vec![
            named("frame", text("0")),
            named("x", text("?")),
            named("frame", text("1")),
        ]);
        let frames: Vec<_> = stack.all("frame").filter_map(Value::u32).collect();
        assert_eq!(frames, [0, 1]);
        assert_eq!(stack.values().count(), 3);
    }

    #[test]
    fn accessors() {
        assert_eq!(text("0x00007f12").address(), Some(0x7f12));
        assert_eq!(text("<unavailable>").address(), None);
        assert_eq!(text("12").address(), None);
        assert_eq!(text("12").u32(), Some(12));
        assert_eq!(text("4294967296").u32(), None);
        assert_eq!(Value::Const(vec![0xff]).text(), None);
        assert_eq!(Value::Const(vec![0xff]).bytes(), Some(&[0xff][..]));
        let frame = Value::Tuple(Results(vec![named("line", text("5"))]));
        assert_eq!(frame.get("line").and_then(Value::u32), Some(5));
        assert_eq!(frame.get("func"), None);
        assert_eq!(frame.u32(), None);
        assert_eq!(text("line").get("line"), None);
    }
}
