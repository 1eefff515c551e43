//! How a right is granted. In: a user and the right that they lack. Out: one command for a shell. Pure.

use assayer_contract::Sha256Hash;

use super::access::Right;

/// ClusterRole of the chart that allows reading Bots.
const BOT_READER: &str = "assayer-bot-reader";
/// ClusterRole of the chart that allows changing Bots.
const BOT_EDITOR: &str = "assayer-bot-editor";
/// ClusterRole of the chart that allows resetting Bots.
const BOT_RESETTER: &str = "assayer-bot-resetter";
/// ClusterRole of the chart that allows reading Integrations.
const INTEGRATION_READER: &str = "assayer-integration-reader";
/// ClusterRole of the chart that allows asking for handshakes, which is a change of an Integration's annotations.
const INTEGRATION_EDITOR: &str = "assayer-integration-editor";
/// ClusterRole of the chart that allows the rows of every namespace, and the policies that bind in all.
const PROOF_READER: &str = "assayer-proof-reader";

/// The command by which an administrator grants the right.
pub(crate) fn command(user: &str, right: &Right) -> String {
    match right {
        Right::Bot(namespace, _) | Right::AnyBot(Some(namespace)) => in_namespace(user, BOT_READER, namespace),
        Right::ChangeBot(namespace, _) => bots(user, namespace),
        Right::ResetBot(namespace, _) => resetting(user, namespace),
        Right::AnyBot(None) => in_cluster(user, BOT_READER),
        Right::Integration(namespace, _) | Right::Integrations(Some(namespace)) => {
            in_namespace(user, INTEGRATION_READER, namespace)
        }
        Right::Integrations(None) => in_cluster(user, INTEGRATION_READER),
        Right::Policies | Right::Url(_) => in_cluster(user, PROOF_READER),
    }
}

/// The command by which an administrator lets somebody change the Integrations of a namespace.
pub(crate) fn editing(user: &str, namespace: &str) -> String {
    in_namespace(user, INTEGRATION_EDITOR, namespace)
}

/// The command by which an administrator lets somebody change the Bots of a namespace.
pub(crate) fn bots(user: &str, namespace: &str) -> String {
    in_namespace(user, BOT_EDITOR, namespace)
}

/// The command by which an administrator lets somebody reset the Bots of a namespace.
pub(crate) fn resetting(user: &str, namespace: &str) -> String {
    in_namespace(user, BOT_RESETTER, namespace)
}

fn in_namespace(user: &str, role: &str, namespace: &str) -> String {
    let (digits, subject) = (digits(user), subject(user));
    format!("kubectl create rolebinding {role}-{digits} --namespace={namespace} --clusterrole={role} {subject}")
}

fn in_cluster(user: &str, role: &str) -> String {
    let (digits, subject) = (digits(user), subject(user));
    format!("kubectl create clusterrolebinding {role}-{digits} --clusterrole={role} {subject}")
}

/// Bindings are one a user, so that granting it to the next one meets no object of the same name.
fn digits(user: &str) -> String {
    Sha256Hash::of(user.as_bytes()).to_string().chars().skip("sha256:".len()).take(8).collect()
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
