//! An experiment in parts: each is measured by itself, and what is joined of them is what the same
//! runs show together.

use std::fs;
use std::path::Path;
use std::process::Command;

use profila::compare::{Comparison, MetricVerdict};
use profila::document;
use profila::recording::ForeignText;
use serde_json::Value;

use crate::harness::{Outcome, Sandbox, python, repository, scripts};

/// Two versions of a script, of which the second does ten times as much for each sum.
fn write_versions(sandbox: &Sandbox) {
    let before = fs::read_to_string(scripts().join("sums.py")).unwrap();
    let after = before.replace("STEPS = 1", "STEPS = 10");
    assert_ne!(before, after);
    sandbox.write("before.py", &before);
    sandbox.write("after.py", &after);
}

/// Measures a part, in the folder of the sandbox.
fn measure(sandbox: &Sandbox, part: &str, arguments: &[&str]) -> Outcome {
    let folder = format!("parts/{}", &part[..1]);
    let run = sandbox.profila(["diff", "--sampler=perf", "--shard", part, "--save", &folder]);
    let run = run.arg("--python").arg(python()).args(arguments);
    let run = run.args(["before.py", "after.py"]);
    run.current_dir(sandbox.files()).outcome()
}

fn merge(sandbox: &Sandbox, parts: &[&str], output: &str) -> Outcome {
    let run = sandbox.profila(["merge"]).args(parts).args(["-o", output]);
    run.current_dir(sandbox.files()).outcome()
}

/// What the recordings of both versions in a folder show.
fn compared(sandbox: &Sandbox, folder: &Path) -> Comparison {
    let json = sandbox.path("comparison.json");
    let versions = ["before.py.json", "after.py.json"].map(|name| folder.join(name));
    let run = sandbox.profila(["diff", "--export-json"]).arg(&json);
    run.args(versions).outcome().exits_with(0);
    document::read(&fs::read_to_string(json).unwrap()).unwrap()
}

/// Writes the recordings of a folder as if one experiment had made all their runs, one after the
/// other.
fn write_together(merged: &Path, together: &Path) {
    fs::create_dir_all(together).unwrap();
    for name in ["before.py.json", "after.py.json"] {
        let text = fs::read_to_string(merged.join(name)).unwrap();
        let mut recording: Value = serde_json::from_str(&text).unwrap();
        let blocks = recording["blocks"].as_array_mut().unwrap();
        let mut runs = Vec::new();
        let (mut rounds, mut positions) = (0, 0);
        for block in &mut *blocks {
            let [mut most, mut last] = [0, 0];
            for run in block["runs"].as_array_mut().unwrap() {
                let [round, position] = ["round", "position"].map(|it| run[it].as_u64().unwrap());
                (most, last) = (round.max(most), position.max(last));
                run["round"] = (rounds + round).into();
                run["position"] = (positions + position).into();
                runs.push(run.clone());
            }
            rounds += most;
            // Of both versions, one of which is not here.
            positions += last + 2;
        }
        blocks.truncate(1);
        blocks[0].as_object_mut().unwrap().remove("shard");
        blocks[0]["runs"] = runs.into();
        fs::write(together.join(name), recording.to_string()).unwrap();
    }
}

/// Checks that what was joined is what the same runs show together.
#[track_caller]
fn is_as_if_together(sandbox: &Sandbox, merged: &Path) -> Comparison {
    let together = sandbox.path("together");
    write_together(merged, &together);
    let joined = compared(sandbox, merged);
    let one = compared(sandbox, &together);
    assert_eq!(joined.rounds, one.rounds);
    // All parts were made on this machine.
    assert!(joined.machines.is_empty(), "{:?}", joined.machines);
    assert_eq!(joined.throughput, one.throughput);
    assert_eq!(joined.lines.len(), one.lines.len());
    for (line, of_one) in joined.lines.iter().zip(&one.lines) {
        assert_eq!(line.change, of_one.change);
    }
    joined
}

#[track_caller]
fn is_slower(comparison: &Comparison) {
    assert_eq!(comparison.throughput.verdict, MetricVerdict::Slower);
    let after = comparison.lines.iter();
    let after = after.filter_map(|it| it.after.as_ref());
    let most = after.max_by_key(|it| it.samples).unwrap();
    assert!(most.text.ends_with("# worked"), "{most:?}");
}

#[test]
fn parts_are_joined_to_what_their_runs_show_together() {
    let sandbox = Sandbox::new();
    write_versions(&sandbox);
    for part in ["1/3", "2/3"] {
        measure(&sandbox, part, &["--runs=2"]).succeeds();
    }
    // The parts of one experiment have orders of their own.
    let seeds = ["1", "2"].map(|part| {
        let recording = sandbox.recording(&format!("parts/{part}/before.py.json"));
        let [block] = &recording.blocks[..] else {
            panic!("{recording:?}");
        };
        assert_eq!(block.shard.unwrap().of, 3);
        block.seed
    });
    assert_ne!(seeds[0], seeds[1]);

    // Part 3 may have been on a machine that failed. The order in which they are given is none.
    let outcome = merge(&sandbox, &["parts/2", "parts/1"], "whole");
    assert!(
        outcome.stderr().contains("part 3 is missing"),
        "{outcome:?}"
    );
    assert!(outcome.stderr().contains("merged 2 parts from 1 machine"));
    let stdout = outcome.exits_with(0).stdout();
    assert_eq!(stdout, "whole/before.py.json\nwhole/after.py.json\n");
    let comparison = is_as_if_together(&sandbox, &sandbox.path("whole"));
    is_slower(&comparison);
    let warnings = comparison.warnings.iter();
    let said: Vec<&str> = warnings.map(ForeignText::as_written).collect();
    assert!(
        said.iter().any(|it| it.contains("part 3 is missing")),
        "{said:?}"
    );

    // What does not belong together is refused, and writes nothing.
    let twice = merge(&sandbox, &["parts/1", "parts/1"], "refused");
    twice.fails_with(2, &["part 1 is there twice", "give each part once"]);
    let whole = ["parts/1", "whole"];
    merge(&sandbox, &whole, "refused").fails_with(2, &["part 1 is there twice"]);
    measure(&sandbox, "3/3", &["--runs=1", "--rate=500"]).succeeds();
    let other = merge(&sandbox, &["parts/1", "parts/3"], "refused");
    other.fails_with(2, &["are not parts of one experiment", "500"]);
    merge(&sandbox, &["parts"], "refused").fails_with(2, &["has no recordings"]);
    assert!(!sandbox.path("refused").exists());
    let over = merge(&sandbox, &["parts/1"], "parts/1");
    over.fails_with(2, &["would be overwritten", "-o"]);
}

#[test]
fn a_part_has_to_be_kept_and_is_one_that_there_is() {
    let sandbox = Sandbox::new();
    write_versions(&sandbox);
    let diff = |arguments: &[&str]| {
        let run = sandbox.profila(["diff"]).args(arguments);
        let run = run.args(["before.py", "after.py"]);
        run.current_dir(sandbox.files()).outcome()
    };
    diff(&["--shard=1/4"]).fails_with(2, &["nothing says where to keep it", "--save DIR"]);
    diff(&["--shard=5/4", "--save=x"]).fails_with(2, &["no part 5"]);
    diff(&["--shard=0/4", "--save=x"]).fails_with(2, &["no part 0"]);
    diff(&["--shard=half", "--save=x"]).fails_with(2, &["such as 3/8"]);
}

/// `make slurm` puts Slurm where this finds it, and makes this.
#[test]
#[ignore = "needs a Slurm cluster; `make slurm` starts one of this machine"]
fn slurm_measures_parts_and_joins_them() {
    let sandbox = Sandbox::new();
    write_versions(&sandbox);
    let submit = repository().join("examples/slurm/submit.sh");
    // Jobs inherit the environment of the shell that submits them.
    let script = "bash \"$SUBMIT\" 4 jobs --python \"$PYTHON\" --sampler=perf --runs=2 before.py after.py\n\
                  for _ in $(seq 1200); do\n\
                      [ -z \"$(squeue --noheader)\" ] && exit 0\n\
                      sleep 0.2\n\
                  done\n\
                  squeue >&2\n\
                  exit 1\n";
    let mut cluster = Command::new(repository().join("tests/slurm/cluster.sh"));
    cluster.args(["bash", "-c", script]);
    cluster.current_dir(sandbox.files()).env("SUBMIT", submit);
    cluster.env("PROFILA", env!("CARGO_BIN_EXE_profila"));
    cluster.env("PYTHON", python());
    let outcome = cluster.output().unwrap();
    let logs = || {
        let names = ["part-1.log", "merge.log"].map(|it| sandbox.path(&format!("jobs/{it}")));
        names.map(|it| fs::read_to_string(it).unwrap_or_default())
    };
    assert!(outcome.status.success(), "{outcome:?} {:?}", logs());
    for part in 1..=4 {
        let log = fs::read_to_string(sandbox.path(&format!("jobs/part-{part}.log"))).unwrap();
        assert!(log.contains("before.py"), "{log}");
    }
    let whole = sandbox.path("jobs/whole");
    assert!(whole.is_dir(), "{outcome:?} {:?}", logs());
    let joined = is_as_if_together(&sandbox, &whole);
    assert_eq!(joined.rounds, 8);
    is_slower(&joined);
    // What the last job found is that.
    let text = fs::read_to_string(sandbox.path("jobs/comparison.json")).unwrap();
    let found: Comparison = document::read(&text).unwrap();
    assert_eq!(found.throughput, joined.throughput);
    assert!(sandbox.path("jobs/comparison.html").is_file());
    let report = fs::read_to_string(sandbox.path("jobs/merge.log")).unwrap();
    assert!(report.contains("merged 4 parts from 1 machine"), "{report}");
    assert!(report.contains("slower"), "{report}");
}
