//! Loops in machine code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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

/// Blocks of a function whose loops are looked for. Finding what dominates what takes up to the
/// square of that, and no function that a person waits for has as many.
const MOST_BLOCKS: usize = 5_000;

/// The loops of a function, by the order of their first instructions (Aho, Lam, Sethi and
/// Ullman, *Compilers*, 2nd edition, section 9.6). Loops that begin with the same instruction
/// are one. None where the function is too long.
pub(super) fn loops(instructions: &[Instruction]) -> Vec<Loop> {
    let blocks = Blocks::of(instructions);
    if blocks.ranges.is_empty() || blocks.ranges.len() > MOST_BLOCKS {
        return Vec::new();
    }
    let nest = Nest::of(&blocks);
    let mut own: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (block, head) in nest.innermost.iter().enumerate() {
        if let Some(head) = head {
            let instructions = blocks.ranges[block].clone();
            own.entry(*head).or_default().extend(instructions);
        }
    }
    let loops = own.into_iter().map(|(head, own)| Loop {
        head: blocks.ranges[head].start,
        depth: nest.depth(head),
        own,
    });
    loops.collect()
}

/// The basic blocks of a function: instructions that are executed one after another.
struct Blocks {
    /// By the indices of their instructions, in ascending order.
    ranges: Vec<Range<usize>>,
    /// Which is followed by which.
    graph: DiGraph<(), ()>,
}

impl Blocks {
    fn of(instructions: &[Instruction]) -> Self {
        let at = |offset: u32| {
            let found = instructions.binary_search_by_key(&offset, |it| it.offset);
            found.ok()
        };
        let mut starts = BTreeSet::from([0, instructions.len()]);
        for (index, instruction) in instructions.iter().enumerate() {
            if let Flow::Branch(target) | Flow::Jump(target) = instruction.flow {
                starts.extend(at(target));
            }
            if instruction.flow != Flow::Next {
                starts.insert(index + 1);
            }
        }
        let starts: Vec<usize> = starts.into_iter().collect();
        let ranges: Vec<_> = starts.windows(2).map(|pair| pair[0]..pair[1]).collect();
        let block_at = |index: usize| ranges.binary_search_by_key(&index, |it| it.start).ok();
        let mut edges = Vec::new();
        for (number, block) in ranges.iter().enumerate() {
            let flow = instructions[block.end - 1].flow;
            let next = block_at(block.end).filter(|_| matches!(flow, Flow::Next | Flow::Branch(_)));
            let target = match flow {
                Flow::Branch(target) | Flow::Jump(target) => at(target).and_then(block_at),
                Flow::Next | Flow::Table | Flow::End => None,
            };
            let successors = [next, target].into_iter().flatten();
            edges.extend(successors.map(|successor| (number, successor)));
        }
        let tables: Vec<usize> = (0..ranges.len())
            .filter(|&block| instructions[ranges[block].end - 1].flow == Flow::Table)
            .collect();
        let by_table = of_tables(ranges.len(), &edges, &tables);
        edges.extend(by_table);
        let mut graph = DiGraph::with_capacity(ranges.len(), edges.len());
        let nodes: Vec<NodeIndex> = ranges.iter().map(|_| graph.add_node(())).collect();
        for (from, to) in edges {
            graph.add_edge(nodes[from], nodes[to], ());
        }
        Self { ranges, graph }
    }
}

/// Where jumps by a table may lead: to all blocks that nothing else leads to.
fn of_tables(blocks: usize, edges: &[(usize, usize)], tables: &[usize]) -> Vec<(usize, usize)> {
    let mut is_reached = vec![false; blocks];
    for &(_, to) in edges {
        is_reached[to] = true;
    }
    // Of several tables, the first: all that matters is that something leads there.
    let Some(&first) = tables.first() else {
        return Vec::new();
    };
    let others = (1..blocks).filter(|&block| !is_reached[block]);
    others.map(|block| (first, block)).collect()
}

/// Which block is in which loops, by the block at which each begins.
struct Nest {
    /// The innermost loop of each block.
    innermost: Vec<Option<usize>>,
    /// The loop around each loop.
    around: BTreeMap<usize, Option<usize>>,
}

impl Nest {
    /// Finds loops from the inside out. What is in a loop that was found is passed over in one
    /// step, by the loop's beginning (Tarjan 1974, *Testing flow graph reducibility*).
    fn of(blocks: &Blocks) -> Self {
        let graph = &blocks.graph;
        let dominators = simple_fast(graph, NodeIndex::new(0));
        let order = Order::of(graph, &dominators);
        let mut ends: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for edge in graph.raw_edges() {
            let (tail, head) = (edge.source().index(), edge.target().index());
            if order.dominates(head, tail) {
                ends.entry(head).or_default().push(tail);
            }
        }
        let mut nest = Self {
            innermost: vec![None; blocks.ranges.len()],
            around: BTreeMap::new(),
        };
        let mut merged: Vec<usize> = (0..blocks.ranges.len()).collect();
        let mut heads: Vec<usize> = ends.keys().copied().collect();
        heads.sort_by_key(|&head| std::cmp::Reverse(order.enters[head]));
        for head in heads {
            nest.around.insert(head, None);
            nest.innermost[head] = Some(head);
            let mut open: Vec<usize> = ends.remove(&head).unwrap_or_default();
            while let Some(block) = open.pop() {
                let block = representative(&mut merged, block);
                if block == head {
                    continue;
                }
                match nest.around.get_mut(&block) {
                    Some(around) => *around = Some(head),
                    None => nest.innermost[block] = Some(head),
                }
                merged[block] = head;
                let before = graph.neighbors_directed(NodeIndex::new(block), Direction::Incoming);
                // What is never executed may lead to several loops, and is in none.
                open.extend(
                    before
                        .map(NodeIndex::index)
                        .filter(|&it| order.is_reached(it)),
                );
            }
        }
        nest
    }

    /// How many loops a loop is in, itself included.
    fn depth(&self, head: usize) -> u32 {
        let outwards = std::iter::successors(Some(head), |it| self.around.get(it).copied()?);
        u32::try_from(outwards.count()).unwrap_or(u32::MAX)
    }
}

/// The loop that a block was merged into, or the block; the way there gets shorter.
fn representative(merged: &mut [usize], block: usize) -> usize {
    let mut at = block;
    while merged[at] != at {
        merged[at] = merged[merged[at]];
        at = merged[at];
    }
    at
}

/// When each block is entered and left on a walk through the tree of what dominates what; 0 for
/// those that are never executed.
struct Order {
    enters: Vec<usize>,
    leaves: Vec<usize>,
}

impl Order {
    fn of(graph: &DiGraph<(), ()>, dominators: &Dominators<NodeIndex>) -> Self {
        let mut order = Self {
            enters: vec![0; graph.node_count()],
            leaves: vec![0; graph.node_count()],
        };
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); graph.node_count()];
        for node in graph.node_indices() {
            if let Some(parent) = dominators.immediate_dominator(node) {
                children[parent.index()].push(node.index());
            }
        }
        let mut time = 1;
        order.enters[0] = time;
        let mut way = vec![(0, 0)];
        while let Some((block, next)) = way.last_mut() {
            time += 1;
            if let Some(&child) = children[*block].get(*next) {
                *next += 1;
                order.enters[child] = time;
                way.push((child, 0));
            } else {
                order.leaves[*block] = time;
                way.pop();
            }
        }
        order
    }

    fn is_reached(&self, block: usize) -> bool {
        self.enters[block] > 0
    }

    /// Whether every way to a block leads through another one, or it is that itself.
    fn dominates(&self, one: usize, other: usize) -> bool {
        self.is_reached(one)
            && self.is_reached(other)
            && self.enters[one] <= self.enters[other]
            && self.leaves[other] <= self.leaves[one]
    }
}

#[cfg(test)]
mod tests;
