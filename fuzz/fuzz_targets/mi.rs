//! What gdb says: records, and a session that is told of them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use profila::mi::session::Session;
use profila::mi::{Stopped, parse};

fuzz_target!(|bytes: &[u8]| {
    let mut session = Session::new();
    session.set_up();
    for line in bytes.split(|&byte| byte == b'\n') {
        let record = parse(line);
        Stopped::from_record(&record);
        session.feed(&record);
    }
});
