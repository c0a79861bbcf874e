//! Why gdb is told where compiled code is announced, and that this is enough.
//!
//! gdb 15 looks for a global symbol of the name that LLVM uses. In the wheels of llvmlite
//! it is local, and that gdb finds no compiled code at all. Here gdb is shown no symbol
//! of any library, and finds the code by the stub alone.

use std::fs;
use std::path::Path;

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use object::{Object, ObjectSymbol};
use profila::process::inspect::mappings;
use profila::sampler::gdb;
use profila::sampler::jit::JitInterface;

use crate::harness::{Running, Sandbox, python, scripts};

const REGISTER: &str = "__jit_debug_register_code";

/// Starts a script that has compiled something, and works.
fn start(sandbox: &Sandbox) -> Running {
    let code = "from work import work; work(0); print('compiled', flush=True); work(600)";
    let run = sandbox.bare(["-c", code]).env("PYTHONPATH", scripts());
    let running = run.start();
    running.await_stdout("compiled\n");
    running
}

/// The objects that gdb knows of a process's compiled code, once it was told
/// something and is attached.
fn compiled_objects(sandbox: &Sandbox, process: Pid, told: &[String]) -> usize {
    let gdb = gdb::find(None, &python()).unwrap();
    let mut run = sandbox.run(
        &gdb,
        ["-nx", "-q", "-batch", "-iex", "set auto-solib-add off"],
    );
    let attach = format!("attach {process}");
    let commands = told.iter().map(String::as_str);
    for command in commands.chain([&attach, "maint info jit"]) {
        run = run.args(["-ex", command]);
    }
    let said = run.outcome().exits_with(0).stdout();
    let mut lines = said.lines();
    // A table of addresses, symbol file and code.
    lines
        .by_ref()
        .find(|line| line.starts_with("jit_code_entry"));
    lines.take_while(|line| line.starts_with("0x")).count()
}

/// Whether the symbol is one that a lookup of global symbols finds; `None` where a
/// library has none of that name.
fn is_global(library: &Path) -> Option<bool> {
    let bytes = fs::read(library).ok()?;
    let file = object::File::parse(&*bytes).ok()?;
    let mut symbols = file.symbols().chain(file.dynamic_symbols());
    let symbol = symbols.find(|it| it.name() == Ok(REGISTER))?;
    Some(symbol.is_global())
}

#[test]
fn the_wheels_symbol_is_hidden_and_the_stub_is_all_that_gdb_needs() {
    let sandbox = Sandbox::new();
    let running = start(&sandbox);
    let process = running.process();

    let libraries = mappings(process).unwrap();
    let known: Vec<bool> = libraries
        .iter()
        .filter(|it| it.offset == 0)
        .filter_map(|it| is_global(&it.path))
        .collect();
    assert_eq!(known, [false]);

    let interface = JitInterface::find(process).unwrap().unwrap();
    let stub = sandbox.path("stub.o");
    fs::write(&stub, gdb::stub(&interface).unwrap()).unwrap();
    assert_eq!(is_global(&stub), Some(true));
    let add_stub = format!(
        "add-symbol-file {} -s .text {} -s .data {}",
        stub.display(),
        interface.register,
        interface.descriptor
    );

    assert_eq!(compiled_objects(&sandbox, process, &[]), 0);
    assert!(compiled_objects(&sandbox, process, &[add_stub]) > 0);
    running.signal(Signal::SIGKILL);
    running.outcome();
}
