//! What must be seen of a server's calls, and what of that cannot be seen on this machine.

/// How much of a server's calls somebody must see who judges them, or makes them fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Which calls it makes.
    Calls,
    /// Also which sockets they are about, and whether those are ready: the grader looks into the
    /// server for that, which fewer machines allow.
    Sockets,
}

/// Why a server's calls cannot be seen here, where they cannot.
#[derive(Clone, Debug, Default)]
pub struct Unseen {
    /// Why it cannot be seen which calls it makes.
    pub calls: Option<String>,
    /// Why it cannot be seen which sockets they are about.
    pub sockets: Option<String>,
}

impl Unseen {
    /// Why this cannot be seen, where it cannot.
    #[must_use]
    pub fn why(&self, need: Need) -> Option<&str> {
        match need {
            Need::Nothing => None,
            Need::Calls => self.calls.as_deref(),
            Need::Sockets => self.calls.as_deref().or(self.sockets.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_no_call_sees_no_socket_either() {
        let not = |reason: &str| Some(reason.to_owned());
        let nothing = Unseen {
            calls: not("no listener"),
            sockets: None,
        };
        let calls = Unseen {
            calls: None,
            sockets: not("no descriptor"),
        };
        let why = |unseen: &Unseen| {
            let needs = [Need::Nothing, Need::Calls, Need::Sockets];
            needs.map(|need| unseen.why(need).map(str::to_owned))
        };
        assert_eq!(
            why(&nothing),
            [None, not("no listener"), not("no listener")]
        );
        assert_eq!(why(&calls), [None, None, not("no descriptor")]);
    }
}
