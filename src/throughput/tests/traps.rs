//! Lines that are easily taken for something that they do not say.

use super::*;

/// A pattern that finds the last number of a line.
const NUMBER: &str = r"(?P<value>[\d.]+)[^\d]*$";

#[track_caller]
fn check_pointed_at(line: &str, expected: &str) {
    let found = match read(&by_pattern(NUMBER), line, "") {
        Ok(reading) => shown(&reading),
        Err(Fault::Undirected { .. }) => "undirected".to_owned(),
        Err(fault) => format!("{fault:?}"),
    };
    assert_eq!(found, expected, "{line}");
}

#[test]
fn a_time_is_not_cut_out_of_a_longer_unit() {
    check_all(&[
        ("Average rate: 2.40 MS/s", "unread"),
        ("mean: 12.5 s/s", "unread"),
        ("mean: 12.5 ± 0.2 s/s", "unread"),
        ("mean: 12.5 ms/step/core", "unread"),
        ("mean: 12.5 ns/day", "unread"),
        ("mean: 12.5 ms^-1", "unread"),
        ("mean: 12.5 ms²", "nothing"),
        ("mean: 12.5 s per day", "unread"),
        ("mean: 12.5 ms / median: 12.1 ms", "unread"),
        ("mean: 12.5 ms, best of 5", "0.0125 s Lower"),
        ("mean: 12.5 ms per run", "0.0125 s/run Lower"),
    ]);
    for line in ["2.40 MS/s", "12.5 s/s", "12.5 ns/day", "12.5 s s⁻¹"] {
        check_pointed_at(line, "undirected");
    }
}

#[test]
fn time_per_time_is_no_duration() {
    check_all(&[
        ("Performance: 12.3 ns/day", "unread"),
        ("Performance: 12.3 ns / day", "unread"),
        ("Performance: 1.9 hours/ns", "unread"),
        ("12.3 ps/s", "unread"),
        ("ns/day: 12.3", "unread"),
        ("ns/day 12.3", "unread"),
        ("1200 cells/month", "unread"),
        (
            "(ns/day)    (hour/ns)\nPerformance:       70.056        0.343",
            "unread",
        ),
        ("8640 images/day", "0.1 images/s Higher"),
        (
            "172.8 simulated years per day",
            "0.002 simulated years/s Higher",
        ),
        ("2 days/step", "172800 s/step Lower"),
    ]);
}

#[test]
fn a_physical_unit_per_time_is_no_rate_of_work() {
    check_all(&[
        ("final speed: 5.2 m s^-1", "unread"),
        ("3.1 rad s⁻¹", "unread"),
        ("3.1 m·s⁻¹", "unread"),
        ("heating: 3.1 K/s", "unread"),
        ("3.1 kPa/s", "unread"),
        ("3.1 eV/s", "unread"),
        ("3.1 L/min", "unread"),
        ("flow: 3.1 m³/s", "unread"),
        ("3.1 metres per second", "unread"),
        ("pace: 5.2 min/km", "unread"),
        ("items_per_second=3.1M/s", "3100000 items/s Higher"),
        ("items_per_second=900k/s", "900000 items/s Higher"),
        ("items_per_second=3.1G/s", "3100000000 items/s Higher"),
    ]);
}

#[test]
fn a_frequency_is_a_rate_only_where_it_is_called_one() {
    check_all(&[
        ("peak at 50.0 Hz", "unread"),
        ("dominant frequency: 44.1 kHz", "unread"),
        ("frequency (Hz): 440", "unread"),
        ("sample rate: 44100 Hz", "unread"),
        ("50.0 Hz is the peak", "unread"),
        ("RAM 2400 MHz", "unread"),
        ("123.4 Hz", "123.4 Hz Higher"),
        ("rate: 123.4 Hz", "123.4 Hz Higher"),
        ("control loop ran at 1.2 kHz (500 steps)", "1200 Hz Higher"),
        ("Hz: 123.4", "123.4 Hz Higher"),
    ]);
    check_pointed_at("peak at 50.0 Hz", "50 Hz Higher");
}

#[test]
fn a_count_and_a_share_are_no_rates() {
    check_all(&[
        ("Throughput: 500 images in 2.51 s", "unread"),
        ("Throughput: 500 in 2.51 s", "unread"),
        ("throughput = 500 images", "unread"),
        ("Images per second: 500 images in 2.51 s", "unread"),
        ("throughput: 95% of peak", "unread"),
        ("fps: 95 % of the best", "unread"),
        ("Requests per second: 95%", "unread"),
        ("throughput: 4.5 cycles", "unread"),
        ("throughput: 12 ms", "unread"),
        ("Throughput 123.4", "unread"),
        ("Throughput: ~123.4", "unread"),
        ("throughput_mean: 123.4", "unread"),
        ("Reciprocal throughput: 4.5", "unread"),
        ("inverse throughput: 4.5 cycles/s", "unread"),
        ("2 Mops in 3.1 s", "unread"),
        ("3.2 GFLOPS in 1.5 s", "unread"),
        ("throughput: 123.4 (best of 5)", "123.4 units/s Higher"),
        ("throughput: 123.4, 3 errors", "123.4 units/s Higher"),
        ("throughput=123.4 loss=0.3", "123.4 units/s Higher"),
        ("throughput: 123.4 MB/s", "123400000 B/s Higher"),
    ]);
}

#[test]
fn words_that_are_rates_behind_the_number() {
    check_all(&[
        ("12.3 GCUPS", "12300000000 cell updates/s Higher"),
        ("12.3 GCUPs", "12300000000 cell updates/s Higher"),
        ("1.2 GTEPS", "1200000000 edges/s Higher"),
        ("3 Mpps", "3000000 packets/s Higher"),
        ("500 ips", "500 iterations/s Higher"),
        ("15 kfps", "15000 frames/s Higher"),
        ("8 kqps", "8000 queries/s Higher"),
        ("2 Mops", "2000000 ops/s Higher"),
        ("12.3 GFlops", "12300000000 flop/s Higher"),
        ("12.3 MLUPs", "12300000 lattice updates/s Higher"),
        ("1.2 Mnps", "1200000 nodes/s Higher"),
        ("1.2 GUPS", "1200000000 updates/s Higher"),
        ("SPS: 1234", "1234 samples/s Higher"),
        ("12.3 gflops", "unread"),
        ("500 ops in 3 threads", "nothing"),
        ("3 cups", "nothing"),
    ]);
}

#[test]
fn a_statistic_of_something_else_is_no_result() {
    check_all(&[
        ("standard error of the mean: 0.3 ms", "nothing"),
        (
            "mean: 12.5 ms\nstandard error of the mean: 0.3 ms",
            "0.0125 s Lower",
        ),
        (
            "mean: 12.5 ms\nmean absolute deviation: 0.2 ms",
            "0.0125 s Lower",
        ),
        ("median absolute deviation [ms]: 0.2", "nothing"),
        ("mean lifetime: 2.2 µs", "unread"),
        ("mean time between failures: 2.2 h", "unread"),
        ("average gap: 2.2 ms", "unread"),
        ("mean free time: 2.2 ps", "nothing"),
        ("mean free time: 2.2 ns", "unread"),
        ("mean and std: 12.5 ms", "unread"),
        ("average kernel: 12.5 ms", "0.0125 s Lower"),
        ("jacobi mean: 12.5 ms", "0.0125 s Lower"),
        ("average kernel time: 12.5 ms", "0.0125 s Lower"),
        ("best of 5: 12.5 ms", "0.0125 s Lower"),
        ("mean over 100 runs: 12.5 ms", "0.0125 s Lower"),
        ("average run: 12.5 ms", "0.0125 s Lower"),
        ("mean (ms): 12.5", "0.0125 s Lower"),
    ]);
}

#[test]
fn values_that_say_the_same_are_of_the_same_work() {
    check_all(&[
        ("2 it/s 3 epochs/s", "unread"),
        ("2 it/s, 3 it/s", "unread"),
        ("100 it/s, 100 rows/s", "unread"),
        ("100 it/s, 10 ms/row", "unread"),
        ("100 it/s, 10 ms/it", "100 it/s Higher"),
        ("100 it/s = 100/s", "100 it/s Higher"),
    ]);
}

const GOOGLE: &str = "\
    BM_Fib/8/repeats:2        1200 ns         1190 ns       568123 items_per_second=1.2M/s\n\
    BM_Fib/8/repeats:2        1400 ns         1390 ns       568123 items_per_second=1.1M/s\n\
    BM_Fib/8/repeats:2_mean   1300 ns         1290 ns            2 items_per_second=1.15M/s\n\
    BM_Fib/8/repeats:2_median 1310 ns         1290 ns            2 items_per_second=1.15M/s\n\
    BM_Fib/8/repeats:2_stddev 12.5 ns         12.1 ns            2 items_per_second=10.1k/s\n\
    BM_Fib/8/repeats:2_cv     0.96 %          0.94 %             2 items_per_second=0.90%";

/// What is said of several repetitions: the median counts, never how far they lie apart.
#[test]
fn repetitions_of_google_benchmark() {
    let without = |ends: &[&str]| {
        let lines = GOOGLE.lines();
        let kept = lines.filter(|line| !ends.iter().any(|end| line.contains(end)));
        kept.collect::<Vec<_>>().join("\n")
    };
    let check = |output: &str, expected: &str| {
        let found = shown(&read(&auto(), output, "").unwrap());
        assert_eq!(found, expected, "{output}");
    };
    check(GOOGLE, "0.00000131 s/iteration Lower");
    check(&without(&["_median"]), "0.0000013 s/iteration Lower");
    check(&without(&["2  "]), "0.00000131 s/iteration Lower");
    check(&without(&["_mean", "_median"]), "unread");
    check(&without(&["_mean", "_median", "2  ", "_cv"]), "unread");
    check(&without(&["2_"]), "0.0000014 s/iteration Lower");
    check(&GOOGLE.replace("8/repeats:2 ", "9/repeats:2 "), "unread");
    check(&format!("{GOOGLE}\ntotal: 12 it/s"), "12 it/s Higher");
    check("BM_mean 1 ns 1 ns 9\nBM_median 2 ns 2 ns 8", "unread");
    check("BM_stddev 1.5 ns 1.5 ns 9", "unread");
    check("BM_cv  0.4 %  0.4 %  2  items_per_second=0.4%", "unread");
}

#[test]
fn several_benchmarks_of_a_harness() {
    check_all(&[
        (
            "BenchmarkA-8 100 1234 ns/op\nBenchmarkB-8 100 12 ns/op\nPASS",
            "unread",
        ),
        (
            "BenchmarkA-8 100 1234 ns/op\nBenchmarkA-8 100 1235 ns/op",
            "0.000001235 s/op Lower",
        ),
        ("BM_A  12 ns  12 ns  100\nBM_B  1 ns  1 ns  100", "unread"),
        (
            "a   time:   [1.0 µs 2.0 µs 3.0 µs]\nb   time:   [1.0 µs 2.0 µs 3.0 µs]",
            "unread",
        ),
        (
            "long/name\n   time:   [1.0 µs 2.0 µs 3.0 µs]\nother/name\n   time:   [1.0 µs 2.0 µs 3.0 µs]\n thrpt:  [1.0 it/s 2.0 it/s 3.0 it/s]",
            "unread",
        ),
        (
            "a   time:   [1.0 µs 2.0 µs 3.0 µs]\n    thrpt:  [1.0 it/s 2.0 it/s 3.0 it/s]",
            "2 it/s Higher",
        ),
        (
            "B.a  thrpt  5  12.5 ± 0.1  ops/s\nB.b  thrpt  5  13.5 ± 0.1  ops/s",
            "unread",
        ),
        (
            "B.a  10  thrpt  5  12.5 ± 0.1  ops/s\nB.a  20 thrpt  5  13.5 ± 0.1  ops/s",
            "unread",
        ),
        (
            "[ 50.00%] ··· b.A   1.23±0.1ms\n[100.00%] ··· b.B   1.23±0.1ms",
            "unread",
        ),
        (
            "a: Mean +- std dev: 12.3 us +- 0.4 us\nb: Mean +- std dev: 1.3 us +- 0.4 us",
            "unread",
        ),
        (
            "test a ... bench:    12.5 ns/iter (+/- 5)\ntest b ... bench:    1.5 ns/iter (+/- 5)",
            "unread",
        ),
        (
            "Benchmark 1: a\n  Time (mean ± σ):      10.2 ms ±   0.5 ms\n\
             Benchmark 2: b\n  Time (mean ± σ):      12.2 ms ±   0.5 ms",
            "unread",
        ),
        (
            "Benchmark 1: a\n  Time (mean ± σ):      10.2 ms ±   0.5 ms    [User: 8.0 ms, System: 2.0 ms]",
            "0.0102 s Lower",
        ),
        (
            "{\n\"name\": \"BM_A_mean\",\n\"items_per_second\": 1.2e3,\n\"name\": \"BM_A_cv\",\n\"items_per_second\": 4.5e-3\n}",
            "unread",
        ),
    ]);
}
