//! How a process ends, and what fails.

use super::{check, check_running};
use crate::mi::session::script::converse;
use crate::mi::session::{Learnt, Operation, Session};

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
    let failed = |operation| [Learnt::Failed(operation, "no".to_owned())];
    assert_eq!(failure_of("handle SIGURG"), failed(Operation::SetUp));
    assert_eq!(failure_of("exec-file"), failed(Operation::SetUp));
    assert_eq!(failure_of("add-symbol-file"), failed(Operation::SetUp));
    assert_eq!(failure_of("-target-attach"), failed(Operation::Attach));
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
