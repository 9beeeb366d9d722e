//! A browser without a window, told what to do through a pipe (the Chrome DevTools Protocol).

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What the browser may be called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser and the one page that it shows.
pub(crate) struct Chromium {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    sent: u64,
    /// What went wrong in pages, and what they tried to load.
    pub(crate) complaints: Vec<String>,
    pub(crate) requests: Vec<String>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it; `None` where none is installed.
    pub(crate) fn start() -> Option<Self> {
        let program = search()?;
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        // It reads from descriptor 3 and writes to 4.
        command
            .args([
                "-c",
                "exec \"$@\" 3<&0 4>&1 >/dev/null 2>&1 </dev/null",
                "sh",
            ])
            .arg(program)
            .args(["--headless", "--remote-debugging-pipe", "--disable-gpu"])
            .args(["--no-first-run", "--disable-extensions", "--no-sandbox"])
            .args(["--disable-background-networking", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        let mut process = command.spawn().expect("sh");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut browser = Self {
            process,
            input,
            output,
            session: None,
            sent: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Shows the page in a window of this size, with light or dark colours.
    pub(crate) fn look(&mut self, width: u32, dark: bool) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let value = if dark { "dark" } else { "light" };
        let feature = json!([{"name": "prefers-color-scheme", "value": value}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": feature}));
    }

    /// Opens a file and returns when all of it is there.
    pub(crate) fn open(&mut self, file: &Path) {
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", json!({"url": url}));
        self.wait_for("location.protocol === 'file:'");
    }

    /// Waits until an expression is true in a page that is there as a whole.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        while self.run(&format!(
            "document.readyState === 'complete' && ({expression})"
        )) != true
        {}
    }

    /// Computes an expression in the page.
    pub(crate) fn run(&mut self, expression: &str) -> Value {
        let arguments = json!({"expression": expression, "returnByValue": true});
        self.call("Runtime.evaluate", arguments)["result"]["value"].clone()
    }

    fn call(&mut self, method: &str, arguments: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": arguments});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).expect("the browser runs");
        loop {
            let mut bytes = Vec::new();
            self.output
                .read_until(0, &mut bytes)
                .expect("the browser runs");
            assert_eq!(bytes.pop(), Some(0), "the browser has ended");
            let message: Value = serde_json::from_slice(&bytes).expect("JSON");
            if message["id"] == self.sent {
                // A page that is being replaced computes nothing.
                return message["result"].clone();
            }
            self.take(&message);
        }
    }

    /// Takes what the browser tells without having been asked.
    fn take(&mut self, message: &Value) {
        let told = &message["params"];
        match message["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = told["request"]["url"].as_str().unwrap_or_default();
                self.requests.push(url.into());
            }
            Some("Runtime.exceptionThrown" | "Log.entryAdded" | "Page.javascriptDialogOpening") => {
                self.complaints.push(told.to_string())
            }
            _ => {}
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(group) = rustix::process::Pid::from_raw(self.process.id().cast_signed()) {
            let _ended = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _status = self.process.wait();
    }
}

fn search() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |it| it.join(name)));
    places.into_iter().find(|it| it.is_file())
}
