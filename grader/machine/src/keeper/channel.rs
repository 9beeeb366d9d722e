//! What crosses the socket between the grader and a keeper.
//!
//! Each message is its length, as four bytes in the machine's order, and a text in JSON. Descriptors come with the
//! length.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::io::retry_on_intr;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many descriptors come with a message at most.
const DESCRIPTORS: usize = 4;

/// How many bytes say how long a message is.
const LENGTH: usize = size_of::<u32>();

/// How long a message is at most, in bytes: the kernel lets nobody start a program with more
/// arguments and environment than some megabytes (execve(2)).
const LONGEST: usize = 64 << 20;

/// Sends a message, and descriptors with it, and waits until it has been taken.
///
/// # Errors
/// The other end is closed, or the kernel refuses.
pub(super) fn send(
    socket: &UnixStream,
    message: &impl Serialize,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut bytes = vec![0; LENGTH];
    serde_json::to_writer(&mut bytes, message)?;
    let length = u32::try_from(bytes.len() - LENGTH).map_err(|_| io::ErrorKind::InvalidInput)?;
    bytes[..LENGTH].copy_from_slice(&length.to_ne_bytes());
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let whole = [IoSlice::new(&bytes)];
    let sent = retry_on_intr(|| sendmsg(socket, &whole, &mut control, SendFlags::NOSIGNAL))?;
    let mut socket = socket;
    socket.write_all(&bytes[sent..])
}

/// Waits for a message and what comes with it; `None` where the other end is closed.
///
/// # Errors
/// It is no such message, or the kernel refuses.
pub(super) fn receive<T: DeserializeOwned>(
    socket: &UnixStream,
) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut length = [0; LENGTH];
    let mut descriptors = Vec::new();
    let mut come = 0;
    while come < length.len() {
        match receive_some(socket, &mut length[come..], &mut descriptors)? {
            0 => return Ok(None),
            count => come += count,
        }
    }
    let length = usize::try_from(u32::from_ne_bytes(length)).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; length];
    let mut socket = socket;
    socket.read_exact(&mut text)?;
    Ok(Some((serde_json::from_slice(&text)?, descriptors)))
}

fn receive_some(
    socket: impl AsFd,
    buffer: &mut [u8],
    descriptors: &mut Vec<OwnedFd>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut whole = [IoSliceMut::new(buffer)];
    let flags = RecvFlags::CMSG_CLOEXEC;
    let received = retry_on_intr(|| recvmsg(socket.as_fd(), &mut whole, &mut control, flags))?;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = message {
            descriptors.extend(some);
        }
    }
    Ok(received.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn what_is_sent_arrives_with_its_descriptors() {
        let (ours, theirs) = UnixStream::pair().expect("sockets");
        // More than a socket holds at once.
        let text = "x".repeat(3_000_000);
        let (reader, writer) = io::pipe().expect("a pipe");
        thread::scope(|scope| {
            scope.spawn(|| send(&ours, &text, &[writer.as_fd()]).expect("it is read"));
            let (received, descriptors) =
                receive::<String>(&theirs).expect("a message").expect("one");
            assert_eq!(received, text);
            assert_eq!(descriptors.len(), 1);
            let mut copy = io::PipeWriter::from(descriptors.into_iter().next().expect("one"));
            copy.write_all(b"!").expect("it is a pipe");
        });
        drop(writer);
        let mut said = String::new();
        (&reader).read_to_string(&mut said).expect("a pipe");
        assert_eq!(said, "!");
        drop(ours);
        assert!(receive::<String>(&theirs).expect("its end").is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        let (ours, theirs) = UnixStream::pair().expect("sockets");
        (&ours).write_all(&u32::MAX.to_ne_bytes()).expect("room");
        let refused = receive::<String>(&theirs).expect_err("too long");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }
}
