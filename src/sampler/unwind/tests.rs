//! Stacks of this process, and of none.

use std::ops::Range;
use std::path::Path;

use object::Architecture;

use super::*;
use crate::sampler::jit::JitInterface;
use crate::source::SourceRoots;

/// Lines of a process that compiles nothing.
fn lines() -> Lines {
    let interface = JitInterface {
        register: 0,
        descriptor: 0,
        architecture: Architecture::X86_64,
    };
    let roots = SourceRoots {
        working_dir: "/work".into(),
        library_dirs: Vec::new(),
        packages: Vec::new(),
        included: Vec::new(),
        excluded: Vec::new(),
    };
    let twins = Path::new("/nonexistent");
    Lines::new(Pid::this(), &interface, twins, roots)
}

/// A function that could be unwound.
#[cfg(target_arch = "x86_64")]
#[inline(never)]
fn no_lines() {
    drop(lines());
}

fn frames(pc: u64, stack: &[u64], most: usize) -> (Vec<u64>, End) {
    let registers = Registers::at(pc, 0x7000_0000);
    let stack: Vec<u8> = stack.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let top = Top {
        registers: &registers,
        stack: &stack,
    };
    let (frames, end) = Unwinder::new(Pid::this()).frames(top, &mut lines(), most);
    let addresses = frames.iter().map(|frame| frame.address.unwrap());
    (addresses.collect(), end)
}

/// Where a function begins, the address to return to is what was last put on the stack.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_stack_is_followed_as_far_as_it_is_there() {
    let [one, other] = [
        lines as fn() -> Lines as usize as u64,
        no_lines as fn() as usize as u64,
    ];
    // The second one is where a call in it returns to, and it has nothing on the stack yet.
    let stack = [other + 1, one + 1];
    assert_eq!(
        frames(one, &stack, 9),
        (vec![one, other + 1, one + 1], End::Beyond)
    );
    assert_eq!(frames(one, &stack, 2), (vec![one, other + 1], End::Enough));
    assert_eq!(frames(one, &[0], 9), (vec![one], End::Outermost));
    assert_eq!(frames(one, &[], 9), (vec![one], End::Beyond));
}

/// It has functions that are unwound as any.
#[test]
fn the_kernels_own_library_is_known() {
    let Some(addresses) = crate::process::inspect::vdso(Pid::this()) else {
        return;
    };
    let mut unwinder = Unwinder::new(Pid::this());
    let found = (addresses.start..addresses.end)
        .step_by(16)
        .filter(|&address| {
            let table = unwinder.module(address).and_then(Module::table).cloned();
            table.is_some_and(|table| unwinder.look_up(&table, address).is_some())
        })
        .count();
    assert!(found > 0);
}

/// Where the C library makes system calls of which its table leaves out what follows, as glibc
/// does for the one that starts a thread.
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
#[test]
fn a_thread_that_was_just_started_has_no_caller_and_its_starter_has_one() {
    let mut unwinder = Unwinder::new(Pid::this());
    let mapped = mappings(Pid::this()).unwrap();
    let is_libc = |path: &Path| path.ends_with("libc.so.6");
    let libc = mapped.iter().filter(|it| is_libc(&it.path));
    let mut found = 0;
    for Range { start, end } in libc.map(|it| it.addresses.clone()) {
        let length = usize::try_from(end - start).unwrap();
        let Ok(code) = memory::read(Pid::this(), start, length) else {
            continue;
        };
        let calls = code.windows(2).enumerate();
        for (at, _) in calls.filter(|(_, code)| **code == SYSTEM_CALL) {
            let behind = start + at as u64 + 2;
            let table = unwinder.module(behind).and_then(Module::table).cloned();
            let is_left_out = |table: Table| unwinder.look_up(&table, behind).is_none();
            if table.is_some_and(is_left_out) && unwinder.step_behind_call(behind).is_some() {
                found += 1;
                let data = std::ptr::from_ref(&found) as u64;
                assert_eq!(frames(behind, &[data], 9), (vec![behind], End::Outermost));
                let starter = lines as fn() -> Lines as usize as u64 + 1;
                let (seen, _) = frames(behind, &[starter], 2);
                assert_eq!(seen, [behind, starter]);
            }
        }
    }
    assert!(found > 0);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn functions_of_files_have_names() {
    let name = |address| Unwinder::new(Pid::this()).name_at(address);
    let start = no_lines as fn() as usize as u64;
    let found = name(start + 1).unwrap();
    assert!(found.contains("no_lines"), "{found}");
    assert_eq!(name(8), None);
}

#[test]
fn of_an_address_without_code_nothing_is_known() {
    assert_eq!(frames(8, &[], 9), (vec![8], End::Unknown));
}
