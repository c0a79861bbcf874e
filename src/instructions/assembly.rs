//! The instructions of a recording's functions, with their samples.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decoded::{Instruction, Syntax, decode};
use super::loops::{Loop, LoopCode, loops};
use super::summary::CodeSummary;
use crate::recording::{MachineCode, Recording};
use crate::share::Share;
use crate::source::LineNumber;
use crate::symbols::demangled;

/// The functions of a recording whose machine code it has, with their samples.
#[derive(Clone, Debug)]
pub struct Assembly<'r> {
    /// How instructions are written.
    pub syntax: Syntax,
    /// In the order of their names.
    pub functions: Vec<Function<'r>>,
    /// Samples of the measured windows.
    window: u64,
}

/// A compiled function.
#[derive(Clone, Debug)]
pub struct Function<'r> {
    /// Python's name and the types of its arguments.
    pub name: String,
    /// Its instructions, in their order.
    pub instructions: Vec<Placed<'r>>,
    loops: Vec<Loop>,
    /// Samples at bytes at which no instruction is: the function was other code in other runs.
    pub astray: u64,
}

/// An instruction of a function, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InstructionAt {
    /// The byte of the function at which it begins.
    pub offset: u32,
    /// How an assembler writes it.
    pub text: String,
    /// Part of the samples of the measured windows.
    pub share: Share,
}

/// The instructions of a line in one function.
#[derive(Clone, Debug, PartialEq)]
pub struct LineInstructions<'a> {
    /// The function, by Python's name and the types of its arguments.
    pub function: &'a str,
    /// In their order.
    pub instructions: Vec<InstructionAt>,
}

/// An instruction with its line and its samples.
#[derive(Clone, Debug)]
pub struct Placed<'r> {
    instruction: Instruction,
    /// The file and the line of the user's that it is of.
    pub place: Option<(&'r str, LineNumber)>,
    /// Samples of all profiled runs in which it was the innermost instruction of compiled code.
    pub samples: u64,
}

impl Placed<'_> {
    /// The byte of the function at which it begins.
    pub const fn offset(&self) -> u32 {
        self.instruction.offset
    }

    /// How an assembler writes it.
    pub fn text(&self) -> &str {
        &self.instruction.text
    }

    /// What two have in common that are the same, but for registers and addresses.
    pub fn key(&self) -> &str {
        self.instruction.key()
    }
}

impl<'r> Assembly<'r> {
    /// Of the functions that a recording has; those that cannot be decoded are left out.
    pub fn of(recording: &'r Recording, syntax: Syntax) -> Self {
        let mut samples: HashMap<&str, BTreeMap<u64, u64>> = HashMap::new();
        let mut window = 0;
        for run in recording.runs().filter_map(|run| run.profile.as_ref()) {
            window += run.samples.window;
            for at in &run.instructions {
                let of_function = samples.entry(&at.function).or_default();
                *of_function.entry(at.offset).or_default() += at.samples;
            }
        }
        let none = BTreeMap::new();
        let functions = recording.code.iter().filter_map(|code| {
            let samples = samples.get(code.function.as_str()).unwrap_or(&none);
            Function::of(code, samples, syntax)
        });
        let mut functions: Vec<_> = functions.collect();
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            syntax,
            functions,
            window,
        }
    }

    /// An instruction as it is shown.
    pub fn at(&self, placed: &Placed<'_>) -> InstructionAt {
        InstructionAt {
            offset: placed.offset(),
            text: placed.text().to_owned(),
            share: self.share(placed.samples),
        }
    }

    /// The instructions of each line, by file and line.
    pub fn lines(&self) -> HashMap<(&str, LineNumber), Vec<LineInstructions<'_>>> {
        let mut lines: HashMap<_, Vec<LineInstructions<'_>>> = HashMap::new();
        for function in &self.functions {
            let mut of_function: HashMap<(&str, LineNumber), Vec<InstructionAt>> = HashMap::new();
            for placed in &function.instructions {
                if let Some(place) = placed.place {
                    of_function.entry(place).or_default().push(self.at(placed));
                }
            }
            for (place, instructions) in of_function {
                lines.entry(place).or_default().push(LineInstructions {
                    function: &function.name,
                    instructions,
                });
            }
        }
        lines
    }

    /// What part of the samples is at no instruction.
    pub fn astray(&self) -> Share {
        let functions = self.functions.iter();
        self.share(functions.map(|function| function.astray).sum())
    }

    /// What part of the samples so many are.
    pub const fn share(&self, samples: u64) -> Share {
        Share::of_samples(samples, self.window)
    }

    /// The loops with samples, hottest first.
    pub fn loops(&self) -> Vec<LoopCode> {
        let functions = self.functions.iter();
        let loops = functions.flat_map(|function| {
            let loops = function.loops.iter();
            loops.map(|it| self.loop_code(function, it))
        });
        let mut loops: Vec<_> = loops.filter(|it| it.share > Share::NOTHING).collect();
        loops.sort_by_key(|it| std::cmp::Reverse(it.share));
        loops
    }

    fn loop_code(&self, function: &Function<'_>, it: &Loop) -> LoopCode {
        let own = it.own.iter().map(|&index| &function.instructions[index]);
        let mut code = CodeSummary::default();
        let mut samples = 0;
        let mut lines: BTreeMap<&str, BTreeMap<LineNumber, u32>> = BTreeMap::new();
        for placed in own {
            code.add(&placed.instruction.is);
            samples += placed.samples;
            if let Some((file, line)) = placed.place {
                *lines.entry(file).or_default().entry(line).or_default() += 1;
            }
        }
        let most = lines
            .into_iter()
            .max_by_key(|(_, lines)| lines.values().sum::<u32>());
        LoopCode {
            function: function.name.clone(),
            offset: function.instructions[it.head].offset(),
            depth: it.depth,
            file: most.as_ref().map(|(file, _)| (*file).to_owned()),
            lines: most.map_or_else(Vec::new, |(_, lines)| lines.into_keys().collect()),
            share: self.share(samples),
            code,
        }
    }
}

impl<'r> Function<'r> {
    /// `samples` are by the byte in the function.
    fn of(code: &'r MachineCode, samples: &BTreeMap<u64, u64>, syntax: Syntax) -> Option<Self> {
        let instructions = decode(code, Some(syntax))?;
        let loops = loops(&instructions);
        let rows = code.rows();
        let length = code.bytes()?.len() as u64;
        let mut astray: u64 = samples.values().sum();
        let ends = instructions.iter().skip(1).map(|it| u64::from(it.offset));
        let ends: Vec<u64> = ends.chain([length]).collect();
        let placed = instructions
            .into_iter()
            .zip(ends)
            .map(|(instruction, end)| {
                let begin = u64::from(instruction.offset);
                // What is called is counted at the last byte of the call.
                let at = [Some(begin), (end > begin + 1).then(|| end - 1)];
                let counts = at.into_iter().flatten().filter_map(|at| samples.get(&at));
                let samples = counts.sum();
                astray -= samples;
                Placed {
                    place: code.place(&rows, instruction.offset),
                    instruction,
                    samples,
                }
            });
        Some(Self {
            name: demangled(&code.function),
            instructions: placed.collect(),
            loops,
            astray,
        })
    }
}

#[cfg(test)]
mod tests;
