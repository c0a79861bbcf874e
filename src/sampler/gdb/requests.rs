//! What is asked of gdb, as of any tracer.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::GdbTracer;
use super::marks::{GoesOn, PristineCode};
use super::stub::write_stub;
use crate::error::{Error, Result};
use crate::mi::session::{Attachment, STOP_SIGNAL};
use crate::process::inspect::takes;
use crate::sampler::tracer::{Answer, Event, RawFrame, Reach, Subject, Tracer};

/// Unwinds functions without unwind information. It is run by gdb.
const UNWINDER: &str = include_str!("unwinder.py");

/// [`STOP_SIGNAL`] as the kernel knows it.
const STOP: Signal = Signal::SIGURG;
const _: () = assert!(matches!(STOP_SIGNAL.as_bytes(), b"SIGURG"));

impl Tracer for GdbTracer {
    fn name(&self) -> Option<String> {
        let version = self.version.as_ref();
        version.map(|version| format!("gdb {version}"))
    }

    fn attach(&mut self, subject: &Subject) -> Result<()> {
        let Subject {
            process,
            interface,
            suspended,
        } = subject;
        self.process = Some(*process);
        let stub = write_stub(interface, &self.scratch).map_err(|source| Error::System {
            action: "write a file for gdb".to_owned(),
            source,
        })?;
        self.pristine = Some(PristineCode::keep(*process, interface));
        self.goes_on = Some(GoesOn::new(*process, suspended.clone()));
        let attach = self.session.attach(&Attachment {
            process: process.as_raw(),
            program: PathBuf::from(format!("/proc/{process}/exe")),
            stub: stub.path().to_owned(),
            text: interface.register,
            data: interface.descriptor,
        });
        self.stub = Some(stub);
        self.gdb.send(&attach)
    }

    fn list_threads(&mut self) -> Result<Answer> {
        if !self.session.threads_changed() {
            return Ok(Answer::None);
        }
        let command = self.session.list_threads();
        self.gdb.send(&command)?;
        Ok(Answer::Follows)
    }

    fn threads(&self) -> usize {
        self.threads.len()
    }

    /// A process that blocks every signal cannot.
    fn can_stop(&self) -> bool {
        takes_soon(self.process(), STOP)
    }

    fn stop(&mut self, thread: i32) -> Result<()> {
        self.session.stop_asked();
        // A signal that is sent to a thread's number is the process's, and that thread takes
        // it if it can. Where there is no such thread any more, the first one does.
        if kill(Pid::from_raw(thread), STOP).is_err() {
            // Where this fails too, the process has just ended, and gdb will say so.
            kill(self.process(), STOP).ok();
        }
        Ok(())
    }

    /// gdb shows that of the thread that took the signal, which mostly is the one that it was
    /// sent to.
    fn innermost(&self, thread: i32) -> Option<RawFrame> {
        let thread = self.thread_id(thread)?;
        let stopped = self.stopped.as_ref();
        let stopped = stopped.filter(|stopped| stopped.thread_id == Some(thread))?;
        stopped.frame.clone().map(RawFrame::from)
    }

    fn resume(&mut self) -> Result<()> {
        let resume = self.session.resume();
        self.gdb.send(&resume)
    }

    /// The request to go on is sent with that for the frames, so that nothing waits for us.
    fn read_stack_and_resume(&mut self, thread: i32) -> Result<Answer> {
        let Some(thread) = self.thread_id(thread) else {
            self.resume()?;
            return Ok(Answer::None);
        };
        let mut request = self.session.read_stack(thread, self.unwinding.depth());
        request.extend(self.session.resume());
        self.gdb.send(&request)?;
        Ok(Answer::Follows)
    }

    /// Where a stack reaches no line of the user's and has frames of a library that gdb
    /// cannot unwind, gdb is told to read how: once a library. What the library does not say
    /// about a function, gdb has to find out from its instructions.
    fn learn_from(&mut self, stack: &[RawFrame], reach: Reach) -> Result<Answer> {
        self.unwinding.deepen(stack, reach);
        if reach == Reach::User {
            return Ok(Answer::None);
        }
        if let Some(library) = self.unwinding.unread_library(stack) {
            let command = self.session.read_symbols(library);
            self.gdb.send(&command)?;
            return Ok(Answer::Follows);
        }
        if cfg!(target_arch = "x86_64")
            && let Some(address) = self.unwinding.function_to_guess(self.process(), stack)
        {
            self.find_out_how_to_unwind(address)?;
        }
        Ok(Answer::None)
    }

    fn end_suspension(&mut self, signal: Option<Signal>) -> Result<()> {
        let signal = signal.map(|signal| signal.as_str().to_owned());
        let going_on = self.session.end_suspension(signal);
        self.gdb.send(&going_on)
    }

    fn next_event(&mut self, wait: Duration, during: &str) -> Result<Option<Event>> {
        let until = Instant::now() + wait;
        while let Some(record) = self.gdb.receive(until, during)? {
            let (learnt, reply) = self.session.feed(&record);
            self.gdb.send(&reply)?;
            let event = learnt.map_or(Ok(None), |learnt| self.event(learnt))?;
            // A gdb that never stops talking must not be listened to for ever.
            if event.is_some() || Instant::now() >= until {
                return Ok(event);
            }
        }
        Ok(None)
    }

    fn unanswered(&self, during: &str, after: Duration) -> Error {
        Error::GdbTimeout {
            during: during.to_owned(),
            after,
        }
    }

    fn end(&mut self) {
        let exit = self.session.exit();
        self.gdb.end(&exit);
    }
}

impl GdbTracer {
    fn process(&self) -> Pid {
        self.process.expect("it is asked once attached")
    }

    /// Has gdb unwind the function at an address by what its instructions do.
    fn find_out_how_to_unwind(&mut self, address: u64) -> Result<()> {
        let mut request = Vec::new();
        if !std::mem::replace(&mut self.has_unwinder, true) {
            request.extend(self.session.run_python(UNWINDER.to_owned()));
        }
        let add = format!("unwinder.add_function_at({address})");
        request.extend(self.session.run_python(add));
        self.gdb.send(&request)
    }
}

/// Whether a process takes a signal, now or within a moment. Whoever starts a thread
/// blocks all signals meanwhile, and for as long a process of one thread takes none.
fn takes_soon(process: Pid, signal: Signal) -> bool {
    const TRIES: u32 = 10;
    const A_MOMENT: Duration = Duration::from_micros(200);
    (0..TRIES).any(|tried| {
        if tried > 0 {
            thread::sleep(A_MOMENT);
        }
        takes(process, signal)
    })
}
