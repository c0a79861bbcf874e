//! Loops in machine code.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::graph::{DiGraph, NodeIndex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decoded::{Flow, Instruction};
use super::summary::CodeSummary;
use crate::share::Share;
use crate::source::LineNumber;

/// A loop with samples, without the loops within it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoopCode {
    /// The compiled function that it is in, by Python's name and the types of its arguments.
    pub function: String,
    /// The byte of the function at which its first instruction begins.
    pub offset: u32,
    /// How many loops it is in, itself included.
    pub depth: u32,
    /// The file that most of its instructions are of; absent where none is of the user's.
    pub file: Option<String>,
    /// Those lines of the file that its instructions are of, in ascending order.
    pub lines: Vec<LineNumber>,
    /// Part of the samples of the measured windows.
    pub share: Share,
    /// Its instructions in short.
    pub code: CodeSummary,
}

/// A natural loop: the instructions from which its first one is reached again without leaving
/// by another way than through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loop {
    /// The instruction that every round begins with, by its index.
    pub(super) head: usize,
    /// How many loops it is in, itself included.
    pub(super) depth: u32,
    /// Its instructions that are in none of the loops within it, by index, in ascending order.
    pub(super) own: Vec<usize>,
}

/// The loops of a function, by the order of their first instructions (Aho, Lam, Sethi and
/// Ullman, *Compilers*, 2nd edition, section 9.6). Loops that begin with the same instruction
/// are one.
pub(super) fn loops(instructions: &[Instruction]) -> Vec<Loop> {
    let graph = Blocks::of(instructions);
    let bodies = graph.bodies();
    let contains = |outer: usize, inner: usize| bodies[&outer].contains(&inner);
    let all = bodies.iter().map(|(&head, body)| {
        let depth = bodies
            .keys()
            .filter(|&&outer| contains(outer, head))
            .count();
        let within: BTreeSet<usize> = bodies
            .iter()
            .filter(|(inner, _)| **inner != head && body.contains(inner))
            .flat_map(|(_, body)| body.iter().copied())
            .collect();
        let own = body.difference(&within);
        Loop {
            head: graph.blocks[head].start,
            depth: u32::try_from(depth).unwrap_or(u32::MAX),
            own: own.flat_map(|&block| graph.blocks[block].clone()).collect(),
        }
    });
    all.collect()
}

/// The basic blocks of a function: instructions that are executed one after another.
struct Blocks {
    /// By the indices of their instructions, in ascending order.
    blocks: Vec<std::ops::Range<usize>>,
    graph: DiGraph<(), ()>,
}

impl Blocks {
    fn of(instructions: &[Instruction]) -> Self {
        let at = |offset: u32| {
            let found = instructions.binary_search_by_key(&offset, |it| it.offset);
            found.ok()
        };
        let mut starts = BTreeSet::from([0]);
        for (index, instruction) in instructions.iter().enumerate() {
            if let Flow::Branch(target) | Flow::Jump(target) = instruction.flow {
                starts.extend(at(target));
            }
            if instruction.flow != Flow::Next {
                starts.insert(index + 1);
            }
        }
        starts.insert(instructions.len());
        let starts: Vec<usize> = starts
            .into_iter()
            .filter(|it| *it <= instructions.len())
            .collect();
        let blocks: Vec<_> = starts.windows(2).map(|pair| pair[0]..pair[1]).collect();
        let block_at = |index: usize| blocks.binary_search_by_key(&index, |it| it.start).ok();
        let mut graph = DiGraph::with_capacity(blocks.len(), 2 * blocks.len());
        let nodes: Vec<NodeIndex> = blocks.iter().map(|_| graph.add_node(())).collect();
        for (number, block) in blocks.iter().enumerate() {
            let flow = instructions[block.end - 1].flow;
            let next = block_at(block.end).filter(|_| matches!(flow, Flow::Next | Flow::Branch(_)));
            let target = match flow {
                Flow::Branch(target) | Flow::Jump(target) => at(target).and_then(block_at),
                Flow::Next | Flow::End => None,
            };
            for successor in [next, target].into_iter().flatten() {
                graph.update_edge(nodes[number], nodes[successor], ());
            }
        }
        Self { blocks, graph }
    }

    /// The blocks of each loop, by the block at which it begins.
    fn bodies(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut bodies: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        if self.blocks.is_empty() {
            return bodies;
        }
        let dominators = simple_fast(&self.graph, NodeIndex::new(0));
        for edge in self.graph.edge_indices() {
            let Some((tail, head)) = self.graph.edge_endpoints(edge) else {
                continue;
            };
            if dominates(&dominators, head, tail) {
                let body = bodies.entry(head.index()).or_default();
                self.add_body(head, tail, &dominators, body);
            }
        }
        bodies
    }

    /// Adds what leads to the end of a loop from its beginning. What is never executed may lead to
    /// several loops, and is in none.
    fn add_body(
        &self,
        head: NodeIndex,
        tail: NodeIndex,
        dominators: &Dominators<NodeIndex>,
        body: &mut BTreeSet<usize>,
    ) {
        body.insert(head.index());
        let mut open = vec![tail];
        while let Some(block) = open.pop() {
            if body.insert(block.index()) {
                let before = self.graph.neighbors_directed(block, Direction::Incoming);
                open.extend(before.filter(|&it| dominators.dominators(it).is_some()));
            }
        }
    }
}

/// Whether every way to a block leads through another one, or it is that itself.
fn dominates(dominators: &Dominators<NodeIndex>, one: NodeIndex, other: NodeIndex) -> bool {
    let mut all = dominators.dominators(other).into_iter().flatten();
    all.any(|it| it == one)
}

#[cfg(test)]
mod tests;
