//! What a session makes of single situations.

use super::Session;
use super::script::converse;

mod ends;
mod stops;

#[track_caller]
fn check(conversation: &str) {
    let lines = || {
        conversation
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
    };
    let (_, said) = converse(&mut Session::new(), lines());
    let said = said.join("\n");
    let expected = lines().collect::<Vec<_>>().join("\n");
    assert!(said == expected, "it went otherwise:\n{said}\n");
}

/// A conversation that begins while the process runs.
#[track_caller]
fn check_running(conversation: &str) {
    check(&[RUNNING, conversation].concat());
}

const RUNNING: &str = r#"
    *stopped,thread-id="1",stopped-threads="all"
    = attached
    ! resume
    > 1-exec-continue
    1^running
    *running,thread-id="all"
    = running
"#;

/// gdb says `*running` of a thread that it finds, also while all stand still.
#[test]
fn a_new_thread_does_not_make_the_process_run() {
    check(
        r#"
        =thread-created,id="1",group-id="i1"
        *running,thread-id="1"
        *stopped,thread-id="1",stopped-threads="all"
        = attached
        =thread-created,id="2",group-id="i1"
        *running,thread-id="2"
        ! resume
        > 1-exec-continue
        1^running
        *running,thread-id="all"
        = running
        "#,
    );
}

#[test]
fn it_is_known_when_the_threads_must_be_listed() {
    let mut session = Session::new();
    let mut changed = |lines: &[&str]| {
        converse(&mut session, lines.iter().copied());
        session.threads_changed()
    };
    assert!(changed(&["*stopped"]));
    assert!(!changed(&[
        "! list threads",
        r#"1^done,threads=[{id="1"}]"#
    ]));
    assert!(!changed(&[r#"=library-loaded,id="libm""#, "*running"]));
    assert!(changed(&[r#"=thread-created,id="2""#]));
    assert!(!changed(&["! list threads"]));
    assert!(changed(&[r#"2^error,msg="no registers""#]));
    assert!(!changed(&["! list threads", "3^done,threads=[]"]));
    assert!(changed(&[r#"=thread-exited,id="2""#]));
}

#[test]
fn every_list_of_threads_is_answered() {
    check(
        r#"
        ! list threads
        > 1-thread-info
        1^done,threads=[{id="1",target-id="LWP 7"},{id="3",target-id="LWP 9"}]
        = threads [1, 3]
        ! list threads
        > 2-thread-info
        2^error,msg="Couldn't get registers: No such process."
        = threads []
        "#,
    );
}

#[test]
fn symbols_are_read_or_not_while_the_process_runs() {
    check_running(
        r#"
        ! read symbols libm.so.6
        > 2-interpreter-exec console "sharedlibrary libm.so.6"
        ~"Reading symbols from /lib/libm.so.6...\n"
        2^done
        = symbols read
        ! read symbols +
        > 3-interpreter-exec console "sharedlibrary +"
        3^error,msg="Invalid regexp: Invalid preceding regular expression"
        = symbols read
        "#,
    );
}

#[test]
fn python_is_run_where_there_is_python() {
    check_running(
        r#"
        ! run python pass
        > 2-interpreter-exec console "python exec(\"pass\")"
        2^done
        ! run python pass
        > 3-interpreter-exec console "python exec(\"pass\")"
        3^error,msg="Scripting in the \"Python\" language is not supported in this copy of GDB."
        "#,
    );
}

#[test]
fn answers_to_nothing_are_passed_over() {
    check_running(
        r#"
        ^done,stack=[]
        99^error,msg="No such command."
        ! read stack 1 10
        > 2-stack-list-frames --thread 1 --no-frame-filters 0 9
        2^done,stack=[frame={func="f"}]
        = stack of thread 1: f
        2^done,stack=[frame={func="f"}]
        1^running
        ! resume
        > 3-exec-continue
        1^error,msg="too late to be true"
        3^running
        3^done
        3^error,msg="after it was done"
        "#,
    );
}

#[test]
fn versions() {
    for (introduction, version) in [
        ("(Debian 13.1-3) 13.1", "13.1"),
        ("(Ubuntu 12.1-0ubuntu1~22.04) 12.1", "12.1"),
        ("(Fedora Linux) 16.3-1.fc42", "16.3-1.fc42"),
        (
            "(GDB) Red Hat Enterprise Linux 14.2-4.1.el9",
            "14.2-4.1.el9",
        ),
        ("(GDB) 18.1", "18.1"),
    ] {
        check(&format!(
            "~\"GNU gdb {introduction}\\n\"\n= version {version}"
        ));
    }
    for other in ["GNU gdb (GDB) unknown\\n", "GNU gdb ", "13.1\\n", "\\377"] {
        check(&format!("~\"{other}\""));
    }
}
