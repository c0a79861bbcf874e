use super::*;

/// An instruction of four bytes at this place.
fn at(index: u32, flow: Flow, symbol: Option<&str>) -> Instruction {
    Instruction {
        offset: 4 * index,
        end: 4 * index + 4,
        key: String::new(),
        text: String::new(),
        decoded: Decoded::Nothing,
        is: CodeSummary::default(),
        flow,
        symbol: symbol.map(str::to_owned),
        returns_error: false,
    }
}

/// Puts the exception somewhere, and returns a 1.
fn raises(index: u32) -> Vec<Instruction> {
    let error = Instruction {
        returns_error: true,
        ..at(index + 1, Flow::Next, None)
    };
    vec![
        at(index, Flow::Next, Some(".lrodata")),
        error,
        at(index + 2, Flow::End, None),
    ]
}

#[track_caller]
fn check_checks(instructions: Vec<Instruction>, expected: &[usize]) {
    let mut instructions = instructions;
    count_checks(&mut instructions);
    let checks = instructions.iter().enumerate();
    let checks = checks.filter(|(_, it)| it.is.checks > 0);
    assert_eq!(checks.map(|(index, _)| index).collect::<Vec<_>>(), expected);
}

#[test]
fn a_branch_to_where_an_exception_is_raised_is_a_check() {
    let code = vec![
        at(0, Flow::Branch(12), None),
        at(1, Flow::Branch(8), None),
        at(2, Flow::End, None),
        at(3, Flow::Next, None),
        at(4, Flow::Jump(24), None),
        at(5, Flow::End, None),
    ];
    check_checks([code, raises(6)].concat(), &[0]);
}

#[test]
fn so_is_one_around_it() {
    let around = vec![at(0, Flow::Branch(16), None)];
    let behind = vec![at(4, Flow::End, Some("sin"))];
    check_checks([around, raises(1), behind].concat(), &[0]);
}

#[test]
fn one_to_another_condition_or_out_of_the_function_is_none() {
    let code = vec![
        at(0, Flow::Branch(8), None),
        at(1, Flow::End, None),
        at(2, Flow::Branch(400), None),
        at(3, Flow::Jump(402), None),
    ];
    check_checks([code, raises(4)].concat(), &[]);
    // A constant is used, and nothing raised.
    let code = vec![
        at(0, Flow::Branch(8), None),
        at(1, Flow::End, None),
        at(2, Flow::Next, Some(".rodata")),
        at(3, Flow::End, None),
    ];
    check_checks(code, &[]);
    // It never comes to an end.
    check_checks(
        vec![at(0, Flow::Branch(4), None), at(1, Flow::Jump(4), None)],
        &[],
    );
    check_checks(Vec::new(), &[]);
}

#[test]
fn another_processor_is_not_known() {
    let mut code = MachineCode::new("f", &[0xc3]);
    assert_eq!(decode(&code, &[0xc3], None).map(|it| it.len()), Some(1));
    code.architecture = "riscv64".to_owned();
    assert!(decode(&code, &[0xc3], None).is_none());
}
