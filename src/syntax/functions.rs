//! The functions of a source text, and the statements of each.
//!
//! Names and lines are those of Python's own `ast`, of which a test compares the answers
//! for many files (`tests/it/functions.rs`).

use std::mem;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_elif_else_clause, walk_expr, walk_stmt,
};
use ruff_python_ast::{
    Decorator, ElifElseClause, Expr, ExprLambda, Stmt, StmtClassDef, StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::parser::{self, Lines, Module, Unreadable};
use crate::source::{Function, LineNumber};

/// The functions of a text, in the order in which they begin.
///
/// Lambdas are among them where they are in no other function. Fails for what is no Python,
/// also where most of it is: which lines a function has is unknown where one is not closed.
pub fn functions(text: &str) -> Result<Vec<Function>, Unreadable> {
    parser::read(text, found)?
}

fn found(text: &str, module: &Module) -> Result<Vec<Function>, Unreadable> {
    let lines = Lines::of(text);
    if let Some(error) = module.errors().first() {
        return Err(Unreadable::because_of(error, &lines));
    }
    let mut finder = Finder {
        lines,
        tokens: module.tokens(),
        place: Place::default(),
        found: Vec::new(),
    };
    finder.visit_body(&module.syntax().body);
    Ok(finder.found)
}

/// Goes through a syntax tree in the order of the text.
struct Finder<'t> {
    lines: Lines,
    tokens: &'t [Token],
    place: Place,
    found: Vec<Function>,
}

/// Where in the tree it is.
#[derive(Clone, Default)]
struct Place {
    /// What the qualified names of functions begin with here.
    prefix: String,
    /// Whether a function is around it.
    is_in_function: bool,
    /// The index of the function that statements are of; none within a class, which may be
    /// in a function.
    function: Option<usize>,
}

impl Finder<'_> {
    fn add_function(&mut self, function: &StmtFunctionDef) -> Place {
        let name = format!("{}{}", self.place.prefix, function.name);
        let first = match function.decorator_list.first() {
            Some(decorator) => decorator.expression.start(),
            None => function.start(),
        };
        let inside = Place {
            prefix: format!("{name}.<locals>."),
            is_in_function: true,
            function: Some(self.found.len()),
        };
        self.found.push(Function {
            name,
            first: self.lines.at(first),
            last: self.lines.at(self.end_of(function)),
            statements: Vec::new(),
        });
        inside
    }

    fn add_lambda(&mut self, lambda: &ExprLambda) {
        let (first, last) = self.lines.of_range(lambda.range());
        self.found.push(Function {
            name: format!("{}<lambda>", self.place.prefix),
            first,
            last,
            statements: vec![self.lines.of_range(lambda.body.range())],
        });
    }

    fn inside_class(&self, class: &StmtClassDef) -> Place {
        Place {
            prefix: format!("{}{}.", self.place.prefix, class.name),
            is_in_function: self.place.is_in_function,
            function: None,
        }
    }

    /// Adds a statement to the function that it is of. Of one with a body it is the lines
    /// before that.
    fn add_statement(&mut self, statement: TextRange, body: &[Stmt]) {
        let (first, mut last) = self.lines.of_range(statement);
        if let Some(inner) = body.first() {
            let before = self.lines.at(self.start_of(inner)).get() - 1;
            last = LineNumber::new(before).map_or(first, |before| before.max(first));
        }
        if let Some(function) = self.place.function {
            self.found[function].statements.push((first, last));
        }
    }

    /// Where a function ends to Python: behind a semicolon, which may be on another line.
    fn end_of(&self, function: &StmtFunctionDef) -> TextSize {
        let end = function.end();
        let next = self.tokens.partition_point(|token| token.start() < end);
        match self.tokens.get(next) {
            Some(token) if token.kind() == TokenKind::Semi => token.end(),
            _ => end,
        }
    }

    /// Where a statement begins to Python: behind its decorators.
    fn start_of(&self, statement: &Stmt) -> TextSize {
        let last = decorators(statement).last();
        let keyword = last.and_then(|decorator| {
            let behind = |token: &Token| token.start() < decorator.end();
            let next = self.tokens.partition_point(behind);
            let mut tokens = self.tokens[next..].iter();
            tokens.find(|token| {
                matches!(
                    token.kind(),
                    TokenKind::Async | TokenKind::Def | TokenKind::Class
                )
            })
        });
        keyword.map_or(statement.start(), Ranged::start)
    }
}

impl<'t> SourceOrderVisitor<'t> for Finder<'_> {
    fn visit_stmt(&mut self, statement: &'t Stmt) {
        if does_something(statement) {
            self.add_statement(statement.range(), body(statement));
        }
        let inside = match statement {
            Stmt::FunctionDef(function) => self.add_function(function),
            Stmt::ClassDef(class) => self.inside_class(class),
            _ => return walk_stmt(self, statement),
        };
        let around = mem::replace(&mut self.place, inside);
        walk_stmt(self, statement);
        self.place = around;
    }

    /// To Python, an `elif` is an `if` within the `else` of another.
    fn visit_elif_else_clause(&mut self, clause: &'t ElifElseClause) {
        if clause.test.is_some() {
            self.add_statement(clause.range(), &clause.body);
        }
        walk_elif_else_clause(self, clause);
    }

    /// A lambda within a function is a part of it, as a comprehension is.
    fn visit_expr(&mut self, expression: &'t Expr) {
        match expression {
            Expr::Lambda(_) if self.place.is_in_function => {}
            Expr::Lambda(lambda) => self.add_lambda(lambda),
            _ => walk_expr(self, expression),
        }
    }
}

fn decorators(statement: &Stmt) -> &[Decorator] {
    match statement {
        Stmt::FunctionDef(function) => &function.decorator_list,
        Stmt::ClassDef(class) => &class.decorator_list,
        _ => &[],
    }
}

/// The statements that a statement begins with; none of a `match`, which has cases.
fn body(statement: &Stmt) -> &[Stmt] {
    match statement {
        Stmt::For(statement) => &statement.body,
        Stmt::While(statement) => &statement.body,
        Stmt::If(statement) => &statement.body,
        Stmt::With(statement) => &statement.body,
        _ => &[],
    }
}

/// Whether a statement can come to machine instructions by itself.
fn does_something(statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(_)
        | Stmt::ClassDef(_)
        | Stmt::Try(_)
        | Stmt::Pass(_)
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::Global(_)
        | Stmt::Nonlocal(_)
        | Stmt::Import(_)
        | Stmt::ImportFrom(_) => false,
        Stmt::Expr(statement) => !statement.value.is_literal_expr(),
        Stmt::AnnAssign(statement) => statement.value.is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
