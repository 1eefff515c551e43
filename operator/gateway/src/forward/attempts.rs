//! The attempts of one call. In: a permitted request, and how patient its caller is. Out: the last answer, after a row for each attempt.

use std::sync::PoisonError;

use assayer_contract::{ReasonCode, RequestRow};
use assayer_providers::{Call, Charge, Provider};
use assayer_store::gateway_jobs::GatewayJob;
use axum::response::Response;
use chrono::Utc;
use http::StatusCode;
use tokio::time::Instant;

use super::{
    Exchange, Forwarder, INTENT_LIFETIME,
    ai_budget::{Held, Most},
    answer::{self, Measured},
    budget::Priced,
    draft, exchange,
    pace::{Ask, LEAST, Pass, Tries},
    quality::OwnedSeries,
};
use crate::refusal::Refusal;

/// How an attempt ended: the answer to give, and the row, where it was sent and is committed.
struct Ended {
    row: Option<RequestRow>,
    response: Response,
}

impl Ended {
    fn unsent(response: Response) -> Self {
        Self { row: None, response }
    }
}

impl Exchange {
    fn ask(&self, provider: &'static dyn Provider) -> Ask<'_> {
        Ask { provider, access: &self.access, purpose: self.purpose, patience: self.patience, within: self.limit.within }
    }

    /// Whether the row says that the session has ended at the vendor; the session learns of every row.
    fn lost_its_session(&self, row: &RequestRow) -> bool {
        self.session.as_ref().is_some_and(|(lease, _)| lease.learn(row))
    }
}

/// What may be paid for a call, as long as this is held.
enum Paid<'a> {
    Nothing,
    Quoted(Priced<'a>),
    ByUse(Held<'a>),
}

impl Paid<'_> {
    /// The draft of a row at that price, and what the price is settled by once the answer is there.
    fn on(&self, row: RequestRow) -> (RequestRow, Option<Most>) {
        match self {
            Self::Nothing => (row, None),
            Self::Quoted(priced) => (RequestRow { cost_usd: Some(priced.usd.to_string()), ..row }, None),
            Self::ByUse(held) => (held.most.on(row), Some(held.most)),
        }
    }
}

impl Forwarder {
    /// One attempt after another, each with a row of its own, until one succeeds or none is left; the last one's answer.
    pub(super) async fn exchange(
        &self,
        provider: &'static dyn Provider,
        draft: RequestRow,
        call: Call,
        mut exchange: Exchange,
    ) -> Response {
        let mut draft = draft::stamped(draft, Utc::now());
        let (limit, mut tries, mut last, mut joined_anew) = (exchange.limit, None, None, false);
        loop {
            draft = draft::with_access(draft, &exchange.access);
            let mut pass = match self.pace.turn(exchange.ask(provider)).await {
                Ok(pass) => pass,
                // The caller learns rather what the vendor said than that it was not asked again.
                Err(refusal) => match last {
                    Some(response) => return response,
                    None => return self.refuse(provider, draft, refusal).await,
                },
            };
            let tries = tries.get_or_insert_with(|| Tries::new(exchange.patience, Instant::now() + limit.within));
            let left = tries.left(Instant::now());
            if let Some(response) = last.take_if(|_| left < LEAST) {
                return response;
            }
            draft = if tries.made == 0 { draft::stamped(draft, Utc::now()) } else { draft::repeated(draft, Utc::now()) };
            tries.made += 1;
            exchange.limit = limit.left(left);
            let Ended { row, response } = self.attempt(provider, draft.clone(), &call, &exchange, &mut pass).await;
            drop(pass);
            let Some(row) = row else { return response };
            if exchange.lost_its_session(&row) && call.is_safe_to_repeat() && !joined_anew {
                joined_anew = true;
                let Some(again) = self.joined_anew(provider, exchange).await else { return response };
                // Signing in is no part of the time that an answer may take.
                tries.end_by(Instant::now() + limit.within);
                exchange = again;
            } else {
                let random = self.random.lock().unwrap_or_else(PoisonError::into_inner).f64();
                let Some(pause) = tries.again(&call, &row, random, Instant::now()) else { return response };
                tokio::time::sleep(pause).await;
            }
            last = Some(response);
        }
    }

    /// The same with another session.
    async fn joined_anew(&self, provider: &'static dyn Provider, exchange: Exchange) -> Option<Exchange> {
        let (_, by) = exchange.session?;
        let (access, session) = self.join(provider, Ok(exchange.access), by).await.ok()?;
        Some(Exchange { access, session: Some(session?), ..exchange })
    }

    async fn attempt(
        &self,
        provider: &'static dyn Provider,
        draft: RequestRow,
        call: &Call,
        Exchange { asked, access, limit, job, .. }: &Exchange,
        pass: &mut Pass,
    ) -> Ended {
        let request = match exchange::request(&self.http, &draft, call, asked.clone(), access) {
            Ok(request) => request,
            Err(refusal) => return Ended::unsent(self.refuse(provider, draft, refusal).await),
        };
        let paid = match self.pay(job.as_ref(), call, asked.body.len()).await {
            Ok(paid) => paid,
            Err(refusal) => return Ended::unsent(self.refuse(provider, draft, refusal).await),
        };
        let (draft, most) = paid.on(draft);
        let deadline = Utc::now() + INTENT_LIFETIME;
        if let Err(error) = self.recorder.intent(draft.clone(), deadline).await {
            return Ended::unsent(Refusal::from(error).in_envelope(provider));
        }
        // From here on the intent itself counts as spent.
        drop(paid);
        pass.goes();
        let received = exchange::send(&self.http, request, *limit).await;
        let body = received.result.as_ref().ok().map(|answered| answered.body.clone());
        self.metrics.vendor_seconds.observe(received.took.as_secs_f64());
        let series = job.as_ref().and_then(|job| OwnedSeries::of(job, call));
        let measured = Measured { call: call.clone(), series, expects: access.signed_in.expects };
        let mut judged = answer::judge(provider, draft, measured, received, &access.credentials).await;
        if let Some(most) = most {
            most.settle(&mut judged.row);
        }
        pass.ended(&judged.row);
        self.metrics.count(&judged.row);
        match self.recorder.outcome(judged.row.clone(), deadline).await {
            Ok(()) => {
                if let (Some(job), Some(body)) = (job, body) {
                    self.kept.keep(provider, job, call, &judged.row, body).await;
                }
                Ended { row: Some(judged.row), response: judged.response }
            }
            // Commit before use: an answer without its row is not given out.
            Err(error) => Ended::unsent(Refusal::from(error).in_envelope(provider)),
        }
    }

    /// Only a job has a budget.
    async fn pay(&self, job: Option<&GatewayJob>, call: &Call, bytes: usize) -> Result<Paid<'_>, Refusal> {
        match (call.charge, job) {
            (Charge::Free, _) => Ok(Paid::Nothing),
            (Charge::Quoted, Some(job)) => self.budget.price(job, call, Utc::now()).await.map(Paid::Quoted),
            (Charge::ByUse, Some(job)) => self.ai_budget.hold(job, call, bytes, Utc::now()).await.map(Paid::ByUse),
            (Charge::Quoted | Charge::ByUse, None) => {
                let message = format!("{} costs money, and no job asks for it", call.endpoint);
                Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::CostUnquoted, message))
            }
        }
    }
}
