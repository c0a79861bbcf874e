//! The instructions of lines, before beside after.

use std::collections::BTreeMap;

use super::{
    AssemblyComparison, FunctionAssembly, InstructionPair, LineAssembly, LineComparison, LinePlace,
};
use crate::align::side_by_side;
use crate::instructions::{Assembly, CodeSummary, Placed, Syntax};
use crate::pair::Pair;
use crate::recording::Recording;
use crate::source::LineNumber;

/// The instructions of a version by line, and of each line by function, hottest first.
type ByLine<'a> = BTreeMap<(&'a str, LineNumber), Vec<OfFunction<'a>>>;

/// The instructions of a line in one function.
#[derive(Clone)]
struct OfFunction<'a> {
    name: &'a str,
    /// Its place among the functions of the recording.
    number: usize,
    instructions: Vec<&'a Placed<'a>>,
}

impl OfFunction<'_> {
    fn samples(&self) -> u64 {
        self.instructions.iter().map(|it| it.samples).sum()
    }
}

/// The instructions of lines that are compared, written as said.
pub(super) fn of(
    sides: &Pair<&Recording>,
    lines: &[LineComparison],
    syntax: Syntax,
) -> AssemblyComparison {
    let sides = sides.map(|recording| Assembly::of(recording, syntax));
    let known = sides.as_ref().map(by_line);
    let none = Vec::new();
    let compared = lines.iter().filter_map(|line| {
        let places = Pair::new(line.before.as_ref(), line.after.as_ref());
        let places = places.map(|at| at.map(|at| (at.file.as_str(), at.line)));
        let before = places.before.and_then(|place| known.before.get(&place));
        let after = places.after.and_then(|place| known.after.get(&place));
        let code = Pair::new(before, after).map(|functions| functions.unwrap_or(&none));
        let functions = functions(&code, &sides);
        (!functions.is_empty()).then(|| LineAssembly {
            line: places.map(|place| {
                place.map(|(file, line)| LinePlace {
                    file: file.to_owned(),
                    line,
                })
            }),
            code: code.map(|functions| summary(functions)),
            functions,
        })
    });
    AssemblyComparison {
        syntax,
        architecture: sides.as_ref().map(|it| it.architecture.map(str::to_owned)),
        lines: compared.collect(),
        loops: sides.as_ref().map(Assembly::loops),
        astray: sides.as_ref().map(Assembly::astray),
        left_out: sides
            .as_ref()
            .map(|it| u32::try_from(it.left_out).unwrap_or(u32::MAX)),
    }
}

fn by_line<'a>(assembly: &'a Assembly<'_>) -> ByLine<'a> {
    let mut lines = ByLine::new();
    for (number, function) in assembly.functions.iter().enumerate() {
        for placed in &function.instructions {
            let Some(place) = placed.place else { continue };
            let functions = lines.entry(place).or_default();
            match functions.last_mut().filter(|it| it.number == number) {
                Some(of_function) => of_function.instructions.push(placed),
                None => functions.push(OfFunction {
                    name: &function.name,
                    number,
                    instructions: vec![placed],
                }),
            }
        }
    }
    for functions in lines.values_mut() {
        functions.sort_by_key(|it| std::cmp::Reverse(it.samples()));
    }
    lines
}

/// All instructions of a line in short; `None` where it has none.
fn summary(functions: &[OfFunction<'_>]) -> Option<CodeSummary> {
    let mut code = CodeSummary::default();
    for placed in functions.iter().flat_map(|it| &it.instructions) {
        code.add(placed.summary());
    }
    (!functions.is_empty()).then_some(code)
}

/// What a line is in each function, hottest first. Functions stand beside those with the same
/// name and types, and those that are left beside those with the same name, and then beside any.
fn functions(
    code: &Pair<&Vec<OfFunction<'_>>>,
    sides: &Pair<Assembly<'_>>,
) -> Vec<FunctionAssembly> {
    let mut afters: Vec<Option<&OfFunction<'_>>> = code.after.iter().map(Some).collect();
    let mut partners: Vec<Option<&OfFunction<'_>>> = vec![None; code.before.len()];
    let is_partner: [fn(&str, &str) -> bool; 3] = [
        |one, other| one == other,
        |one, other| base(one) == base(other),
        |_, _| true,
    ];
    for is_partner in is_partner {
        for (before, partner) in code.before.iter().zip(&mut partners) {
            if partner.is_none() {
                let found = afters
                    .iter_mut()
                    .find(|it| it.is_some_and(|it| is_partner(before.name, it.name)));
                *partner = found.and_then(Option::take);
            }
        }
    }
    let before = code.before.iter().map(Some).zip(partners);
    let after = afters.into_iter().flatten().map(|it| (None, Some(it)));
    let pairs = before
        .chain(after)
        .map(|(before, after)| Pair::new(before, after));
    let mut functions: Vec<_> = pairs
        .map(|pair| {
            let samples = pair.map(|it| it.map_or(0, OfFunction::samples));
            (samples.before.max(samples.after), function(&pair, sides))
        })
        .collect();
    functions.sort_by(|(a, _), (b, _)| b.cmp(a));
    functions
        .into_iter()
        .map(|(_, function)| function)
        .collect()
}

/// The name of a function without the types of its arguments.
fn base(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

fn function(pair: &Pair<Option<&OfFunction<'_>>>, sides: &Pair<Assembly<'_>>) -> FunctionAssembly {
    let code = pair.map(|it| it.map_or(&[][..], |it| &it.instructions));
    FunctionAssembly {
        function: pair.map(|it| it.map(|it| it.name.to_owned())),
        rows: rows(&code, sides),
    }
}

fn rows(code: &Pair<&[&Placed<'_>]>, sides: &Pair<Assembly<'_>>) -> Vec<InstructionPair> {
    let keys = code.map(|code| code.iter().map(|it| it.key()).collect::<Vec<_>>());
    let rows = side_by_side(&keys).into_iter().map(|row| {
        let before = row.before.map(|index| code.before[index]);
        let after = row.after.map(|index| code.after[index]);
        InstructionPair {
            is_same: before.is_some() && before.map(Placed::key) == after.map(Placed::key),
            before: before.map(|it| sides.before.at(it)),
            after: after.map(|it| sides.after.at(it)),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{MachineCode, fixture};

    /// addsd xmm0, xmm1; mulsd xmm0, xmm1
    const ADDS: &[u8] = b"\xf2\x0f\x58\xc1\xf2\x0f\x59\xc1";
    /// addss xmm0, xmm1; mulsd xmm0, xmm1
    const ADDS_SHORT: &[u8] = b"\xf3\x0f\x58\xc1\xf2\x0f\x59\xc1";

    /// A recording of these functions, all of the same line.
    fn recording(functions: &[(&str, &[u8])]) -> Recording {
        let mut recording = fixture::recording("a", "a.py");
        let code = functions.iter().map(|(name, bytes)| {
            let mut code = MachineCode::new(name, bytes);
            code.files = vec!["a.py".to_owned()];
            code.set_rows(&[[0, 0, 3]]);
            code
        });
        recording.code = code.collect();
        recording
    }

    /// The names of the functions that stand beside each other, with the signs between their
    /// instructions.
    #[track_caller]
    fn check(before: &[(&str, &[u8])], after: &[(&str, &[u8])], expected: &[&str]) {
        let recordings = Pair::new(recording(before), recording(after));
        let sides = recordings
            .as_ref()
            .map(|it| Assembly::of(it, Syntax::Intel));
        let lines = sides.as_ref().map(by_line);
        let none = Vec::new();
        let line = LineNumber::new(3).unwrap();
        let code = lines
            .as_ref()
            .map(|it| it.get(&("a.py", line)).unwrap_or(&none));
        let found = functions(&code, &sides).into_iter().map(|it| {
            let names = it.function.map(Option::unwrap_or_default);
            let signs = it.rows.iter().map(|row| match (&row.before, &row.after) {
                (Some(_), Some(_)) if row.is_same => '=',
                (Some(_), Some(_)) => '!',
                (Some(_), None) => '<',
                (None, _) => '>',
            });
            format!(
                "{} {} {}",
                names.before,
                signs.collect::<String>(),
                names.after
            )
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn functions_stand_beside_those_of_the_same_name_and_types() {
        check(
            &[("_Z1fd", ADDS), ("_Z1ff", ADDS_SHORT)],
            &[("_Z1ff", ADDS_SHORT), ("_Z1fd", ADDS)],
            &["f(double) == f(double)", "f(float) == f(float)"],
        );
    }

    #[test]
    fn those_that_are_left_stand_beside_the_same_name_and_then_any() {
        check(
            &[("_Z1fd", ADDS)],
            &[("_Z1ff", ADDS_SHORT)],
            &["f(double) != f(float)"],
        );
        check(
            &[("_Z1fd", ADDS)],
            &[("_Z1gd", ADDS)],
            &["f(double) == g(double)"],
        );
        check(
            &[("_Z1fd", ADDS), ("_Z1gd", ADDS)],
            &[("_Z1gf", ADDS)],
            &["f(double) << ", "g(double) == g(float)"],
        );
    }

    #[test]
    fn what_is_not_recorded_has_no_function() {
        check(&[], &[("_Z1fd", ADDS)], &[" >> f(double)"]);
        check(&[], &[], &[]);
    }
}
