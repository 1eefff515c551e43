//! The runbook: what each reason means, who acts, what to do, whether it passes by itself, and what it closes. In: a code. Out: its
//! entry. Pure. One file an area; a code without an entry, or with two, does not compile.

mod bot;
mod data;
mod fine;
mod installation;
mod integration;
mod job;
mod research;
mod vendor;

use strum::EnumCount;

use super::ReasonCode;

/// What is to be known of a reason by whoever sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The reason.
    pub code: ReasonCode,
    /// What it means, in a few words.
    pub title: &'static str,
    /// What to do about it, in sentences.
    pub fix: &'static str,
    /// Who does that.
    pub acts: Acts,
    /// How it comes to an end.
    pub passes: Passes,
    /// What it opens or closes while it lasts.
    pub closes: Closes,
}

/// Who acts on a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    /// Nobody has to.
    Nobody,
    /// Who writes the Bot.
    BotOwner,
    /// Who writes the StagePolicy.
    PolicyOwner,
    /// Who has the account at the vendor.
    KeyHolder,
    /// Who runs the installation.
    Operator,
    /// Who asked.
    Caller,
    /// Who develops Assayer, or the runner.
    Maintainer,
}

/// How a reason comes to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// It is not in the way of anything.
    Fine,
    /// It passes; what is done about it only makes that sooner, or keeps it from coming back.
    ByItself,
    /// It stays until it is fixed, and is found to be fixed without being told.
    OnceFixed,
    /// It was said of something that is over.
    Over,
}

/// What a reason opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closes {
    /// It opens what it is said of.
    Opens,
    /// Nothing.
    Nothing,
    /// Nothing; it is to be known.
    Warning,
    /// One request of a person or a program.
    Request,
    /// One call of a job.
    Call,
    /// One job.
    Job,
    /// One job, and the next one on the same bars where it happens twice.
    Bars,
    /// The next job of the Bot.
    NextStart,
    /// The next round of research.
    Round,
    /// A strategy that was tried.
    Candidate,
    /// The way up.
    Promotion,
    /// Everything of one Bot.
    Bot,
    /// All calls to one vendor.
    Calls,
    /// Nothing yet: an Integration that does not fully work.
    Degrades,
    /// Starts of all Bots that require one vendor.
    Starts,
    /// Stages with orders.
    Orders,
    /// What is said of the installation, and nothing else.
    Verdict,
    /// What one worker of the installation does.
    Worker,
    /// The whole installation.
    Everything,
}

impl Acts {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Nobody => "Nobody has to.",
            Self::BotOwner => "Who writes the Bot.",
            Self::PolicyOwner => "Who writes the StagePolicy.",
            Self::KeyHolder => "Who has the account at the vendor.",
            Self::Operator => "Who runs the installation.",
            Self::Caller => "Who asked.",
            Self::Maintainer => "Who maintains the runner or Assayer.",
        }
    }
}

impl Passes {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Fine => "It is not in the way.",
            Self::ByItself => "Yes.",
            Self::OnceFixed => "No. Once it is fixed, Assayer notices and goes on.",
            Self::Over => "It was said of what is over: the next is judged anew.",
        }
    }
}

impl Closes {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Opens => "Opens what it is said of.",
            Self::Nothing => "Closes nothing.",
            Self::Warning => "Closes nothing by itself; it is shown so that nobody takes it for more than it is.",
            Self::Request => "Closes this one request; nothing was changed.",
            Self::Call => "Closes this one call: nothing was sent, and the refusal is a row.",
            Self::Job => "Closes this job: it ends without a session, and its sources stay unproven for that cycle.",
            Self::Bars => "Closes this job; after two in a row on the same bars the next start waits (DATA_UNAVAILABLE).",
            Self::NextStart => "Closes the Bot's next start for as long as it lasts.",
            Self::Round => "Closes the next round of research; backtests go on.",
            Self::Candidate => "Closes the way for the strategy that was tried; the Bot keeps its own.",
            Self::Promotion => "Closes promotion; the Bot works on.",
            Self::Bot => "Closes every start of the Bots concerned, and calls of their jobs.",
            Self::Calls => "Closes every call with this credential until then; each refusal is a row.",
            Self::Degrades => {
                "Closes the job that met it, and degrades the Integration: others start until nothing has succeeded for connectedFor."
            }
            Self::Starts => "Closes the start of every job whose stage requires this vendor (BLOCKED), and its calls.",
            Self::Orders => "Closes starts from PAPER on, where orders are placed; LAB works on.",
            Self::Verdict => "Closes nothing: the autonomy proof says FAIL until the window has passed it.",
            Self::Worker => "Closes the status of the whole system (BLOCKED); what the worker does is not done meanwhile.",
            Self::Everything => "Closes everything: no job starts and nothing is sent anywhere.",
        }
    }
}

impl Entry {
    /// Whether it goes away without anybody.
    pub fn passes_by_itself(&self) -> bool {
        self.passes == Passes::ByItself
    }
}

/// The entries by area, each area with its heading, in the order of the runbook.
pub const AREAS: &[(&str, &[Entry])] = &[
    ("Keys and vendors' accounts", integration::ENTRIES),
    ("Calls to vendors", vendor::ENTRIES),
    ("Bars and other answers", data::ENTRIES),
    ("Jobs", job::ENTRIES),
    ("Bots and their policies", bot::ENTRIES),
    ("Strategies that research tried", research::ENTRIES),
    ("The installation and its API", installation::ENTRIES),
    ("Nothing is wrong", fine::ENTRIES),
];

const fn entry(code: ReasonCode, title: &'static str, fix: &'static str, acts: Acts, passes: Passes, closes: Closes) -> Entry {
    Entry { code, title, fix, acts, passes, closes }
}

static BY_CODE: [&Entry; ReasonCode::COUNT] = by_code();

#[allow(clippy::indexing_slicing, reason = "at compile time, where an index that is out of range is an error of the compiler")]
const fn by_code() -> [&'static Entry; ReasonCode::COUNT] {
    let mut all = [&AREAS[0].1[0]; ReasonCode::COUNT];
    let mut seen = [false; ReasonCode::COUNT];
    let mut area = 0;
    while area < AREAS.len() {
        let mut place = 0;
        while place < AREAS[area].1.len() {
            let one = &AREAS[area].1[place];
            assert!(!seen[one.code as usize], "a code has two entries");
            seen[one.code as usize] = true;
            all[one.code as usize] = one;
            place += 1;
        }
        area += 1;
    }
    let mut code = 0;
    while code < seen.len() {
        assert!(seen[code], "a code has no entry");
        code += 1;
    }
    all
}

impl ReasonCode {
    /// Its entry in the runbook.
    #[allow(clippy::indexing_slicing, reason = "one element for each code")]
    pub fn entry(self) -> &'static Entry {
        BY_CODE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::Bearing;

    #[test]
    fn each_code_finds_the_entry_that_names_it() {
        assert!(ReasonCode::iter().all(|code| code.entry().code == code));
    }

    #[test]
    fn nobody_waits_for_what_only_a_person_can_mend() {
        for entry in ReasonCode::iter().map(ReasonCode::entry) {
            if matches!(entry.code.bearing(), Bearing::Configuration | Bearing::Credential | Bearing::Plan) {
                let over = entry.passes == Passes::Over && matches!(entry.acts, Acts::Caller | Acts::Operator);
                assert!(over || entry.passes == Passes::OnceFixed && entry.acts != Acts::Nobody, "{}", entry.code);
            }
            assert!(entry.acts != Acts::Nobody || entry.passes != Passes::OnceFixed, "{}: nobody fixes it", entry.code);
        }
    }

    #[test]
    fn what_does_not_count_against_a_bot_is_not_said_to_need_a_fix_of_it() {
        for code in ReasonCode::all_that(ReasonCode::passes_by_itself) {
            assert!(code == ReasonCode::Stopped || code.entry().passes_by_itself(), "{code}");
        }
    }
}
