//! Frames, read out of records.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::{Results, Value};
use crate::source::LineNumber;

/// One frame of a stack, as gdb sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiFrame {
    /// Distance from the innermost frame, which has 0. A `*stopped` record does
    /// not say it, for its frame is the innermost one.
    pub level: u32,
    /// The address of the next instruction, or the one to return to. `None` where
    /// gdb could not read it.
    pub address: Option<u64>,
    /// The function, as its debug information or symbol names it; `None` where
    /// gdb knows none and prints `??`.
    pub function: Option<String>,
    /// The source file: the full name gdb resolved, else the name as compiled.
    /// Even the full name is relative where the compilation directory is.
    pub file: Option<PathBuf>,
    /// The line. `None` where there is no line information, and for line 0, which
    /// compilers give to instructions that belong to no line. gdb itself takes
    /// such an instruction for one of the line before it in the same function.
    pub line: Option<LineNumber>,
    /// The shared library, for a frame without line information.
    pub from: Option<PathBuf>,
}

impl MiFrame {
    /// Reads a `frame={…}` tuple; `None` if the value is a string.
    pub fn from_value(frame: &Value) -> Option<Self> {
        let fields = frame.items()?;
        Some(Self {
            level: fields.get("level").and_then(Value::u32).unwrap_or(0),
            address: fields.get("addr").and_then(Value::address),
            function: fields
                .get("func")
                .and_then(lossy)
                .filter(|name| name != "??"),
            file: path(fields, "fullname").or_else(|| path(fields, "file")),
            line: fields
                .get("line")
                .and_then(Value::u32)
                .and_then(LineNumber::new),
            from: path(fields, "from"),
        })
    }

    /// The frames of the answer to `-stack-list-frames`, innermost first.
    pub fn stack(results: &Results) -> Vec<Self> {
        results
            .get("stack")
            .and_then(Value::items)
            .into_iter()
            .flat_map(|stack| stack.all("frame"))
            .filter_map(Self::from_value)
            .collect()
    }
}

/// Names are for people to read: what is no UTF-8 in them is replaced.
pub(super) fn lossy(value: &Value) -> Option<String> {
    value
        .bytes()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// Paths on Linux are bytes, and need not be UTF-8.
fn path(fields: &Results, name: &str) -> Option<PathBuf> {
    let bytes = fields.get(name)?.bytes()?;
    Some(PathBuf::from(OsString::from_vec(bytes.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mi::{Record, parse};

    fn results(line: &str) -> Results {
        match parse(line.as_bytes()) {
            Record::Result(answer) => answer.results,
            other => panic!("{other:?} is no answer"),
        }
    }

    #[track_caller]
    fn check_frame(fields: &str, expected: &MiFrame) {
        let results = results(&format!("^done,frame={{{fields}}}"));
        let frame = results.get("frame").and_then(MiFrame::from_value);
        assert_eq!(frame.as_ref(), Some(expected));
    }

    const UNKNOWN: MiFrame = MiFrame {
        level: 0,
        address: None,
        function: None,
        file: None,
        line: None,
        from: None,
    };

    #[test]
    fn frame_with_a_line() {
        check_frame(
            r#"level="2",addr="0x00007fe6",func="combo",file="a.py",fullname="/home/a.py",line="31""#,
            &MiFrame {
                level: 2,
                address: Some(0x7fe6),
                function: Some("combo".to_owned()),
                file: Some("/home/a.py".into()),
                line: LineNumber::new(31),
                from: None,
            },
        );
    }

    #[test]
    fn frame_without_full_name() {
        check_frame(
            r#"file="<string>",line="7""#,
            &MiFrame {
                file: Some("<string>".into()),
                line: LineNumber::new(7),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_of_a_library() {
        check_frame(
            r#"addr="0x10",func="??",args=[],from="/lib/libm.so.6",arch="i386:x86-64""#,
            &MiFrame {
                address: Some(0x10),
                from: Some("/lib/libm.so.6".into()),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_of_line_zero() {
        check_frame(
            r#"file="a.py",line="0""#,
            &MiFrame {
                file: Some("a.py".into()),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn frame_with_nothing_known() {
        check_frame(r#"addr="<unavailable>",line="many""#, &UNKNOWN);
        assert_eq!(MiFrame::from_value(&Value::Const(b"0".to_vec())), None);
    }

    #[test]
    fn path_that_is_no_utf8() {
        let file = PathBuf::from(OsString::from_vec(b"/caf\xe9.py".to_vec()));
        check_frame(
            r#"fullname="/caf\351.py""#,
            &MiFrame {
                file: Some(file),
                ..UNKNOWN
            },
        );
    }

    #[test]
    fn stack() {
        let stack = MiFrame::stack(&results(
            r#"^done,stack=[frame={level="0",func="f"},frame={level="1",func="g"}]"#,
        ));
        let functions: Vec<_> = stack
            .iter()
            .map(|frame| (frame.level, frame.function.as_deref()))
            .collect();
        assert_eq!(functions, [(0, Some("f")), (1, Some("g"))]);
        assert_eq!(MiFrame::stack(&results("^done")), []);
        assert_eq!(MiFrame::stack(&results("^done,stack=[]")), []);
    }
}
