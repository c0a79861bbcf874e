//! Properties of the parser: records of any shape, printed as gdb prints them and
//! read again, and bytes of any kind.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{
    AsyncKind, AsyncRecord, Item, Record, ResultClass, ResultRecord, Results, StreamKind,
    StreamRecord, Token, Value, parse,
};

pub(super) fn print(record: &Record) -> Vec<u8> {
    match record {
        Record::Result(answer) => {
            let class = match answer.class {
                ResultClass::Done => "done",
                ResultClass::Running => "running",
                ResultClass::Connected => "connected",
                ResultClass::Error => "error",
                ResultClass::Exit => "exit",
            };
            print_record(answer.token, '^', class, &answer.results)
        }
        Record::Async(event) => {
            let sigil = match event.kind {
                AsyncKind::Exec => '*',
                AsyncKind::Status => '+',
                AsyncKind::Notify => '=',
            };
            print_record(event.token, sigil, &event.class, &event.results)
        }
        Record::Stream(stream) => {
            let sigil = match stream.kind {
                StreamKind::Console => b'~',
                StreamKind::Target => b'@',
                StreamKind::Log => b'&',
            };
            let mut line = vec![sigil];
            line.extend(print_string(&stream.text));
            line
        }
        Record::Prompt => b"(gdb) ".to_vec(),
        Record::Unknown(line) => line.clone(),
    }
}

fn print_record(token: Option<Token>, sigil: char, class: &str, results: &Results) -> Vec<u8> {
    let token = token.map(|token| token.to_string()).unwrap_or_default();
    let mut line = format!("{token}{sigil}{class}").into_bytes();
    for item in &results.0 {
        line.push(b',');
        line.extend(print_item(item));
    }
    line
}

fn print_item(item: &Item) -> Vec<u8> {
    let mut text = match &item.name {
        Some(name) => format!("{name}=").into_bytes(),
        None => Vec::new(),
    };
    text.extend(match &item.value {
        Value::Const(bytes) => print_string(bytes),
        Value::Tuple(results) => print_items(b'{', results, b'}'),
        Value::List(results) => print_items(b'[', results, b']'),
    });
    text
}

fn print_items(open: u8, results: &Results, close: u8) -> Vec<u8> {
    let items: Vec<_> = results.0.iter().map(print_item).collect();
    [vec![open], items.join(&b','), vec![close]].concat()
}

/// A string as gdb prints it: what is no printable ASCII in three octal digits,
/// unless there is a letter for it.
fn print_string(bytes: &[u8]) -> Vec<u8> {
    let mut text = vec![b'"'];
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend([b'\\', byte]),
            b'\n' => text.extend(b"\\n"),
            b'\t' => text.extend(b"\\t"),
            0x1b => text.extend(b"\\e"),
            b' '..=b'~' => text.push(byte),
            _ => text.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    text.push(b'"');
    text
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_-]{1,12}"
}

fn value() -> impl Strategy<Value = Value> {
    let string = vec(any::<u8>(), 0..20).prop_map(Value::Const);
    string.prop_recursive(5, 40, 5, |inner| {
        let results = results_of(inner);
        prop_oneof![
            results.clone().prop_map(Value::Tuple),
            results.prop_map(Value::List),
        ]
    })
}

fn results_of(
    value: impl Strategy<Value = Value> + Clone,
) -> impl Strategy<Value = Results> + Clone {
    let name = option::of("[a-zA-Z0-9_-]{1,12}");
    let item = (name, value).prop_map(|(name, value)| Item { name, value });
    vec(item, 0..5).prop_map(Results)
}

pub(super) fn record() -> impl Strategy<Value = Record> {
    let token = || option::of(any::<u64>().prop_map(Token));
    let results = || results_of(value().boxed());
    let result_class = select(vec![
        ResultClass::Done,
        ResultClass::Running,
        ResultClass::Connected,
        ResultClass::Error,
        ResultClass::Exit,
    ]);
    let async_kind = select(vec![AsyncKind::Exec, AsyncKind::Status, AsyncKind::Notify]);
    let stream_kind = select(vec![
        StreamKind::Console,
        StreamKind::Target,
        StreamKind::Log,
    ]);
    prop_oneof![
        (token(), result_class, results()).prop_map(|(token, class, results)| {
            Record::Result(ResultRecord {
                token,
                class,
                results,
            })
        }),
        (token(), async_kind, name(), results()).prop_map(|(token, kind, class, results)| {
            Record::Async(AsyncRecord {
                token,
                kind,
                class,
                results,
            })
        }),
        (stream_kind, vec(any::<u8>(), 0..200))
            .prop_map(|(kind, text)| Record::Stream(StreamRecord { kind, text })),
        Just(Record::Prompt),
    ]
}

/// Bytes that lead the parser far into its grammar before they fail.
fn nearly_a_record() -> impl Strategy<Value = Vec<u8>> {
    let bytes = select(b"^*=~,{}[]\"\\n01a-( ".to_vec());
    vec(bytes, 0..60).prop_map(|tail| [b"^done,a=".as_slice(), &tail].concat())
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(record in record()) {
        prop_assert_eq!(parse(&print(&record)), record);
    }

    #[test]
    fn any_bytes_are_a_record(line in vec(any::<u8>(), 0..200)) {
        check_total(&line)?;
    }

    #[test]
    fn bytes_that_are_nearly_a_record_are_one(line in nearly_a_record()) {
        check_total(&line)?;
    }

    #[test]
    fn a_record_cut_short_is_one(record in record(), length in any::<prop::sample::Index>()) {
        let line = print(&record);
        check_total(&line[..length.index(line.len() + 1)])?;
    }
}

/// A line is kept as it was, or it is a record that prints as one of its equals.
fn check_total(line: &[u8]) -> Result<(), TestCaseError> {
    let record = parse(line);
    if let Record::Unknown(kept) = &record {
        prop_assert_eq!(kept, line);
    } else {
        prop_assert_eq!(parse(&print(&record)), record);
    }
    Ok(())
}

/// Lines so long that a parser of quadratic time would not come to their end.
#[test]
fn long_lines_are_read_in_linear_time() {
    const LENGTH: usize = 2_000_000;
    let frames = r#"frame={level="0",func="f"},"#.repeat(LENGTH / 27);
    let escapes = r"\303\251".repeat(LENGTH / 8);
    let lines = [
        format!("^done,stack=[{frames}frame={{}}]"),
        format!("~\"{escapes}\""),
        format!("~\"{}\"", "x".repeat(LENGTH)),
    ];
    for line in lines {
        assert!(!matches!(parse(line.as_bytes()), Record::Unknown(_)));
        let cut = &line.as_bytes()[..line.len() - 1];
        assert!(matches!(parse(cut), Record::Unknown(_)));
    }
    let digits = "1".repeat(LENGTH);
    let brackets = "{a=[".repeat(LENGTH / 4);
    for line in [
        digits.clone(),
        format!("^done,{digits}"),
        format!("^done,a={brackets}"),
    ] {
        assert!(matches!(parse(line.as_bytes()), Record::Unknown(_)));
    }
}
