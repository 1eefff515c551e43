//! Language models are asked only where the policy says so, and only as much: a row for each, and the vendor's own count.

use crate::world::{World, allowed, vendor::Vendor};
use assayer_contract::{
    JobType, Outcome, ReasonCode, RequestRow, Sent, Source,
    policy::{AiMode, AiRules, AllowedSource, TokenPrice},
};
use assayer_store::PgPool;
use serde_json::{Value, json};
use uuid::Uuid;

const KEY: &str = "sk-proj-0123456789abcdef0123456789";

async fn given(pool: &PgPool, ai: AiRules) -> (World, Vendor) {
    let (mut world, openai) = (World::start(pool).await, Vendor::start("openai", "OPENAI_API_KEY", KEY).await);
    let allowed = AllowedSource { max_latency_ms: 5_000, retries: 3, ..allowed("openai", &["EURUSD"]) };
    world.caller.job.sources = [(Source::Ai, allowed)].into();
    world.caller.job.ai = ai;
    (world, openai)
}

fn advisory(daily_tokens: u64) -> AiRules {
    AiRules { mode: AiMode::Advisory, daily_tokens, ..AiRules::default() }
}

fn question(model: &str, most: u32) -> Value {
    json!({"model": model, "max_completion_tokens": most, "messages": [{"role": "user", "content": "Will it rain?"}]})
}

async fn ask(world: &World, openai: &Vendor, pool: &PgPool, question: &Value) -> RequestRow {
    openai.post(world, "chat/completions", question).await.row(pool).await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_stage_that_asks_no_model_sends_nothing(pool: PgPool) {
    let (world, openai) = given(&pool, AiRules::default()).await;
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 10)).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::AiDisabled)));
    assert!(row.error_message.unwrap().contains("spec.ai.mode of the StagePolicy of LAB is Disabled"));
    assert_eq!(openai.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn an_answer_is_recorded_with_its_tokens_and_the_next_call_counts_them(pool: PgPool) {
    let (world, openai) = given(&pool, advisory(400)).await;
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 200)).await;
    assert_eq!(row.outcome, Outcome::Success, "{:?}", row.error_message);
    let used = row.tokens_in.unwrap() + row.tokens_out.unwrap();
    assert!(used > 0 && Some(used) <= row.tokens_most && row.cost_usd.is_none());
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 400)).await;
    assert_eq!((row.sent, row.reason_code), (Sent::No, Some(ReasonCode::AiBudget)));
    let said = row.error_message.unwrap();
    assert!(said.contains(&format!("has used {used} today")) && said.ends_with("spec.ai.dailyTokens is 400"), "{said}");
    assert_eq!(openai.arrivals(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn of_many_that_ask_at_once_no_more_go_than_the_budget_has_room_for(pool: PgPool) {
    let (world, openai) = given(&pool, advisory(1_000)).await;
    openai.fail("hang", &json!(null), 1);
    let question = question("gpt-5-mini", 300);
    let rows = futures::future::join_all((0..6).map(|_| ask(&world, &openai, &pool, &question))).await;
    let refused = rows.iter().filter(|row| row.reason_code == Some(ReasonCode::AiBudget)).count();
    assert_eq!((refused, openai.arrivals()), (4, 2), "each may use 300 tokens and its question's bytes");
    let unknown: Vec<_> = rows.iter().filter(|row| row.reason_code == Some(ReasonCode::ProviderTimeout)).collect();
    assert!(unknown.len() == 2 && unknown.iter().all(|row| row.tokens_most > Some(300) && row.attempt == 1));
    // what nobody knows the use of goes on counting with the most
    assert_eq!(ask(&world, &openai, &pool, &question).await.reason_code, Some(ReasonCode::AiBudget));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn in_dollars_a_model_without_a_price_is_not_asked_and_one_with_it_is_settled_at_what_it_used(pool: PgPool) {
    let prices = [("gpt-5-mini".to_owned(), TokenPrice { sent: "1000".to_owned(), received: "1000".to_owned() })].into();
    let rules = AiRules { max_usd_per_day: Some("0.5".to_owned()), prices, ..advisory(1_000_000) };
    let (world, openai) = given(&pool, rules).await;
    let row = ask(&world, &openai, &pool, &question("gpt-4", 10)).await;
    assert_eq!(row.reason_code, Some(ReasonCode::AiBudget));
    assert!(row.error_message.unwrap().contains("no price of \"gpt-4\""));
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 300)).await;
    let used = row.tokens_in.unwrap() + row.tokens_out.unwrap();
    let cost: f64 = row.cost_usd.unwrap().parse().unwrap();
    assert!((cost * 1_000.0 - f64::from(i32::try_from(used).unwrap())).abs() < 1e-9, "{cost} for {used} tokens");
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 600)).await;
    assert!(row.error_message.unwrap().ends_with("its budgets.maxAiUsdPerDay is 0.5"));
    assert_eq!(openai.arrivals(), 1);
}

/// The same for a round of research that may ask for suggestions.
async fn round(pool: &PgPool, wanted: bool) -> (World, Vendor) {
    let (mut world, openai) = given(pool, advisory(100_000)).await;
    world.caller.job.job_type = JobType::Evolve;
    let wanted =
        wanted.then(|| json!({"provider": "openai", "model": "gpt-5-mini", "atMost": 4, "maxTokens": 300, "required": false}));
    world.caller.job.body = json!({"rules": {}, "seed": "7"});
    world.caller.job.body.as_object_mut().unwrap().extend(wanted.map(|wanted| ("suggestions".to_owned(), wanted)));
    (world, openai)
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_round_asks_the_model_that_its_job_names_once_and_nobody_else_for_anything(pool: PgPool) {
    let (world, openai) = round(&pool, true).await;
    let refused = async |question: Value| {
        let row = ask(&world, &openai, &pool, &question).await;
        assert_eq!((row.outcome, row.sent), (Outcome::Refused, Sent::No), "{question}");
        (row.reason_code.unwrap(), row.error_message.unwrap())
    };
    let (reason, said) = refused(question("gpt-4", 200)).await;
    assert!(
        reason == ReasonCode::SourceDisabled && said.contains("gpt-5-mini of openai for suggestions, and nothing else"),
        "{said}"
    );
    let (reason, said) = refused(question("gpt-5-mini", 301)).await;
    assert!(reason == ReasonCode::SourceDisabled && said.contains("at most 300 tokens"), "{said}");
    let row = openai.ask(&world, &pool, "models", "").await;
    assert_eq!((row.sent, row.reason_code), (Sent::No, Some(ReasonCode::SourceDisabled)), "not even the list of models");
    let row = world
        .post("v0/timeseries.get_range", "dataset=SAMPLE.FX&schema=ohlcv-1h&symbols=EURUSD&start=2017-01-01")
        .await
        .row(&pool)
        .await;
    assert_eq!((row.sent, row.outcome), (Sent::No, Outcome::Refused), "nor bars");
    assert_eq!(openai.arrivals(), 0);
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 300)).await;
    assert_eq!((row.outcome, row.job_id), (Outcome::Success, Some(world.caller.job.id)), "{:?}", row.error_message);
    assert!(row.tokens_in.is_some() && row.params["messages"]["sha256"].is_string(), "{:?}", row.params);
    let (reason, said) = refused(question("gpt-5-mini", 300)).await;
    assert!(reason == ReasonCode::AiBudget && said.contains("a round asks once"), "{said}");
    assert_eq!(openai.arrivals(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn of_many_questions_of_a_round_at_once_one_goes_and_a_question_that_came_to_nothing_was_asked(pool: PgPool) {
    let (world, openai) = round(&pool, true).await;
    openai.fail("hang", &json!(null), 1);
    let question = question("gpt-5-mini", 300);
    let rows = futures::future::join_all((0..4).map(|_| ask(&world, &openai, &pool, &question))).await;
    let asked = rows.iter().filter(|row| row.reason_code == Some(ReasonCode::ProviderTimeout)).count();
    let refused = rows.iter().filter(|row| row.reason_code == Some(ReasonCode::AiBudget)).count();
    assert_eq!((asked, refused, openai.arrivals()), (1, 3, 1));
    assert_eq!(ask(&world, &openai, &pool, &question).await.reason_code, Some(ReasonCode::AiBudget));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_round_whose_job_names_no_model_calls_nobody(pool: PgPool) {
    let (world, openai) = round(&pool, false).await;
    let row = ask(&world, &openai, &pool, &question("gpt-5-mini", 10)).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::SourceDisabled)));
    assert!(row.error_message.unwrap().ends_with("is a round of research without suggestions: it may call nobody"));
    assert_eq!(openai.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn each_vendor_of_models_may_be_asked_by_a_round_in_its_own_way_and_says_what_it_is_to(pool: PgPool) {
    let (mut world, _) = round(&pool, true).await;
    let of_openai = "/choices/0/message/content";
    let messages = json!([{"role": "user", "content": "?"}]);
    let completion = |model: &str| json!({"model": model, "max_completion_tokens": 300, "response_format": {"type": "json_object"}, "messages": messages});
    let contents = json!({"systemInstruction": {"parts": [{"text": "!"}]}, "contents": [{"role": "user", "parts": [{"text": "?"}]}],
        "generationConfig": {"maxOutputTokens": 300, "responseMimeType": "application/json"}});
    let ant = format!("sk-ant-api03-{}", "A-_0".repeat(20));
    let or = format!("sk-or-v1-{}", "0123456789abcdef".repeat(4));
    let (groq, gemini) = ("gsk_0123456789abcdefghijklmnopqrstuvwxyz0123456789", "AIza0123456789abcdefghijklmnopqrstuvw_-");
    for (name, (key_name, key), model, path, question, words) in [
        ("openai", ("OPENAI_API_KEY", KEY), "gpt-5-mini", "chat/completions", completion("gpt-5-mini"), of_openai),
        (
            "groq",
            ("GROQ_API_KEY", groq),
            "openai/gpt-oss-20b",
            "openai/v1/chat/completions",
            completion("openai/gpt-oss-20b"),
            of_openai,
        ),
        ("xai", ("XAI_API_KEY", "xai-0123456789"), "grok-4-fast", "chat/completions", completion("grok-4-fast"), of_openai),
        (
            "openRouter",
            ("OPENROUTER_API_KEY", &or),
            "openai/gpt-5-mini",
            "chat/completions",
            completion("openai/gpt-5-mini"),
            of_openai,
        ),
        (
            "anthropic",
            ("ANTHROPIC_API_KEY", &ant),
            "claude-haiku-4-5",
            "v1/messages",
            json!({"model": "claude-haiku-4-5", "max_tokens": 300, "system": "!", "messages": messages}),
            "/content/0/text",
        ),
        (
            "gemini",
            ("GEMINI_API_KEY", gemini),
            "gemini-2.5-flash",
            "v1beta/models/gemini-2.5-flash:generateContent",
            contents,
            "/candidates/0/content/parts/0/text",
        ),
    ] {
        world.caller.job.id = Uuid::now_v7();
        let vendor = Vendor::start(name, key_name, key).await;
        world.caller.job.sources.get_mut(&Source::Ai).unwrap().providers = vec![name.to_owned()];
        let named = json!({"provider": name, "model": model, "atMost": 4, "maxTokens": 300, "required": false});
        world.caller.job.body["suggestions"] = named;
        let order = json!([{"fault": "says", "text": "{\"suggestions\": []}"}]);
        vendor.shell.faults.replace(serde_json::from_value(order).unwrap()).unwrap();
        let answer = vendor.post(&world, path, &question).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body.pointer(words), Some(&json!("{\"suggestions\": []}")), "{name}: {body}");
        let row = answer.row(&pool).await;
        assert!(row.outcome == Outcome::Success && row.tokens_out > Some(0), "{name}: {:?}", row.error_message);
    }
}
