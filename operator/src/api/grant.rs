//! How a right is granted. In: a user and the right that they lack. Out: one command for a shell. Pure.

use assayer_contract::Sha256Hash;

use super::access::Right;

/// ClusterRole of the chart that allows reading Bots.
const BOT_READER: &str = "assayer-bot-reader";
/// ClusterRole of the chart that allows the rows of every namespace.
const PROOF_READER: &str = "assayer-proof-reader";

/// The command by which an administrator grants the right.
pub(crate) fn command(user: &str, right: &Right) -> String {
    // Bindings are one a user, so that granting it to the next one meets no object of the same name.
    let digits: String = Sha256Hash::of(user.as_bytes()).to_string().chars().skip("sha256:".len()).take(8).collect();
    let subject = subject(user);
    match right {
        Right::Bot(namespace, _) => format!(
            "kubectl create rolebinding {BOT_READER}-{digits} --namespace={namespace} --clusterrole={BOT_READER} {subject}"
        ),
        Right::Url(_) => {
            format!("kubectl create clusterrolebinding {PROOF_READER}-{digits} --clusterrole={PROOF_READER} {subject}")
        }
    }
}

fn subject(user: &str) -> String {
    match user.strip_prefix("system:serviceaccount:").filter(|account| account.split(':').count() == 2) {
        Some(account) => format!("--serviceaccount={}", quoted(account)),
        None => format!("--user={}", quoted(user)),
    }
}

/// A user's name is whatever an identity provider says, and this is pasted into shells.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%_-+=:,./".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_subject_and_right_has_its_command() {
        let bot = Right::Bot("desk".into(), "spx-cross".into());
        let command = command("system:serviceaccount:tools:reader", &bot);
        assert!(command.starts_with("kubectl create rolebinding assayer-bot-reader-"), "{command}");
        assert!(
            command.ends_with("--namespace=desk --clusterrole=assayer-bot-reader --serviceaccount=tools:reader"),
            "{command}"
        );
        let path = Right::Url("/assayer/proof/databento");
        let command = super::command("ann@example.com", &path);
        assert!(command.starts_with("kubectl create clusterrolebinding assayer-proof-reader-"), "{command}");
        assert!(command.ends_with("--clusterrole=assayer-proof-reader --user=ann@example.com"), "{command}");
    }

    #[test]
    fn a_name_that_a_shell_would_read_is_quoted() {
        for (name, shown) in [("a b", "'a b'"), ("$(reboot)", "'$(reboot)'"), ("o'neill;x", r"'o'\''neill;x'"), ("", "''")] {
            assert_eq!(quoted(name), shown);
        }
    }
}
