//! One line of gdb's output → one [`Record`].
//!
//! The grammar is the one of "GDB/MI Output Syntax" in gdb's manual, and a little
//! wider, because gdb itself prints more than it: see [`Item`]. Every line gives a
//! record; one that does not follow the grammar is kept as [`Record::Unknown`].
//! The first byte of every value decides what it is, so the parser never goes back
//! over one, and the time for a line is proportional to its length.

use winnow::Parser;
use winnow::ascii::{dec_uint, escaped};
use winnow::combinator::{
    alt, delimited, dispatch, empty, fail, opt, peek, preceded, repeat, separated, terminated,
};
use winnow::error::EmptyError;
use winnow::token::{any, one_of, take_till, take_while};

use super::{
    AsyncKind, AsyncRecord, Item, Record, ResultClass, ResultRecord, Results, StreamKind,
    StreamRecord, Token, Value,
};

/// How deeply tuples and lists may be nested. gdb goes to about 6; the bound
/// keeps a hostile line from overflowing the stack.
const MAX_DEPTH: usize = 64;

/// What one line of gdb's output, given without its newline, says.
///
/// This is total: a line that does not follow the grammar gives
/// [`Record::Unknown`] with the line in it.
pub fn parse(line: &[u8]) -> Record {
    record
        .parse(line)
        .unwrap_or_else(|_| Record::Unknown(line.to_vec()))
}

type Input<'a> = &'a [u8];
type Parsed<T> = Result<T, EmptyError>;

fn record(input: &mut Input<'_>) -> Parsed<Record> {
    alt((prompt, stream, answer, event)).parse_next(input)
}

fn prompt(input: &mut Input<'_>) -> Parsed<Record> {
    ("(gdb)", opt(' ')).value(Record::Prompt).parse_next(input)
}

fn stream(input: &mut Input<'_>) -> Parsed<Record> {
    let kind = dispatch! { any;
        b'~' => empty.value(StreamKind::Console),
        b'@' => empty.value(StreamKind::Target),
        b'&' => empty.value(StreamKind::Log),
        _ => fail,
    };
    (kind, c_string)
        .map(|(kind, text)| Record::Stream(StreamRecord { kind, text }))
        .parse_next(input)
}

fn answer(input: &mut Input<'_>) -> Parsed<Record> {
    let class = dispatch! { name;
        "done" => empty.value(ResultClass::Done),
        "running" => empty.value(ResultClass::Running),
        "connected" => empty.value(ResultClass::Connected),
        "error" => empty.value(ResultClass::Error),
        "exit" => empty.value(ResultClass::Exit),
        _ => fail,
    };
    let (token, class, results) = (token, preceded('^', class), results).parse_next(input)?;
    Ok(Record::Result(ResultRecord {
        token,
        class,
        results,
    }))
}

fn event(input: &mut Input<'_>) -> Parsed<Record> {
    let kind = dispatch! { any;
        b'*' => empty.value(AsyncKind::Exec),
        b'+' => empty.value(AsyncKind::Status),
        b'=' => empty.value(AsyncKind::Notify),
        _ => fail,
    };
    let (token, kind, class, results) = (token, kind, name, results).parse_next(input)?;
    Ok(Record::Async(AsyncRecord {
        token,
        kind,
        class: class.to_owned(),
        results,
    }))
}

fn token(input: &mut Input<'_>) -> Parsed<Option<Token>> {
    opt(dec_uint.map(Token)).parse_next(input)
}

/// The name of a value, or of a class of events.
fn name<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    take_while(1.., ('a'..='z', 'A'..='Z', '0'..='9', '-', '_'))
        .try_map(str::from_utf8)
        .parse_next(input)
}

/// The rest of a record: every result after a comma of its own.
fn results(input: &mut Input<'_>) -> Parsed<Results> {
    repeat(0.., preceded(',', item(MAX_DEPTH)))
        .map(Results)
        .parse_next(input)
}

fn item<'a>(depth: usize) -> impl Parser<Input<'a>, Item, EmptyError> {
    (opt(terminated(name, '=')), value(depth)).map(|(name, value)| Item {
        name: name.map(str::to_owned),
        value,
    })
}

/// A value with at most `depth` collections around its innermost string.
fn value<'a>(depth: usize) -> impl Parser<Input<'a>, Value, EmptyError> {
    dispatch! { peek(any);
        b'"' => c_string.map(Value::Const),
        b'{' => delimited('{', items(depth), '}').map(Value::Tuple),
        b'[' => delimited('[', items(depth), ']').map(Value::List),
        _ => fail,
    }
}

/// What is between the brackets of a collection that may hold `depth - 1` more.
fn items<'a>(depth: usize) -> impl Parser<Input<'a>, Results, EmptyError> {
    move |input: &mut Input<'a>| {
        let depth = depth.checked_sub(1).ok_or(EmptyError)?;
        separated(0.., item(depth), ',')
            .map(Results)
            .parse_next(input)
    }
}

/// A string in double quotes, decoded.
fn c_string(input: &mut Input<'_>) -> Parsed<Vec<u8>> {
    let text = escaped(take_till(1.., ('"', '\\')), '\\', escape);
    delimited('"', text, '"').parse_next(input)
}

/// What a backslash and this stand for. gdb prints few of these itself, bytes
/// that are no ASCII in octal; what it does not know it reads as the byte itself,
/// and so does this.
fn escape(input: &mut Input<'_>) -> Parsed<u8> {
    alt((
        octal,
        any.map(|byte| match byte {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            b'e' => 0x1b,
            other => other,
        }),
    ))
    .parse_next(input)
}

/// The byte of one to three octal digits; no more of them than fit a byte.
fn octal(input: &mut Input<'_>) -> Parsed<u8> {
    let three = (one_of('0'..='3'), one_of('0'..='7'), one_of('0'..='7')).take();
    let digits = alt((three, take_while(1..=2, '0'..='7'))).parse_next(input)?;
    Ok(digits
        .iter()
        .fold(0, |byte, digit| byte * 8 + (digit - b'0')))
}

#[cfg(test)]
mod tests;
