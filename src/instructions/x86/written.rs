//! Instructions as assemblers write them.

use iced_x86::{Formatter, GasFormatter, Instruction, IntelFormatter, OpKind, Register};

use super::{lower_case, operand_kind};
use crate::instructions::decoded::Syntax;
use crate::symbols::demangled;

/// Writes instructions down.
pub(super) struct Writer {
    formatter: Box<dyn Formatter>,
    comment: &'static str,
}

impl Writer {
    /// Writes them as said. Numbers are hexadecimal from ten on, and addresses are bytes from the
    /// start of the function.
    pub(super) fn new(syntax: Syntax) -> Self {
        let (mut formatter, comment): (Box<dyn Formatter>, _) = match syntax {
            Syntax::Intel => (Box::new(IntelFormatter::new()), ";"),
            Syntax::Att => (Box::new(GasFormatter::new()), "#"),
        };
        let options = formatter.options_mut();
        options.set_hex_prefix("0x");
        options.set_hex_suffix("");
        options.set_uppercase_hex(false);
        options.set_branch_leading_zeros(false);
        options.set_small_hex_numbers_in_decimal(true);
        options.set_space_after_operand_separator(true);
        options.set_rip_relative_addresses(true);
        options.set_show_branch_size(false);
        Self { formatter, comment }
    }

    /// An instruction, and behind it the name that is put in when it is linked.
    pub(super) fn write(&mut self, it: &Instruction, symbol: Option<&str>) -> String {
        let mut text = String::new();
        self.formatter.format(it, &mut text);
        if let Some(name) = symbol {
            text = format!("{text} {} {}", self.comment, demangled(name));
        }
        text
    }
}

/// What two instructions have in common that are the same, but for registers, addresses and the
/// values of constants.
pub(super) fn key(it: &Instruction, symbol: Option<&str>) -> String {
    let mut key = lower_case(it.mnemonic());
    for operand in 0..it.op_count() {
        key.push(' ');
        let is_memory = it.op_kind(operand) == OpKind::Memory;
        if is_memory && it.memory_base() == Register::RSP {
            key.push_str("stack");
        } else if it.is_jcc_short_or_near() || it.is_jmp_short_or_near() {
            key.push_str(symbol.unwrap_or("code"));
        } else {
            key.push_str(&operand_kind(it, operand, symbol));
        }
    }
    if it.op_mask() != Register::None {
        key.push_str(" masked");
    }
    key
}
