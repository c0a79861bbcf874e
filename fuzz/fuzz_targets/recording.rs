//! Recordings, shown by themselves and compared with a sound one.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use profila::recording::Recording;
use profila::report::json::{self, AnyDocument};
use profila_fuzz::{compared, show};

static SOUND: LazyLock<Recording> =
    LazyLock::new(|| json::read(include_str!("../seeds/recording/before.json")).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = json::decode(bytes.to_vec()) else {
        return;
    };
    let Ok(recording) = json::read::<Recording>(&text) else {
        return;
    };
    for (before, after) in [(&*SOUND, &recording), (&recording, &*SOUND)] {
        if let Some(comparison) = compared(before, after) {
            let length = text.len() + 4_000;
            show(&AnyDocument::Comparison(Box::new(comparison)), length);
        }
    }
    show(&AnyDocument::Recording(Box::new(recording)), text.len());
});
