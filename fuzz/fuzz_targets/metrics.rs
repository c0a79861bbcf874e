//! What a script wrote and printed, parted by a NUL.

#![no_main]

use libfuzzer_sys::fuzz_target;
use profila::config::{Throughput, WantedSource};
use profila::throughput;

fuzz_target!(|text: &str| {
    let (metrics, stdout) = text.split_once('\0').unwrap_or((text, text));
    for source in [
        WantedSource::Auto,
        WantedSource::Metrics,
    ] {
        let settings = Throughput {
            source,
            unit: None,
            better: None,
        };
        let reading = throughput::read(&settings, stdout, metrics);
        let metric = reading.ok().and_then(|reading| reading.metric);
        if let Some(metric) = metric {
            assert!(metric.value.is_finite() && metric.value > 0.0, "{metric:?}");
        }
    }
});
