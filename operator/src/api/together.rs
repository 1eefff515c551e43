//! One answer for all who ask the same at the same moment. In: a question, and how it is answered. Out: an answer that was begun after it
//! was asked for, so that nobody is told what was so before they came. Pure, but for the clock.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// When the last answer was begun, and what it was.
type Last<V> = Arc<tokio::sync::Mutex<Option<(Instant, V)>>>;

/// Questions that are being answered.
pub(crate) struct Together<K, V>(Mutex<BTreeMap<K, Last<V>>>);

impl<K, V> Default for Together<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V: Clone> Together<K, V> {
    /// The answer to a question. While one is being made, whoever comes waits for the next, which is theirs together: however many ask,
    /// one of them works. Who leaves is no hindrance to the others.
    pub(crate) async fn ask<F: Future<Output = V>>(&self, question: K, make: impl FnOnce() -> F) -> V {
        let asked = Instant::now();
        let last = Arc::clone(self.lock().entry(question).or_default());
        let answer = Self::answer(&last, asked, make).await;
        drop(last);
        // Questions that nobody waits for any more, those of callers who left among them.
        self.lock().retain(|_, last| Arc::strong_count(last) > 1);
        answer
    }

    async fn answer<F: Future<Output = V>>(last: &Last<V>, asked: Instant, make: impl FnOnce() -> F) -> V {
        let mut last = last.lock().await;
        if let Some((_, answer)) = last.as_ref().filter(|(begun, _)| *begun > asked) {
            return answer.clone();
        }
        let begun = Instant::now();
        let answer = make().await;
        *last = Some((begun, answer.clone()));
        answer
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Last<V>>> {
        // Every change is one call, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicU32, Ordering},
    };

    use futures::{FutureExt, future::join_all};
    use tokio::sync::Notify;

    use super::*;

    /// Answers with the number of the answer, once it is let.
    struct Slow {
        together: Together<&'static str, u32>,
        begun: AtomicU32,
        let_go: Notify,
    }

    impl Slow {
        fn new() -> Self {
            Self { together: Together::default(), begun: AtomicU32::new(0), let_go: Notify::new() }
        }

        async fn ask(&self, question: &'static str) -> u32 {
            let make = || async {
                let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
                self.let_go.notified().await;
                number
            };
            self.together.ask(question, make).await
        }
    }

    #[tokio::test]
    async fn however_many_come_while_one_is_answered_one_answer_more_does_and_none_is_older_than_its_question() {
        let slow = Slow::new();
        let mut first = pin!(slow.ask("a"));
        assert!(first.as_mut().now_or_never().is_none());
        let mut others = pin!(join_all((0..20).map(|_| slow.ask("a"))));
        assert!(others.as_mut().now_or_never().is_none());
        assert_eq!(slow.begun.load(Ordering::SeqCst), 1, "they wait");
        slow.let_go.notify_one();
        assert_eq!(first.await, 1);
        assert!(others.as_mut().now_or_never().is_none());
        slow.let_go.notify_one();
        assert_eq!(others.await, [2; 20], "what was begun before they came is not told");
        slow.let_go.notify_one();
        assert_eq!(slow.ask("a").await, 3, "nothing is remembered");
    }

    #[tokio::test]
    async fn who_leaves_holds_up_nobody_and_another_question_does_not_wait() {
        let slow = Slow::new();
        {
            let mut leaves = pin!(slow.ask("a"));
            assert!(leaves.as_mut().now_or_never().is_none());
        }
        let mut stays = pin!(slow.ask("a"));
        assert!(stays.as_mut().now_or_never().is_none());
        slow.let_go.notify_one();
        assert_eq!(stays.await, 2);
        let mut a = pin!(slow.ask("a"));
        assert!(a.as_mut().now_or_never().is_none());
        let mut b = pin!(slow.ask("b"));
        assert!(b.as_mut().now_or_never().is_none());
        assert_eq!(slow.begun.load(Ordering::SeqCst), 4);
        slow.let_go.notify_waiters();
        assert_eq!((a.await, b.await), (3, 4));
        assert!(slow.together.lock().is_empty(), "no question is kept");
    }
}
