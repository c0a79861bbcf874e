use super::*;

/// Of one instruction: how it is written, what it does, and what that is.
fn one(word: u32, symbol: Option<&str>) -> decoded::Instruction {
    let symbols: Vec<_> = symbol.into_iter().map(|it| (0, it.to_owned())).collect();
    let mut all = decode(&word.to_le_bytes(), &symbols, Some(Syntax::Intel));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[track_caller]
fn check_written(word: u32, text: &str, operation: &str) {
    let it = one(word, None);
    assert_eq!(it.text, text);
    assert_eq!(it.decoded, Decoded::Operation(operation.to_owned()));
}

/// fadd v0.2d, v1.2d, v2.2d
const ADD_TWO: u32 = 0x4e62_d420;
/// fadd d0, d1, d2
const ADD_ONE: u32 = 0x1e62_2820;
/// fdiv d0, d1, d2
const DIVIDE: u32 = 0x1e62_1820;
/// and x9, x8, x10, asr #63
const WRAP_AROUND: u32 = 0x8a8a_fd09;
/// ld1 {v0.d}[1], [x0]
const LOAD_LANE: u32 = 0x4d40_8400;
/// b.ne, to the instruction before
const BRANCH: u32 = 0x54ff_ffe1;
const BRANCH_WITH_LINK: u32 = 0x9400_0000;
const BRANCH_ANYWAY: u32 = 0x1400_0002;
const RETURN: u32 = 0xd65f_03c0;

#[test]
fn operations_have_names_without_registers() {
    check_written(
        ADD_TWO,
        "fadd v0.2d, v1.2d, v2.2d",
        "fadd v2x64 v2x64 v2x64",
    );
    check_written(ADD_ONE, "fadd d0, d1, d2", "fadd v64 v64 v64");
    check_written(
        WRAP_AROUND,
        "and x9, x8, x10, asr #63",
        "and r64 r64 r64 ASR 63",
    );
}

#[test]
fn what_they_are_is_counted() {
    let packed = one(ADD_TWO, None).is.packed.unwrap();
    assert_eq!((packed.bits, packed.values, packed.float), (128, 2, true));
    assert_eq!(packed.extension, Some(Extension::Neon));
    let single = one(ADD_ONE, None).is;
    assert_eq!((single.packed, single.scalar), (None, 1));
    let division = one(DIVIDE, None).is;
    assert_eq!((division.divisions, division.scalar), (1, 1));
    assert_eq!(one(WRAP_AROUND, None).is.wraparounds, 1);
    assert_eq!(one(LOAD_LANE, None).is.gathers, 1);
    assert_eq!(one(BRANCH_WITH_LINK, Some("sin")).is.calls, 1);
}

#[test]
fn moves_and_the_stack_are_no_operations() {
    // nop; mov x3, x6; mov w2, #0xff
    for word in [0xd503_201f, 0xaa06_03e3, 0x5280_1fe2] {
        assert_eq!(one(word, None).decoded, Decoded::Nothing, "{word:x}");
    }
    // ldr x9, [sp, #0x30]
    let load = one(0xf940_1be9, None);
    assert_eq!((load.decoded, load.is.stack), (Decoded::OnStack, 1));
}

#[test]
fn branches_have_targets_within_the_function() {
    let words = [ADD_ONE, BRANCH, BRANCH_ANYWAY, RETURN];
    let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let all = decode(&bytes, &[], Some(Syntax::Intel));
    let flows: Vec<Flow> = all.iter().map(|it| it.flow).collect();
    assert_eq!(
        flows,
        [Flow::Next, Flow::Branch(0), Flow::Jump(16), Flow::End]
    );
    assert_eq!(all[1].text, "b.ne 0x0");
    assert_eq!(all[1].decoded, Decoded::Operation("b if equal".to_owned()));
    // Another function's.
    assert_eq!(one(BRANCH_ANYWAY, Some("f")).flow, Flow::End);
    assert_eq!(one(BRANCH_ANYWAY, Some("f")).is.calls, 1);
}

#[test]
fn an_unknown_instruction_is_only_the_same_as_itself() {
    // An addition of vectors of the processor's own width.
    let unknown = one(0x04e2_0020, None);
    assert_eq!(unknown.text, ".word 0x04e20020");
    assert_eq!(
        unknown.decoded,
        Decoded::Operation(".word 0x04e20020".to_owned())
    );
    assert!(decode(&[0, 0, 0], &[], None).is_empty());
}
