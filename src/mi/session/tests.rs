//! What a session makes of single situations.

use super::script::converse;
use super::{Learnt, Phase, Session};

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

#[test]
fn a_stop_that_was_asked_for_is_learnt() {
    check_running(
        r#"
        ! stop asked
        (gdb)
        ~"\nThread "
        ~"1 \"python\" received signal SIGURG, Urgent I/O condition.\n"
        *stopped,reason="signal-received",signal-name="SIGURG",frame={addr="0x10",func="f",line="7"},thread-id="1"
        = stopped in thread 1, f at line 7
        ! read stack 1 10
        > 2-stack-list-frames --thread 1 --no-frame-filters 0 9
        ! resume
        > 3-exec-continue
        2^done,stack=[frame={level="0",func="f",line="7"},frame={level="1",func="??"}]
        = stack of thread 1: f at line 7, ??
        3^running
        *running,thread-id="all"
        = running
        "#,
    );
}

/// The kernel had another thread take it than it would have without a debugger.
#[test]
fn a_signal_for_the_process_that_a_worker_took_is_sent_again() {
    check_running(
        r#"
        *stopped,reason="signal-received",signal-name="SIGUSR1",thread-id="2"
        = foreign stop by SIGUSR1
        > 2-data-evaluate-expression --thread 2 $_siginfo.si_code
        2^done,value="0"
        > 3-exec-continue
        3^running
        *running,thread-id="all"
        = went on, SIGUSR1 was misdirected
        "#,
    );
}

#[test]
fn a_signal_for_a_worker_is_its_own() {
    check_running(
        r#"
        *stopped,reason="signal-received",signal-name="SIGUSR1",thread-id="2"
        = foreign stop by SIGUSR1
        > 2-data-evaluate-expression --thread 2 $_siginfo.si_code
        2^done,value="-6"
        > 3-interpreter-exec console "signal SIGUSR1"
        3^running
        *running,thread-id="all"
        = went on
        "#,
    );
}

/// Once, and only for that signal.
#[test]
fn a_signal_that_the_first_thread_blocks_is_any_threads() {
    check_running(
        r#"
        ! let any thread take SIGUSR1
        *stopped,reason="signal-received",signal-name="SIGTERM",thread-id="2"
        = foreign stop by SIGTERM
        > 2-data-evaluate-expression --thread 2 $_siginfo.si_code
        2^error,msg="it cannot be seen"
        > 3-exec-continue
        3^running
        *running,thread-id="all"
        = went on, SIGTERM was misdirected
        *stopped,reason="signal-received",signal-name="SIGUSR1",thread-id="2"
        = foreign stop by SIGUSR1
        > 4-interpreter-exec console "signal SIGUSR1"
        4^running
        *running,thread-id="all"
        = went on
        *stopped,reason="signal-received",signal-name="SIGUSR1",thread-id="2"
        = foreign stop by SIGUSR1
        > 5-data-evaluate-expression --thread 2 $_siginfo.si_code
        "#,
    );
}

#[test]
fn a_signal_of_somebody_else_is_passed_on() {
    check_running(
        r#"
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = foreign stop by SIGURG
        > 2-interpreter-exec console "signal SIGURG"
        ~"Continuing with signal SIGURG.\n"
        2^running
        *running,thread-id="all"
        = went on
        "#,
    );
}

#[test]
fn a_stop_for_another_reason_ends_at_once() {
    for (reason, described) in [
        (
            r#",reason="signal-received",signal-name="SIGTRAP""#,
            "SIGTRAP",
        ),
        (r#",reason="signal-received",signal-name="0""#, "0"),
        (r#",reason="breakpoint-hit",bkptno="1""#, "no signal"),
        ("", "no signal"),
    ] {
        check_running(&format!(
            r#"
            *stopped{reason},thread-id="1"
            = foreign stop by {described}
            > 2-exec-continue
            2^running
            *running,thread-id="all"
            = went on
            "#
        ));
    }
}

#[test]
fn a_foreign_stop_may_come_before_the_one_that_was_asked_for() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGTRAP",thread-id="1"
        = foreign stop by SIGTRAP
        > 2-exec-continue
        2^running
        *running,thread-id="all"
        = went on
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        ! resume
        > 3-exec-continue
        3^running
        *running,thread-id="all"
        = running
        "#,
    );
}

/// It suspends who does not handle it, which the session cannot know.
#[test]
fn a_process_that_is_to_be_suspended_stands_still_until_it_is_to_go_on() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGTSTP",thread-id="2"
        = to be suspended by SIGTSTP
        ! end suspension
        > 2-exec-continue
        2^running
        *running,thread-id="all"
        = went on
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        ! resume
        > 3-exec-continue
        3^running
        *running,thread-id="all"
        = running
        *stopped,reason="signal-received",signal-name="SIGTTIN",thread-id="1"
        = to be suspended by SIGTTIN
        ! end suspension with SIGTTIN
        > 4-interpreter-exec console "signal SIGTTIN"
        4^running
        *running,thread-id="all"
        = went on
        "#,
    );
}

/// Of two stop signals one is somebody else's: no matter which.
#[test]
fn one_request_is_one_stop() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        ! resume
        > 2-exec-continue
        2^running
        *running,thread-id="all"
        = running
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = foreign stop by SIGURG
        > 3-interpreter-exec console "signal SIGURG"
        "#,
    );
}

/// Who has it stopped has it go on.
#[test]
fn a_process_that_stands_still_is_not_resumed_by_another_stop() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        *stopped,reason="signal-received",signal-name="SIGTRAP",thread-id="2"
        = foreign stop by SIGTRAP
        "#,
    );
}

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
fn every_end_is_learnt_once() {
    for ending in [
        r#"reason="exited-normally""#,
        r#"reason="exited",exit-code="03""#,
        r#"reason="exited-signalled",signal-name="SIGKILL",signal-meaning="Killed""#,
        // Even by the signal that stops.
        r#"reason="exited-signalled",signal-name="SIGURG""#,
    ] {
        for before in ["", "! stop asked\n"] {
            check_running(&format!(
                r#"
                {before}
                =thread-group-exited,id="i1"
                = ended
                *stopped,{ending}
                (gdb)
                "#
            ));
            check_running(&format!("{before}*stopped,{ending}\n= ended"));
        }
    }
}

/// By `-target-detach`, or because gdb exits.
#[test]
fn what_gdb_has_let_go_of_has_ended() {
    check_running(
        r#"
        ! exit
        > 2-gdb-exit
        2^exit
        =thread-exited,id="1",group-id="i1"
        =thread-group-exited,id="i1"
        = ended
        "#,
    );
}

#[test]
fn nothing_is_learnt_after_the_end() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        ! read stack 1 10
        > 2-stack-list-frames --thread 1 --no-frame-filters 0 9
        ! resume
        > 3-exec-continue
        =thread-group-exited,id="i1"
        = ended
        2^error,msg="No registers."
        3^error,msg="The program is not being run."
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        ! resume
        > 4-exec-continue
        *running,thread-id="all"
        "#,
    );
}

/// As gdb 18.1 has it, unless its `target-non-stop` is off, and 13.1 up to the error.
#[test]
fn a_process_killed_while_it_stands_still_fails_to_go_on() {
    check_running(
        r#"
        ! stop asked
        *stopped,reason="signal-received",signal-name="SIGURG",thread-id="1"
        = stopped in thread 1
        ! read stack 1 10
        > 2-stack-list-frames --thread 1 --no-frame-filters 0 9
        ! resume
        > 3-exec-continue
        2^error,msg="Couldn't get registers: No such process."
        = no stack of thread 1
        3^running
        *running,thread-id="all"
        = running
        3^error,msg="Couldn't get registers: No such process."
        = failed to resume: Couldn't get registers: No such process.
        3^error,msg="twice"
        ! stop asked
        =thread-exited,id="1",group-id="i1"
        =thread-group-exited,id="i1"
        = ended
        *stopped,reason="exited-signalled",signal-name="SIGKILL",signal-meaning="Killed"
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
fn a_setting_may_fail_and_the_rest_may_not() {
    let failure_of = |command: &str| {
        let mut session = Session::new();
        let orders = ["! set up", "! attach 7 /bin/python /tmp/stub.o 0x10 0x20"];
        let (_, said) = converse(&mut session, orders.into_iter());
        let index = said.iter().position(|line| line.contains(command)).unwrap();
        let token = said[index].trim_start_matches("> ").split('-').next();
        let error = format!("{}^error,msg=\"no\"", token.unwrap());
        let (learnt, _) = converse(&mut session, [error.as_str()].into_iter());
        learnt
    };
    assert_eq!(failure_of("-gdb-set mi-async"), []);
    assert_eq!(failure_of("target-non-stop"), []);
    assert_eq!(failure_of("handle SIGTERM"), []);
    let failed = |step| [Learnt::Failed(step, "no".to_owned())];
    assert_eq!(failure_of("handle SIGURG"), failed(Phase::SetUp));
    assert_eq!(failure_of("exec-file"), failed(Phase::SetUp));
    assert_eq!(failure_of("add-symbol-file"), failed(Phase::SetUp));
    assert_eq!(failure_of("-target-attach"), failed(Phase::Attach));
}

/// Then it was not the attaching that failed.
#[test]
fn a_process_killed_while_gdb_attaches_has_ended() {
    check(
        r#"
        =thread-group-started,id="i1",pid="7"
        =thread-created,id="1",group-id="i1"
        =thread-exited,id="1",group-id="i1"
        =thread-group-exited,id="i1"
        = ended
        3^error,msg="Unable to attach: program terminated with signal SIGKILL, Killed."
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
