//! What the syntax tree tells of names.

use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprContext, Parameter, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::parser::Module;

/// Where a text has names that code gives something to, and functions.
#[derive(Default)]
pub(super) struct Names {
    /// The functions that are not inside others, with their names, in order.
    pub(super) functions: Vec<(Range<usize>, Range<usize>)>,
    /// Where the names begin that are given something.
    pub(super) bound: FxHashSet<usize>,
    is_inside: bool,
}

impl Names {
    /// Those of a text.
    pub(super) fn of(module: &Module) -> Self {
        let mut names = Self::default();
        names.visit_body(&module.syntax().body);
        names
    }

    fn bind(&mut self, name: TextRange) {
        self.bound.insert(name.start().to_usize());
    }
}

impl<'t> Visitor<'t> for Names {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        let was_inside = self.is_inside;
        match stmt {
            Stmt::FunctionDef(function) => {
                self.bind(function.name.range());
                if !was_inside {
                    let ranges = (function.range(), function.name.range());
                    self.functions.push((ranges.0.into(), ranges.1.into()));
                    self.is_inside = true;
                }
            }
            Stmt::ClassDef(class) => self.bind(class.name.range()),
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
        self.is_inside = was_inside;
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        if let Expr::Name(name) = expr
            && name.ctx == ExprContext::Store
        {
            self.bind(name.range());
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_parameter(&mut self, parameter: &'t Parameter) {
        self.bind(parameter.name.range());
        visitor::walk_parameter(self, parameter);
    }

    fn visit_alias(&mut self, alias: &'t Alias) {
        if let Some(name) = &alias.asname {
            self.bind(name.range());
        }
    }

    fn visit_except_handler(&mut self, handler: &'t ExceptHandler) {
        let ExceptHandler::ExceptHandler(caught) = handler;
        if let Some(name) = &caught.name {
            self.bind(name.range());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'t Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name.range());
        }
        visitor::walk_pattern(self, pattern);
    }
}
