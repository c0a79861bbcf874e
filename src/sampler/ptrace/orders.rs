//! The orders as they come in.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};

use super::note::Order;

/// Bytes of orders that are read at once.
const MOST_OF_ORDERS: usize = 4096;

/// The orders, of which a line may come in pieces.
pub(super) struct Orders {
    input: File,
    rest: Vec<u8>,
}

impl Orders {
    /// Those that are written to this process's standard input.
    pub(super) fn of_standard_input() -> io::Result<Self> {
        Ok(Self {
            // What is read ahead could not be waited for.
            input: File::from(io::stdin().as_fd().try_clone_to_owned()?),
            rest: Vec::new(),
        })
    }

    /// What can be waited for.
    pub(super) fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    /// Waits for some; `None` where there will be none any more.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<Order>>> {
        let mut bytes = [0; MOST_OF_ORDERS];
        let length = self.input.read(&mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        self.rest.extend_from_slice(&bytes[..length]);
        let mut orders = Vec::new();
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            orders.extend(Order::of_line(&String::from_utf8_lossy(&line)));
        }
        Ok(Some(orders))
    }
}
