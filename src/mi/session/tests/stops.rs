//! Stops for samples, for signals of somebody else, and for nothing.

use super::check_running;

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
