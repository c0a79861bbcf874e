//! Comparisons of two versions and of more, in every form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use profila::document;
use profila_fuzz::show;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = document::decode(bytes.to_vec()) else {
        return;
    };
    if let Ok(document) = document::read_any(&text) {
        show(&document, text.len());
    }
});
