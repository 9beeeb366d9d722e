//! A client that does not read loses nothing and bothers nobody.

use crate::server::Server;

/// Numbered lines of 100 bytes, `size` bytes of them.
fn lines(size: usize) -> String {
    (0..size / 100)
        .map(|number| format!("{number:>99}\n"))
        .collect()
}

/// What others hear when client `id` says `text`.
fn from_client(id: usize, text: &str) -> String {
    text.lines()
        .map(|line| format!("client {id}: {line}\n"))
        .collect()
}

#[test]
fn a_lazy_client_catches_up_on_50_mb() {
    let mut server = Server::start();
    let [mut speaker, mut prompt, mut lazy] = server.connect_first();
    let said = lines(50_000_000);
    let expected = from_client(0, &said);

    // The speaker is done, and the prompt reader has everything, before the lazy one reads a byte.
    std::thread::scope(|scope| {
        scope.spawn(|| speaker.says(&said));
        prompt.hears(&expected);
    });
    lazy.says("I am still here\n");
    prompt.hears("client 2: I am still here\n");

    lazy.hears(&expected);
    speaker.hears("client 2: I am still here\n");

    speaker.says("welcome back\n");
    lazy.hears("client 0: welcome back\n");
    // What was held for it is held no more.
    if cfg!(target_os = "linux") {
        server.wait_until_asleep();
        let resident = server.resident_size();
        assert!(resident < 20_000_000, "{resident} bytes are still held");
    }
}

#[test]
fn a_lazy_client_that_speaks_hears_all_words_but_its_own() {
    let mut server = Server::start();
    let [mut speaker, mut prompt, mut lazy] = server.connect_first();
    let part = lines(3_000_000);
    let expected = from_client(0, &part);

    for _ in 0..4 {
        std::thread::scope(|scope| {
            scope.spawn(|| speaker.says(&part));
            prompt.hears(&expected);
        });
        lazy.says("mine\nmine\n");
        prompt.hears("client 2: mine\nclient 2: mine\n");
    }
    for _ in 0..4 {
        lazy.hears(&expected);
    }
    lazy.leaves();
    prompt.hears("server: client 2 just left\n");
}

#[test]
fn lazy_clients_may_leave() {
    let mut server = Server::start();
    let [mut speaker, mut prompt, lazy, lazier] = server.connect_first();
    let said = lines(20_000_000);
    std::thread::scope(|scope| {
        scope.spawn(|| speaker.says(&said));
        prompt.hears(from_client(0, &said));
    });
    lazy.resets();
    prompt.hears("server: client 2 just left\n");
    lazier.leaves();
    prompt.hears("server: client 3 just left\n");
    speaker.hears("server: client 2 just left\nserver: client 3 just left\n");
}
