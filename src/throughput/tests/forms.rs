//! What real programs print, with what it is: value, unit, direction.

use super::*;

#[test]
fn lines_that_people_print() {
    check_all(&[
        ("Processed 255 images / sec", "255 images/s Higher"),
        ("Processed 1,234.5 arrays / sec", "1234.5 arrays/s Higher"),
        (
            "Processed 12,345,678 arrays / sec",
            "12345678 arrays/s Higher",
        ),
        ("Processed 1 234.5 arrays / sec", "1234.5 arrays/s Higher"),
        (
            "Processed 1\u{2009}234.5 arrays / sec",
            "1234.5 arrays/s Higher",
        ),
        (
            "Processed 1\u{202f}234,5 arrays / sec",
            "1234.5 arrays/s Higher",
        ),
        (
            "Processed 1\u{a0}234\u{a0}arrays / sec",
            "1234 arrays/s Higher",
        ),
        ("Processed 1_234.5 arrays / sec", "1234.5 arrays/s Higher"),
        ("Processed 1'234.5 arrays / sec", "1234.5 arrays/s Higher"),
        ("Processed 123,4 arrays / sec", "123.4 arrays/s Higher"),
        ("Processed 1.234,5 arrays / sec", "1234.5 arrays/s Higher"),
        (
            "Processed 12345,67 arrays / sec",
            "12345.67 arrays/s Higher",
        ),
        (
            "\x1b[32mProcessed 123.4 arrays / sec\x1b[0m",
            "123.4 arrays/s Higher",
        ),
        (
            "\x1b[1mrate\x1b[0m: \x1b[38;5;82m123.4\x1b[0m it/s",
            "123.4 it/s Higher",
        ),
        (
            "Processed 123.4 arrays / sec (total 500)",
            "123.4 arrays/s Higher",
        ),
        (
            "Processed 123.4 arrays / sec, 3 errors",
            "123.4 arrays/s Higher",
        ),
        (
            "Processed 123.4 arrays / sec\ndone",
            "123.4 arrays/s Higher",
        ),
        (
            "Processed 123.4 arrays / sec\nran for 5.0 s in 3 threads",
            "123.4 arrays/s Higher",
        ),
        (
            "[12:34:56] INFO 123.4 arrays/s on 4 threads",
            "123.4 arrays/s Higher",
        ),
    ]);
}

#[test]
fn units_that_people_print() {
    check_all(&[
        ("12.5 Mcells/s", "12500000 cells/s Higher"),
        ("12.5 Models/s", "12.5 Models/s Higher"),
        ("done: 1_000 steps per second.", "1000 steps/s Higher"),
        ("rate = 3e5 time steps / s", "300000 time steps/s Higher"),
        ("990.0 ± 4.0 images / sec", "990 images/s Higher"),
        ("990.0 +/- 4.0 images / sec", "990 images/s Higher"),
        ("990.0 images / sec ± 4.0", "990 images/s Higher"),
        ("990.0 (± 0.4%) images/s", "990 images/s Higher"),
        ("1.5e+03 it/s", "1500 it/s Higher"),
        ("123.4 ops/sec", "123.4 ops/s Higher"),
        ("1.2M ops/s", "1200000 ops/s Higher"),
        ("3.1 million rows/s", "3100000 rows/s Higher"),
        ("throughput: 123.4/s", "123.4 units/s Higher"),
        ("throughput: 123.4", "123.4 units/s Higher"),
        ("Throughput (images/s): 123.4", "123.4 images/s Higher"),
        ("123.4 FPS", "123.4 frames/s Higher"),
        ("FPS: 123.4", "123.4 frames/s Higher"),
        ("123.4 Hz", "123.4 Hz Higher"),
        ("1.2 kHz", "1200 Hz Higher"),
        ("5 / sec", "5 units/s Higher"),
        ("120 images/min", "2 images/s Higher"),
        ("900.00 KB/s", "900000 B/s Higher"),
        ("1.10 MB/s", "1100000 B/s Higher"),
        ("1.50 GiB/s", "1610612736 B/s Higher"),
        ("12.3 GFLOPS", "12300000000 flop/s Higher"),
        ("12.3 GFLOP/s", "12300000000 flop/s Higher"),
        ("images per second: 123.4", "123.4 images/s Higher"),
        ("images_per_second=123.4", "123.4 images/s Higher"),
        (
            "{'n': 5, 'items_per_second': 123.4}",
            "123.4 items/s Higher",
        ),
        ("{\"fps\": 123.4, \"frames\": 60}", "123.4 frames/s Higher"),
        ("Epoch 3 images/s: 123.4", "123.4 images/s Higher"),
        (
            "elapsed 2.0 s, 100.0 images/s, 10.0 ms/image",
            "100 images/s Higher",
        ),
        ("time per step: 12.5 ms", "0.0125 s/step Lower"),
        ("time/step: 12.5 µs", "0.0000125 s/step Lower"),
        ("time per step (ms): 12.5", "0.0125 s/step Lower"),
        ("12.5 ms/step", "0.0125 s/step Lower"),
        ("12.5 μs per call", "0.0000125 s/call Lower"),
        ("12.5 seconds per iteration", "12.5 s/iteration Lower"),
        ("mean: 12.5 ms", "0.0125 s Lower"),
        ("avg 12.5 ms", "0.0125 s Lower"),
        ("mean time 12.5 ms", "0.0125 s Lower"),
        ("time per call 3.2 µs", "0.0000032 s/call Lower"),
        ("12.5ms/100it", "0.0125 s/100it Lower"),
        ("images/s    123.4", "123.4 images/s Higher"),
        ("| images/s | 123.4 |", "123.4 images/s Higher"),
        ("714.3 iterations a second", "714.3 iterations/s Higher"),
        ("714.3 it·s⁻¹", "714.3 it/s Higher"),
        ("714.3 s^-1", "714.3 units/s Higher"),
        ("fps=1500.0 ms=0.67", "1500 frames/s Higher"),
        ("2024-01-01 12:00:00 123.4 it/s", "123.4 it/s Higher"),
        ("500 iterations in 0.70 s (714.3/s)", "714.3 units/s Higher"),
        ("(123.4 ± 0.5) images/s", "123.4 images/s Higher"),
        ("3.2±0.1 µs/call", "0.0000032 s/call Lower"),
        ("average time = 12.5 ms over 100 runs", "0.0125 s Lower"),
    ]);
}

#[test]
fn progress_bars() {
    check_all(&[
        (
            "100%|####| 500/500 [00:05<00:00, 99.12it/s]",
            "99.12 it/s Higher",
        ),
        ("100%|████| 5/5 [00:10<00:00,  2.00s/it]", "2 s/it Lower"),
        ("1.23kit [00:01, 1.20kit/s]", "1200 it/s Higher"),
        (
            "100%|##| 1.00M/1.00M [00:01<00:00, 7.55MB/s]",
            "7550000 B/s Higher",
        ),
        (
            "100%|##| 5/5 [00:00<00:00, 1,234.5it/s]",
            "1234.5 it/s Higher",
        ),
        (
            "50%|##  | 5/10 [00:01<?, ?it/s]\r100%|####| 10/10 [00:02<00:00, 4.9it/s]",
            "4.9 it/s Higher",
        ),
        (
            "Epoch 0: 100%|█| 938/938 [00:05<00:00, 170.12it/s, loss=0.1, v_num=0]",
            "170.12 it/s Higher",
        ),
        (
            "1875/1875 [==============================] - 4s 2ms/step - loss: 0.29",
            "0.002 s/step Lower",
        ),
        (
            "\x1b[1m1875/1875\x1b[0m \x1b[32m━━━\x1b[0m \x1b[1m4s\x1b[0m 213us/step - accuracy: 0.91",
            "0.000213 s/step Lower",
        ),
        (
            "1.00GiB 0:00:05 [ 204MiB/s] [=====>] 100%",
            "213909504 B/s Higher",
        ),
        (
            "  1,234,567 100%   12.34MB/s    0:00:01 (xfr#1, to-chk=0/1)",
            "12340000 B/s Higher",
        ),
        (
            "2024-01-01 10:00:00 (12.3 MB/s) - 'x.bin' saved [123456/123456]",
            "12300000 B/s Higher",
        ),
        (
            "frame= 1234 fps= 45 q=28.0 size=    1024kB time=00:00:41.13 bitrate= 203.9kbits/s speed=1.51x",
            "45 frames/s Higher",
        ),
    ]);
}

#[test]
fn harnesses_of_python() {
    check_all(&[
        (
            "20000 loops, best of 5: 12.3 usec per loop",
            "0.0000123 s/loop Lower",
        ),
        ("best of 5: 0.1234 msec per loop", "0.0001234 s/loop Lower"),
        ("1 loop, best of 3: 1.2 sec per loop", "1.2 s/loop Lower"),
        (
            "1.23 ms ± 45 µs per loop (mean ± std. dev. of 7 runs, 1,000 loops each)",
            "0.00123 s/loop Lower",
        ),
        (
            "12.3 µs ± 1.2 µs per loop (mean ± std. dev. of 7 runs, 100000 loops each)",
            "0.0000123 s/loop Lower",
        ),
        (
            "12.3 ns +- 0.2 ns per loop (mean +- std. dev. of 7 runs, 10 loops each)",
            "0.0000000123 s/loop Lower",
        ),
        (
            "bench: Mean +- std dev: 12.3 us +- 0.4 us",
            "0.0000123 s Lower",
        ),
        (
            "[100.00%] ··· bench.time_sum       1.23±0.1ms",
            "0.00123 s Lower",
        ),
        (
            "[ 50.00%] ··· bench.TimeSuite.time_keys    12.3±0.4μs",
            "0.0000123 s Lower",
        ),
        (
            "  Median: 134.80 us\n  IQR:    0.83 us (133.9 to 134.7)\n  9 measurements, 100 runs per measurement, 1 thread",
            "0.0001348 s Lower",
        ),
        (
            "------------------ benchmark: 1 tests ------------------\n\
             Name (time in us)         Min       Max      Mean  StdDev    Median     IQR  Outliers  OPS (Kops/s)  Rounds  Iterations\n\
             --------------------------------------------------------\n\
             test_kernel          100.1234  120.5000  105.2500  2.1000  104.9000  1.1000     12;34        9.5012    9000           1\n\
             --------------------------------------------------------\n\n\
             Legend:\n  Outliers: 1 Standard Deviation from Mean; 1.5 IQR (InterQuartile Range) from 1st Quartile and 3rd Quartile.\n  \
             OPS: Operations Per Second, computed as 1 / Mean\n\
             ============================== 1 passed in 5.20s ===============================",
            "0.00010525 s Lower",
        ),
        (
            "Name (time in ms)         Min       Max      Mean\n-----\n\
             test_kernel[a]  1,100.1234 (1.0)  1,120.5000 (1.0)  1,105.2500 (1.0)\n-----\n1 passed in 5.20s",
            "1.10525 s Lower",
        ),
        (
            "{'train_runtime': 12.3, 'train_samples_per_second': 243.9, 'train_loss': 0.5}",
            "243.9 train_samples/s Higher",
        ),
        (
            "Speed: 1234.56 samples/sec   accuracy=0.912",
            "1234.56 samples/s Higher",
        ),
        (
            "Train: 0 [  50/100 ( 50%)]  Loss: 6.9 (6.9)  Time: 0.123s,  520.00/s  (0.130s,  492.00/s)  LR: 1e-3",
            "520 units/s Higher",
        ),
        ("step 100: loss 3.2, 1234.5 tok/s", "1234.5 tok/s Higher"),
        ("Samples per second: 1234.5", "1234.5 Samples/s Higher"),
    ]);
}

#[test]
fn harnesses_of_other_languages() {
    check_all(&[
        (
            "BenchmarkFib-8   \t 1000000\t      1234 ns/op",
            "0.000001234 s/op Lower",
        ),
        (
            "BenchmarkCopy-8    500\t    810.3 ns/op\t1263.5 MB/s\t      48 B/op\t       2 allocs/op",
            "0.0000008103 s/op Lower",
        ),
        (
            "PASS: BenchmarkX-4  100  1.5 ms/op\nok  \tpkg\t2.5s",
            "0.0015 s/op Lower",
        ),
        (
            "BM_Fib/8        1234 ns         1230 ns       568123",
            "0.000001234 s/iteration Lower",
        ),
        (
            "BM_Copy/64      12.5 us         12.4 us        56812 bytes_per_second=1.2G/s items_per_second=3.1M/s",
            "0.0000125 s/iteration Lower",
        ),
        (
            "MyBench.run  thrpt    5  1234.567 ± 12.345  ops/s",
            "1234.567 ops/s Higher",
        ),
        (
            "MyBench.run  thrpt   10    12.345 ±  0.120  ops/ms",
            "12345 ops/s Higher",
        ),
        (
            "MyBench.run   avgt    5     1.234 ±  0.012  us/op",
            "0.000001234 s/op Lower",
        ),
        (
            "MyBench.run   avgt    5  1234,567 ±  8,123  ns/op",
            "0.000001234567 s/op Lower",
        ),
        (
            "fib 20    time:   [26.029 µs 26.251 µs 26.505 µs]",
            "0.000026251 s Lower",
        ),
        (
            "          thrpt:  [88.1 MiB/s 89.2 MiB/s 90.3 MiB/s]\n          change: [-1.2% +0.3% +1.9%] (p = 0.66 > 0.05)\n          No change in performance detected.",
            "93532979.2 B/s Higher",
        ),
        (
            "  Time (mean ± σ):      10.2 ms ±   0.5 ms    [User: 8.0 ms, System: 2.0 ms]\n  Range (min … max):     9.5 ms …  12.1 ms    280 runs",
            "0.0102 s Lower",
        ),
        (
            " Time  (mean ± σ):   1.35 ms ± 45.1 μs  ┊ GC (mean ± σ):  0.00% ± 0.00%",
            "0.00135 s Lower",
        ),
        (
            "test bench_x ... bench:       1,234 ns/iter (+/- 56)",
            "unread",
        ),
        (
            "test bench_x ... bench:    12,345.67 ns/iter (+/- 56.78)",
            "0.00001234567 s/iter Lower",
        ),
    ]);
}

#[test]
fn tools_that_load_and_copy() {
    check_all(&[
        (
            "  22464657 requests in 30.00s, 17.76GB read\nRequests/sec: 748868.53\nTransfer/sec:    606.33MB",
            "606330000 B/s Higher",
        ),
        ("Requests/sec: 748868.53", "748868.53 Requests/s Higher"),
        ("  Requests/sec:\t1234.5678", "1234.5678 Requests/s Higher"),
        (
            "Requests per second:    1234.56 [#/sec] (mean)",
            "1234.56 Requests/s Higher",
        ),
        (
            "Time per request:       8.100 [ms] (mean)",
            "0.0081 s/request Lower",
        ),
        (
            "Transfer rate:          1234.00 [Kbytes/sec] received",
            "1234000 B/s Higher",
        ),
        (
            "104857600 bytes (105 MB, 100 MiB) copied, 0.0517 s, 2.0 GB/s",
            "2000000000 B/s Higher",
        ),
        (
            "[  5]   0.00-10.00  sec  1.10 GBytes   941 Mbits/sec                  receiver",
            "941000000 bit/s Higher",
        ),
        (
            "SET: 123456.79 requests per second, p50=0.207 msec",
            "123456.79 requests/s Higher",
        ),
        (
            "    transactions:                        1234   (123.40 per sec.)",
            "123.4 units/s Higher",
        ),
        ("    events per second:  1234.56", "1234.56 events/s Higher"),
        (
            "tps = 1234.567890 (without initial connection time)",
            "1234.56789 transactions/s Higher",
        ),
        ("latency average = 8.100 ms", "0.0081 s Lower"),
        ("  read: IOPS=12.3k", "12300 IO/s Higher"),
        (
            "READ: bw=48.1MiB/s (50.4MB/s), 48.1MiB/s-48.1MiB/s (50.4MB/s-50.4MB/s), io=2886MiB",
            "50436505.6 B/s Higher",
        ),
        (
            "Transaction rate:         123.45 trans/sec",
            "123.45 trans/s Higher",
        ),
    ]);
}
