use super::*;
use crate::instructions::LineCode;

/// The code of some instructions, without symbols.
fn line(bytes: &[u8]) -> LineCode {
    with_symbols(bytes, &[])
}

fn with_symbols(bytes: &[u8], symbols: &[(u32, String)]) -> LineCode {
    let mut line = LineCode::default();
    for instruction in &decode(bytes, symbols, None) {
        line.count(instruction);
    }
    line
}

#[track_caller]
fn check_same(one: &[u8], other: &[u8], is_same: bool) {
    assert_eq!(line(one).is_same_as(&line(other)), is_same);
}

/// `vaddpd` of three registers of 512 bits, by their numbers below 8; with a mask, if that is
/// not 0.
fn add_packed(to: u8, one: u8, other: u8, mask: u8) -> Vec<u8> {
    let vvvv = (!one & 0xf) << 3;
    vec![
        0x62,
        0xf1,
        0x85 | vvvv,
        0x48 | mask,
        0x58,
        0xc0 | to << 3 | other,
    ]
}

#[test]
fn registers_and_order_make_no_difference() {
    let one = [add_packed(0, 1, 2, 0), vec![0xf2, 0x0f, 0x59, 0xc1]].concat();
    let other = [vec![0xf2, 0x0f, 0x59, 0xd3], add_packed(3, 4, 5, 0)].concat();
    check_same(&one, &other, true);
    // mulsd became divsd.
    let division = [add_packed(0, 1, 2, 0), vec![0xf2, 0x0f, 0x5e, 0xc1]].concat();
    check_same(&one, &division, false);
    // And one works on some of the values only.
    check_same(&add_packed(0, 1, 2, 0), &add_packed(0, 1, 2, 1), false);
}

#[test]
fn what_registers_values_are_in_makes_no_difference_and_the_stack_is_counted() {
    // mov rax, rbx; mov [rsp+8], rax; nop; jmp +0; xor ecx, ecx; mov edx, 7; add rax, rcx
    let padded = [
        &[0x48, 0x89, 0xd8][..],
        &[0x48, 0x89, 0x44, 0x24, 0x08],
        &[0x90],
        &[0xeb, 0x00],
        &[0x31, 0xc9],
        &[0xba, 7, 0, 0, 0],
        &[0x48, 0x01, 0xc8],
    ]
    .concat();
    let plain = line(&[0x48, 0x01, 0xca]);
    let padded = line(&padded);
    assert!(padded.is_same_as(&plain));
    assert_eq!((padded.summary.stack, padded.summary.instructions), (1, 1));
    // mulsd xmm0, [rsp+8] for mulsd xmm0, xmm1
    let folded = line(&[0xf2, 0x0f, 0x59, 0x44, 0x24, 0x08]);
    assert!(folded.is_same_as(&line(&[0xf2, 0x0f, 0x59, 0xc1])));
    assert_eq!(folded.summary.stack, 1);
}

#[test]
fn conditions_are_told_apart_but_for_which_way_is_the_jump() {
    // je, jne, jl
    check_same(&[0x74, 0x00], &[0x75, 0x00], true);
    check_same(&[0x74, 0x00], &[0x7c, 0x00], false);
    // cmovl rax, rcx; cmovge rax, rcx; cmovb rax, rcx
    let of = |code| [0x48, 0x0f, code, 0xc1];
    check_same(&of(0x4c), &of(0x4d), true);
    check_same(&of(0x4c), &of(0x42), false);
}

#[test]
fn what_is_computed_as_an_address_is_told_apart() {
    // lea rax, [rcx+rcx*2]; lea rdx, [rsi+rdi*2]; lea rax, [rcx+rcx*4]
    check_same(&[0x48, 0x8d, 0x04, 0x49], &[0x48, 0x8d, 0x14, 0x7e], true);
    check_same(&[0x48, 0x8d, 0x04, 0x49], &[0x48, 0x8d, 0x04, 0x89], false);
    // add rax, [rcx+rdx*8]; add rax, [rcx+rdx*4]
    check_same(&[0x48, 0x03, 0x04, 0xd1], &[0x48, 0x03, 0x04, 0x91], false);
}

#[track_caller]
fn check_packed(bytes: &[u8], expected: Option<(bool, u32, u32)>) {
    let packed = line(bytes).summary.packed;
    assert_eq!(packed.map(|it| (it.float, it.bits, it.values)), expected);
}

#[test]
fn what_works_on_several_values_at_once() {
    check_packed(&add_packed(0, 1, 2, 0), Some((true, 512, 8)));
    // addsd; movapd; andpd; xorps of one register; pcmpeqd of one register
    check_packed(&[0xf2, 0x0f, 0x58, 0xc1], None);
    check_packed(&[0x66, 0x0f, 0x28, 0xc8], None);
    check_packed(&[0x66, 0x0f, 0x54, 0xc1], None);
    check_packed(&[0x0f, 0x57, 0xc0], None);
    check_packed(&[0x66, 0x0f, 0x76, 0xc0], None);
    // paddq; paddd; cvtpd2ps xmm0, xmm1; mulps
    check_packed(&[0x66, 0x0f, 0xd4, 0xc1], Some((false, 128, 2)));
    check_packed(&[0x66, 0x0f, 0xfe, 0xc1], Some((false, 128, 4)));
    check_packed(&[0x66, 0x0f, 0x5a, 0xc1], Some((true, 128, 2)));
    check_packed(&[0x0f, 0x59, 0xc1], Some((true, 128, 4)));
    // Of floating-point and integer arithmetic, the former counts.
    let both = [&[0x66, 0x0f, 0xfe, 0xc1][..], &[0x66, 0x0f, 0x58, 0xc1]].concat();
    check_packed(&both, Some((true, 128, 2)));
}

#[test]
fn what_is_dear_is_counted() {
    // addsd; sqrtsd; idiv rcx; pminsd, which is packed
    let summary = line(&[
        0xf2, 0x0f, 0x58, 0xc1, 0xf2, 0x0f, 0x51, 0xc1, 0x48, 0xf7, 0xf9, 0x66, 0x0f, 0x38, 0x39,
        0xc1,
    ])
    .summary;
    assert_eq!((summary.scalar, summary.divisions), (2, 2));
    // call rax; jmp rax
    assert_eq!(line(&[0xff, 0xd0, 0xff, 0xe0]).summary.calls, 2);
}

#[test]
fn what_is_called_makes_a_difference_and_which_build_of_it_does_not() {
    // movabs rax, SYMBOL; call rax
    let call = [&[0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0xff, 0xd0]].concat();
    let of = |name: &str| with_symbols(&call, &[(2, name.to_owned())]);
    assert!(of("sin").is_same_as(&of("sin")));
    assert!(!of("sin").is_same_as(&of("cos")));
    assert!(of("_ZN8__main__1fB2v1Exd").is_same_as(&of("_ZN8__main__1fB2v7Exd")));
    assert!(of(".LCPI0_1").is_same_as(&of(".lrodata.cst8")));
    let global = |address| of(&format!("numba.dynamic.globals.{address}"));
    assert!(global("7f00").is_same_as(&global("7e10")));
    assert!(!of("sin").is_same_as(&of(".LCPI0_1")));
}

#[test]
fn any_bytes_are_decoded_to_their_end() {
    let mut seed = 1_u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    };
    let bytes: Vec<u8> = (0..100_000).map(|_| next()).collect();
    assert!(line(&bytes).summary.instructions > 5_000);
}

/// Of instructions: how they are written, with this name put in at the third byte.
fn written(bytes: &[u8], syntax: Syntax) -> Vec<String> {
    let symbols = [(2, "_ZN8__main__1fB2v1Exd".to_owned())];
    let all = super::decode(bytes, &symbols, Some(syntax)).into_iter();
    all.map(|it| it.text).collect()
}

#[test]
fn instructions_are_written_in_either_syntax() {
    // movabs rax, 0; vaddsd xmm0, xmm0, [rcx+rdx*8+16]; jmp to the addition
    let code = b"\x48\xb8\0\0\0\0\0\0\0\0\xc5\xfb\x58\x44\xd1\x10\xeb\xf8";
    assert_eq!(
        written(code, Syntax::Intel),
        [
            "mov rax, 0 ; f(long long, double)",
            "vaddsd xmm0, xmm0, [rcx+rdx*8+0x10]",
            "jmp 0xa"
        ]
    );
    assert_eq!(
        written(code, Syntax::Att),
        [
            "movabs $0, %rax # f(long long, double)",
            "vaddsd 0x10(%rcx,%rdx,8), %xmm0, %xmm0",
            "jmp 0xa"
        ]
    );
}

#[test]
fn the_length_that_is_added_to_a_negative_index_is_a_wraparound() {
    let sign = [0x49, 0xc1, 0xfb, 63]; // sar r11, 63
    let mask = [0x49, 0x21, 0xc3]; // and r11, rax
    assert_eq!(line(&[&sign[..], &mask].concat()).summary.wraparounds, 1);
    // Of another register, and not of a sign.
    let other = [0x48, 0x21, 0xc3]; // and rbx, rax
    assert_eq!(line(&[&sign[..], &other].concat()).summary.wraparounds, 0);
    assert_eq!(line(&mask).summary.wraparounds, 0);
    let shift = [0x49, 0xc1, 0xfb, 3];
    assert_eq!(line(&[&shift[..], &mask].concat()).summary.wraparounds, 0);
}
