//! x
fn main() {
    profila::commands::lab();
}
