//! Which line of a stack a sample is counted for.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Recording;

/// Which line of a stack a sample is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attribution {
    /// The innermost line of the user's own code.
    UserLine,
    /// The innermost line of all, a library's too.
    Leaf,
}

impl Recording {
    /// The recording with its samples counted for these lines.
    pub fn seen(&self, attribution: Attribution) -> Cow<'_, Self> {
        match attribution {
            Attribution::UserLine => Cow::Borrowed(self),
            Attribution::Leaf => Cow::Owned(self.clone().seen_from_leaves()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::LineSamples;
    use crate::source::LineNumber;

    #[test]
    fn seen_from_leaves_each_sample_is_counted_for_its_innermost_line() {
        let line = |number, self_samples, total, owned| LineSamples {
            file: "a.py".to_owned(),
            line: LineNumber::new(number).expect("a line"),
            self_samples,
            total,
            owned,
        };
        let mut recording = crate::document::read::<Recording>(RECORDING).expect("a recording");
        recording.blocks[0].runs[0]
            .profile
            .as_mut()
            .expect("a profile")
            .lines = vec![line(1, 2, 10, 10), line(2, 8, 8, 0)];
        let seen = recording.seen_from_leaves();
        let lines = &seen.blocks[0].runs[0]
            .profile
            .as_ref()
            .expect("a profile")
            .lines;
        assert_eq!(*lines, [line(1, 2, 2, 2), line(2, 8, 8, 8)]);
    }

    const RECORDING: &str = r#"{
        "schema": "profila.recording/1.0", "experiment": "e", "created": "2026-01-01T00:00:00Z",
        "variant": {"name": "a", "script": "a.py", "args": []}, "role": "base",
        "python": "3.11.7", "numba": "0.68.1", "sampler": "gdb 13.1",
        "settings": {"rate_hz": 100.0, "max_stopped": 0.2,
            "throughput": {"source": "window", "unit": "s", "better": "lower"}},
        "sources": [], "warnings": [],
        "blocks": [{"machine": {"cpu": "c", "cores": 2, "kernel": "k"}, "seed": 0, "runs": [{"round": 1, "position": 0, "kind": "profiled", "exit_code": 0,
            "wall_s": 1.0, "cpu_s": 1.0, "window_s": 0.5, "peak_rss_bytes": 1000, "metric": null,
            "profile": {"stopped_s": 0.1, "longest_stop_s": 0.01, "lines": [],
                "lateness": {"median_s": 0.0, "most_s": 0.0}, "put_off": 0, "unseen": 0,
                "foreign_stops": 0, "instructions": [], "stacks": [],
                "samples": {"window": 10, "numba": 10, "other": 0, "waiting": 0, "bad": 0,
                    "startup": 0, "compiling": 0, "folded": 0}}}]}]
    }"#;
}
