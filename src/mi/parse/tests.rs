//! Lines of each kind, and lines that are none.

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

fn bare(value: Value) -> Item {
    Item { name: None, value }
}

fn results(items: impl Into<Vec<Item>>) -> Results {
    Results(items.into())
}

fn result(token: Option<u64>, class: ResultClass, items: impl Into<Vec<Item>>) -> Record {
    Record::Result(ResultRecord {
        token: token.map(Token),
        class,
        results: results(items),
    })
}

fn event(kind: AsyncKind, class: &str, items: impl Into<Vec<Item>>) -> Record {
    Record::Async(AsyncRecord {
        token: None,
        kind,
        class: class.to_owned(),
        results: results(items),
    })
}

#[track_caller]
fn check(line: impl AsRef<[u8]>, expected: &Record) {
    assert_eq!(&parse(line.as_ref()), expected);
}

#[track_caller]
fn check_unknown(line: impl AsRef<[u8]>) {
    check(&line, &Record::Unknown(line.as_ref().to_vec()));
}

#[track_caller]
fn check_text(line: impl AsRef<[u8]>, expected: impl AsRef<[u8]>) {
    check(
        line,
        &Record::Stream(StreamRecord {
            kind: StreamKind::Console,
            text: expected.as_ref().to_vec(),
        }),
    );
}

#[test]
fn answers() {
    check("^done", &result(None, ResultClass::Done, []));
    check("12^running", &result(Some(12), ResultClass::Running, []));
    check("^connected", &result(None, ResultClass::Connected, []));
    check("0^exit", &result(Some(0), ResultClass::Exit, []));
    check(
        r#"7^error,msg="Undefined MI command: x",code="undefined-command""#,
        &result(
            Some(7),
            ResultClass::Error,
            [
                named("msg", text("Undefined MI command: x")),
                named("code", text("undefined-command")),
            ],
        ),
    );
}

#[test]
fn events() {
    check(
        r#"*running,thread-id="all""#,
        &event(
            AsyncKind::Exec,
            "running",
            [named("thread-id", text("all"))],
        ),
    );
    check(
        r#"+download,{section=".text"}"#,
        &event(
            AsyncKind::Status,
            "download",
            [bare(Value::Tuple(results([named(
                "section",
                text(".text"),
            )])))],
        ),
    );
    check(
        "=some-event-of-the_future",
        &event(AsyncKind::Notify, "some-event-of-the_future", []),
    );
}

#[test]
fn prompts() {
    check("(gdb) ", &Record::Prompt);
    check("(gdb)", &Record::Prompt);
    check_unknown("(gdb)  ");
    check_unknown("(gdb) ^done");
}

#[test]
fn collections() {
    check(
        r#"^done,a={},b=[],c=["1","2"],d=[x="1",x="2"],e={f=[{g="h"}]},"#.trim_end_matches(','),
        &result(
            None,
            ResultClass::Done,
            [
                named("a", Value::Tuple(results([]))),
                named("b", Value::List(results([]))),
                named(
                    "c",
                    Value::List(results([bare(text("1")), bare(text("2"))])),
                ),
                named(
                    "d",
                    Value::List(results([named("x", text("1")), named("x", text("2"))])),
                ),
                named(
                    "e",
                    Value::Tuple(results([named(
                        "f",
                        Value::List(results([bare(Value::Tuple(results([named(
                            "g",
                            text("h"),
                        )])))])),
                    )])),
                ),
            ],
        ),
    );
}

/// What mi3 prints of a breakpoint that has commands.
#[test]
fn tuple_of_bare_values() {
    check(
        r#"=breakpoint-modified,bkpt={number="1",script={"silent","bt"}}"#,
        &event(
            AsyncKind::Notify,
            "breakpoint-modified",
            [named(
                "bkpt",
                Value::Tuple(results([
                    named("number", text("1")),
                    named(
                        "script",
                        Value::Tuple(results([bare(text("silent")), bare(text("bt"))])),
                    ),
                ])),
            )],
        ),
    );
}

#[test]
fn streams() {
    check_text(r#"~"""#, "");
    check_text(r#"~"hello\n""#, "hello\n");
    check(
        r#"@"target""#,
        &Record::Stream(StreamRecord {
            kind: StreamKind::Target,
            text: b"target".to_vec(),
        }),
    );
    check(
        r#"&"attach 1\n""#,
        &Record::Stream(StreamRecord {
            kind: StreamKind::Log,
            text: b"attach 1\n".to_vec(),
        }),
    );
}

#[test]
fn escapes() {
    check_text(
        r#"~"\"\\ \a\b\t\n\v\f\r\e""#,
        b"\"\\ \x07\x08\t\n\x0b\x0c\r\x1b",
    );
    check_text(r#"~"caf\303\251""#, "caf\u{e9}");
    check_text(r#"~"\0\00\000\0001""#, b"\0\0\0\x001");
    check_text(r#"~"\377\400\7778""#, b"\xff\x200\x3f78");
    check_text(r#"~"\q\'\8""#, "q'8");
    check_text(b"~\"raw \xff\n\0\"", b"raw \xff\n\0");
}

#[test]
fn lines_that_are_no_records() {
    for line in [
        "",
        " ",
        "hello",
        "7",
        "^",
        "^great",
        "^donee",
        "^done,",
        "^done a=\"1\"",
        "*",
        "=,a=\"1\"",
        "~",
        "~hello",
        "~\"open",
        "~\"open\\",
        "~\"open\\\"",
        "~\"text\" more",
        "7~\"text\"",
        "^done,a",
        "^done,a=",
        "^done,a=b",
        "^done,=\"b\"",
        "^done,a={b=\"1\"",
        "^done,a={b=\"1\"]",
        "^done,a=[\"1\",]",
        "^done,a={,}",
        "18446744073709551616^done",
    ] {
        check_unknown(line);
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let line = format!("^done,a={}{}", "[".repeat(depth), "]".repeat(depth));
        parse(line.as_bytes())
    };
    assert!(matches!(nested(MAX_DEPTH), Record::Result(_)));
    assert!(matches!(nested(MAX_DEPTH + 1), Record::Unknown(_)));
    assert!(matches!(nested(1_000_000), Record::Unknown(_)));
    check_unknown("^done,a=".to_owned() + &"{a=".repeat(1_000_000));
}
