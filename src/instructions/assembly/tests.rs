use super::*;
use crate::recording::{InstructionSamples, ProfiledRun, RunKind, fixture};

/// mov rcx, rdi; addsd xmm0, [rcx]; jne to the addition; call rax; ret
const CODE: &[u8] = b"\x48\x89\xf9\xf2\x0f\x58\x01\x75\xfa\xff\xd0\xc3";

/// A recording of one function, in two runs, with samples at these bytes in each.
fn recording(samples: &[(u64, u64)]) -> Recording {
    let mut recording = fixture::recording("a", "a.py");
    let mut code = MachineCode::new("_ZN8__main__1fB2v1Ed", CODE);
    code.files = vec!["a.py".to_owned()];
    code.set_rows(&[[0, 0, 2], [3, 0, 3], [9, 0, 4], [11, 0, 0]]);
    recording.code = vec![code];
    for round in 1..=2 {
        let mut profile: ProfiledRun = fixture::profile(Vec::new(), [0; 3]);
        profile.samples.window = 100;
        profile.instructions = samples
            .iter()
            .map(|&(offset, samples)| InstructionSamples {
                function: "_ZN8__main__1fB2v1Ed".to_owned(),
                offset,
                file: "a.py".to_owned(),
                line: line(3),
                samples,
                in_callees: 0,
            })
            .collect();
        let mut run = fixture::timed_run(round, 1, 1.0);
        run.kind = RunKind::Profiled;
        run.profile = Some(profile);
        recording.blocks[0].runs.push(run);
    }
    recording
}

fn line(number: u32) -> LineNumber {
    LineNumber::new(number).unwrap()
}

#[test]
fn each_instruction_has_its_line_and_its_share() {
    // The last byte of the call is where it is counted what it called.
    let recording = recording(&[(3, 30), (7, 10), (10, 20)]);
    let assembly = Assembly::of(&recording, Syntax::Intel);
    let lines = assembly.lines();
    let instructions = |number| {
        let functions = &lines[&("a.py", line(number))];
        assert_eq!(functions.len(), 1);
        assert_eq!(functions[0].function, "f(double)");
        let each = functions[0].instructions.iter();
        each.map(|it| (it.offset, it.text.clone(), it.share.get()))
            .collect::<Vec<_>>()
    };
    assert_eq!(instructions(2), [(0, "mov rcx, rdi".to_owned(), 0.0)]);
    assert_eq!(
        instructions(3),
        [
            (3, "addsd xmm0, [rcx]".to_owned(), 0.3),
            (7, "jne 3".to_owned(), 0.1)
        ]
    );
    assert_eq!(instructions(4), [(9, "call rax".to_owned(), 0.2)]);
    assert_eq!(assembly.astray(), Share::NOTHING);
}

#[test]
fn a_loop_has_its_lines_and_what_is_in_it() {
    let recording = recording(&[(0, 5), (3, 30), (7, 10)]);
    let assembly = Assembly::of(&recording, Syntax::Att);
    let [it] = assembly.loops().try_into().unwrap();
    assert_eq!(
        (it.function.as_str(), it.offset, it.depth),
        ("f(double)", 3, 1)
    );
    assert_eq!(
        (it.file.as_deref(), it.lines),
        (Some("a.py"), vec![line(3)])
    );
    assert_eq!((it.code.instructions, it.code.scalar), (2, 1));
    assert!((it.share.get() - 0.4).abs() < 1e-9);
    let text = &assembly.lines()[&("a.py", line(3))][0].instructions[0].text;
    assert_eq!(text, "addsd (%rcx), %xmm0");
}

#[test]
fn samples_where_no_instruction_is_are_counted() {
    let recording = recording(&[(4, 7), (300, 3), (3, 30)]);
    let assembly = Assembly::of(&recording, Syntax::Intel);
    assert!((assembly.astray().get() - 0.1).abs() < 1e-9);
}

#[test]
fn code_of_an_unknown_processor_is_left_out() {
    let mut recording = recording(&[(3, 30)]);
    "riscv64".clone_into(&mut recording.code[0].architecture);
    let assembly = Assembly::of(&recording, Syntax::Intel);
    assert!(assembly.functions.is_empty() && assembly.loops().is_empty());
}
