//! JSON that is indented, but for what is deep within it.

use std::io::{self, Write};

use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

/// How deep what is written over several lines may be: the lists of a run's profile are, and each
/// of their entries is on one line. Indented, they would be half of a recording.
const DEEPEST: usize = 7;

/// Indents objects and lists, and writes those on one line that are deeper.
#[derive(Default)]
pub(super) struct Indented {
    depth: usize,
    pretty: PrettyFormatter<'static>,
}

/// Has one of the two do it that is in charge at this depth.
macro_rules! by_depth {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        if $self.depth > DEEPEST {
            CompactFormatter.$method($($argument),*)
        } else {
            $self.pretty.$method($($argument),*)
        }
    };
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        by_depth!(self, begin_array(writer))
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let ended = by_depth!(self, end_array(writer));
        self.depth -= 1;
        ended
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        by_depth!(self, begin_array_value(writer, first))
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self, end_array_value(writer))
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        by_depth!(self, begin_object(writer))
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let ended = by_depth!(self, end_object(writer));
        self.depth -= 1;
        ended
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        by_depth!(self, begin_object_key(writer, first))
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self, begin_object_value(writer))
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self, end_object_value(writer))
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut out, Indented::default());
        value.serialize(&mut serializer).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_not_deep_is_indented_as_usual() {
        let value = json!({"a": [1, [], {"b": null}], "c": {}});
        assert_eq!(
            written(&value),
            serde_json::to_string_pretty(&value).unwrap()
        );
    }

    #[test]
    fn what_is_deep_is_on_one_line() {
        let entry = json!({"file": "a.py", "range": [1, 2]});
        let mut value = json!([entry, entry]);
        for _ in 0..DEEPEST - 1 {
            value = json!({ "in": value });
        }
        let text = written(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        let indent = "  ".repeat(DEEPEST);
        let line = format!("{indent}{{\"file\":\"a.py\",\"range\":[1,2]}}");
        assert!(text.contains(&format!("{line},\n{line}\n")), "{text}");
    }
}
