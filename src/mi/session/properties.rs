//! What holds of a session whatever gdb says.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::script::converse;
use super::{Learnt, Session};
use crate::mi::properties::{print, record};

/// Lines as they come, with tokens that are mostly in use.
fn likely_line() -> impl Strategy<Value = String> {
    let token = 1..12_u8;
    let line = select(vec![
        r#"*stopped,reason="signal-received",signal-name="SIGURG",thread-id="1""#,
        r#"*stopped,reason="signal-received",signal-name="SIGTRAP""#,
        r#"*stopped,thread-id="1""#,
        r#"*running,thread-id="all""#,
        r#"*running,thread-id="2""#,
        r#"=thread-created,id="2""#,
        r#"=thread-group-exited,id="i1""#,
        r#"*stopped,reason="exited",exit-code="03""#,
    ]);
    let answer = select(vec![
        "^running",
        "^done",
        r#"^error,msg="no""#,
        r#"^done,stack=[frame={func="f"}]"#,
        r#"^done,threads=[{id="1"}]"#,
    ]);
    let order = select(vec![
        "! stop asked",
        "! resume",
        "! list threads",
        "! read stack 1 10",
        "! read stack 0 0",
        "! read symbols libm",
        "! run python pass",
        "! attach 7 a b 0x10 0x20",
        "! exit",
    ]);
    prop_oneof![
        4 => line.prop_map(str::to_owned),
        2 => (token, answer).prop_map(|(token, answer)| format!("{token}{answer}")),
        4 => order.prop_map(str::to_owned),
        1 => record().prop_map(|record| String::from_utf8_lossy(&print(&record)).into_owned()),
    ]
}

proptest! {
    #[test]
    fn only_what_was_asked_for_is_a_stop(lines in vec(likely_line(), 0..60)) {
        let mut session = Session::new();
        let mut asked = false;
        let mut ended = false;
        for line in &lines {
            asked |= line == "! stop asked";
            let (learnt, _) = converse(&mut session, [line.as_str()].into_iter());
            prop_assert!(!ended || learnt.is_empty());
            if let Some(Learnt::Stopped(_)) = learnt.first() {
                prop_assert!(asked, "{}", lines.join("\n"));
                asked = false;
            }
            ended |= learnt.contains(&Learnt::Ended);
        }
    }
}
