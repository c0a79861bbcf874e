//! Recordings, shown by themselves and compared with a sound one.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use profila::recording::Recording;
use profila::document::{self, AnyDocument};
use profila_fuzz::{compared, show};

static SOUND: LazyLock<Recording> =
    LazyLock::new(|| document::read(include_str!("../seeds/recording/before.json")).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = document::decode(bytes.to_vec()) else {
        return;
    };
    let Ok(recording) = document::read::<Recording>(&text) else {
        return;
    };
    for (before, after) in [(&*SOUND, &recording), (&recording, &*SOUND)] {
        if let Some(comparison) = compared(before, after) {
            let length = text.len() + 4_000;
            show(&AnyDocument::from(comparison), length);
        }
    }
    show(&AnyDocument::from(recording), text.len());
});
