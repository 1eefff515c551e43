// Generated from operator/openapi.json by `npm run types`.
export interface paths {
    "/api/_proof/autonomy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whether Bots work by themselves as often as their policy says, over all namespaces: PASS, FAIL or UNKNOWN, each answered with 200, with what was missed. Needs `get` on the nonResourceURL /assayer/proof/autonomy. */
        get: operations["autonomyProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/_proof/bot/{botId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last three jobs of a Bot with every row, the session and its checks. Needs `get` on the Bot. */
        get: operations["botProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/_proof/bot/{namespace}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last three jobs of a Bot with every row, the session and its checks. Needs `get` on the Bot. */
        get: operations["botProofByName"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/_proof/databento": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The newest calls to Databento and the sessions that stand on them, over all namespaces. Needs `get` on the nonResourceURL /assayer/proof/databento. */
        get: operations["databentoProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/_proof/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which Integrations are configured, connected and used, whether jobs stop where a required source fails, and what is connected and not used. Needs `get` on the nonResourceURL /assayer/proof/integrations. */
        get: operations["integrationsProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every Bot that the caller may read: those of namespaces in which they may `get` Bots. Answered from memory, with an ETag; who sends it as If-None-Match is answered 304 where nothing has changed. */
        get: operations["bots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A Bot with its spec and conditions, and what the caller may do to it. Needs `get` on it. */
        get: operations["bot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sets the Bot's stopPolicy to Hold: no further cycle starts. Done with the caller's own token, who must be allowed to `patch` it. */
        post: operations["holdBot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What a Bot did: its jobs, the newest first, each with what came of it. Needs `get` on the Bot. */
        get: operations["botJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How the strategies of a Bot descend from each other over its rounds of research: whom each was made from and how, and which gate refused it. Needs `get` on the Bot. */
        get: operations["botLineage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/reports/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What a backtest computed: figures, trades, and the equity that follows from them. Needs `get` on the Bot. */
        get: operations["botReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/reports/{jobId}/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The bars of a backtest as a chart shows them, and its trades on them. Needs `get` on the Bot. */
        get: operations["botReportBars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/reports/{jobId}/html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description All of that as one HTML document that needs nothing else, with the round of research of the backtest's cycle. The same rows give the same bytes. Needs `get` on the Bot. */
        get: operations["botReportHtml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sets the Bot's resetAt to now: what it is judged by is counted from then on, rows stay. It clears no latch, no loss budget, no count of looks at a hold-out and no trial of a lineage, and cannot be taken back. Needs `patch` and the verb `reset`. */
        post: operations["resetBot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sets the Bot's stopPolicy to None, likewise. What the stage's policy stops stays stopped. */
        post: operations["resumeBot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Asks for one job at once, by an annotation with a trace. The planner starts it once, where nothing is in the way that would keep a slot from its job, and else the Bot says why not; `run` tells what came of it. It fills no slot of the cadence. Needs `patch`. */
        post: operations["runBot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bots/{namespace}/{name}/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Rounds of research for a Bot with their gates and refusals, and of one round its trials. Needs `get` on the Bot. */
        get: operations["botTrials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Server-sent events. `bots`: {changed: [Bot as in GET /api/bots], gone: [{namespace, name}]}, those that the caller may read. `system`: GET /api/system/status has changed. `integrations`: {namespaces}, whose Integrations have changed. `refetch`: {reason}, read everything anew; comes first, unless Last-Event-ID is the newest event. `signedOut`: {reason}, the last event. A comment every 15 s says that the stream lives. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Checks the forms of a credential and writes the Secret that the Integration names, by server-side apply with the caller's own token; then asks for a handshake. Needs `list` on Integrations, and `create` and `patch` on that Secret. */
        post: operations["setCredentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every Integration, configured, connected, used and failing closed told apart, and every provider without one. Needs `list` on Integrations, in the namespace that is asked for or in all. */
        get: operations["integrationsStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/test-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Has the gateway make one harmless call, which is not use by a Bot. Needs `list` and `patch` on the namespace's Integrations. */
        post: operations["testIntegration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Has the gateway make a handshake at once. Needs `list` and `patch` on the namespace's Integrations. */
        post: operations["verifyIntegration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{namespace}/{name}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The keys of an Integration with their last characters, read with the caller's own token and kept nowhere. Needs `get` on the Integration and on its Secret. */
        get: operations["integrationKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{namespace}/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The newest 20 rows of an Integration, of whatever purpose and outcome. Needs `get` on it. */
        get: operations["integrationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{namespace}/{name}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Rows of an Integration counted by quarters of an hour. Needs `get` on it. */
        get: operations["integrationUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{namespace}/{name}/verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The newest 20 handshakes of an Integration. Needs `get` on it. */
        get: operations["integrationVerifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What each StagePolicy says, its hash, and whether it can be obeyed. Needs `list` on StagePolicies. */
        get: operations["policies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Rows of the request log, the newest first, as JSON or as a table. Every row needs `get` on the nonResourceURL /assayer/proof/requests; without it those of Bots that the caller may get. */
        get: operations["requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One row. Needs `get` on its Bot, or on the nonResourceURL /assayer/proof/requests. */
        get: operations["request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runbook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every reason with who acts, what to do, whether it passes by itself and what it closes; every provider with its keys. Needs nothing. */
        get: operations["runbook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who is signed in, and facts of the installation. Answers also who is not signed in. */
        get: operations["session"];
        put?: never;
        /** @description Signs in: the cookie that comes back stands for the token wherever a bearer token may, until the token expires, 12 hours at most. */
        post: operations["signIn"];
        /** @description Signs out: the browser forgets the session. The token itself goes on until it expires. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description For a browser: begins to sign in at the OpenID Connect issuer of the installation, if one is set. */
        get: operations["signInAtIssuer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description For a browser: where the issuer sends it back to (RFC 6749, section 4.1.2). */
        get: operations["signedInAtIssuer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whether the installation and each Bot that the caller may read can start: BLOCKED, DEGRADED or OK, six gates with their evidence, and what to do. Needs `get` on the nonResourceURL /assayer/proof/system. */
        get: operations["systemStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Something that a person may do to a Bot. */
        Action: "hold" | "resume" | "run" | "reset";
        /** @description An action, and whether the caller may take it. */
        ActionAnswer: {
            /** @description Which. */
            action: components["schemas"]["Action"];
            /** @description Whether the caller has every right that it needs. */
            allowed: boolean;
            /** @description The same in a sentence. */
            message: string | null;
            /** @description Why not; null where they may. */
            reasonCode: components["schemas"]["ReasonCode"] | null;
            /** @description What to do about it, such as the command that grants the right. */
            suggestedFix: string | null;
        };
        /** @description A job that is queued or running. */
        ActiveJob: {
            /** @description Id of its row in `bot_jobs`. */
            id: string;
            /** @description What it does. */
            jobType: string;
            /** @description When a pod took it; absent while it is queued. */
            startedAt?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"] | null;
            /** @description Trace that all rows of its cycle carry. */
            traceId: string;
        };
        /** @description A job that is queued or running. */
        ActiveJobAnswer: {
            /**
             * Format: uuid
             * @description Id of its row in `bot_jobs`.
             */
            id: string;
            /** @description What it does. */
            jobType: string;
            /**
             * Format: date-time
             * @description When a pod took it; null while it is queued.
             */
            startedAt: string | null;
            /**
             * Format: uuid
             * @description Trace that all rows of its cycle carry.
             */
            traceId: string;
        };
        /** @description What a Bot does now. */
        Activity: {
            /** @description The job at work, if there is one. */
            activeJob?: components["schemas"]["ActiveJob"] | null;
            /** @description The same in a sentence. */
            message: string;
            /** @description Why it is in this state. */
            reasonCode: string;
            /** @description Since when it is in this state. */
            since?: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"] | null;
            /** @description The state. */
            state: components["schemas"]["ActivityState"];
        };
        /** @description The states of a Bot. */
        ActivityState: "Backtesting" | "Improving" | "Evolving" | "Queued" | "Idle" | "Stopped";
        /** @description A language model that is asked for strategies. */
        Adviser: {
            /** @description The model, as the vendor names it. */
            model: string;
            /** @description The vendor. */
            provider: components["schemas"]["Provider"];
        };
        /** @description How much an evolution may ask of a language model. */
        AiSuggestions: {
            /**
             * Format: uint32
             * @description Strategies in one round, at most; each that is accepted takes one of its trials.
             * @default 4
             */
            maxPerRound: number;
            /**
             * Format: uint32
             * @description Tokens of the answer, at most. With the prompt they count against `spec.ai.dailyTokens`.
             * @default 2048
             */
            maxTokens: number;
        };
        /** @description A verdict. */
        Answer: "PASS" | "FAIL" | "UNKNOWN";
        /** @description Reasons that belong together. */
        AreaAnswer: {
            /** @description The reasons. */
            reasons: components["schemas"]["ReasonEntry"][];
            /** @description What they have in common, as a heading. */
            title: string;
        };
        /** @description An autonomy score. */
        Autonomy: {
            /**
             * Format: int32
             * @description The number, from 0 to 100.
             */
            score: number;
            /** @description Its tier. */
            tier: string;
        };
        /** @description Whether Bots work by themselves as often as their policy says. */
        AutonomyAnswer: {
            /** @description The Bots that the caller may read; where `limit` leaves some out, those that were silent for longest. */
            bots: components["schemas"]["BotAnswer2"][];
            /**
             * Format: uint
             * @description Bots that the caller may read and that `limit` left out.
             */
            bots_left_out: number;
            /**
             * Format: uint
             * @description Bots that count and that the caller may not read.
             */
            bots_not_shown: number;
            /** @description Jobs and rows by quarter of an hour. */
            buckets: components["schemas"]["Bucket2"][];
            /**
             * Format: date-time
             * @description When this was read: the window's end.
             */
            generated_at: string;
            /**
             * Format: int64
             * @description Kubernetes Jobs that were created for them.
             */
            jobs_created: number;
            /**
             * Format: int64
             * @description Jobs of which rows were written in the window.
             */
            jobs_enqueued: number;
            /** @description What was missed in the window and does not count against the verdict: it has a reason that is allowed, or is over. */
            missed: components["schemas"]["MissedAnswer"][];
            /**
             * Format: uint
             * @description Of both, those that `limit` left out.
             */
            missed_left_out: number;
            /**
             * Format: uint
             * @description Of both, those about Bots that the caller may not read.
             */
            missed_not_shown: number;
            /** @description The newest runs, the newest first. */
            planner_runs: components["schemas"]["RunRow"][];
            /**
             * Format: int64
             * @description Completed runs of the planner in the window.
             */
            planner_runs_total: number;
            /** @description What made the verdict FAIL, or UNKNOWN. */
            reasons: components["schemas"]["MissedAnswer"][];
            /**
             * Format: date-time
             * @description The window's beginning.
             */
            since: string;
            /**
             * Format: int64
             * @description Slots of all Bots that ended in the window; null where nothing is expected of any.
             */
            slots_expected: number | null;
            /**
             * Format: int64
             * @description Those of them that a job filled; null where nothing is expected of any.
             */
            slots_filled: number | null;
            /**
             * Format: int64
             * @description Those that had no work (`NO_NEW_INFORMATION`), each by a row of the planner; null where nothing is expected of any.
             */
            slots_idle: number | null;
            /** @description Whether they did. */
            verdict: components["schemas"]["Answer"];
        };
        /** @description Consecutive bars as one. Prices and volume are in decimal strings, so nothing is rounded. */
        BarBucket: {
            /**
             * Format: uint32
             * @description How many bars; one at least.
             */
            bars: number;
            /** @description Close of its last bar. */
            close: string;
            /**
             * Format: date-time
             * @description Start of its first bar.
             */
            from: string;
            /** @description Highest price of its bars. */
            high: string;
            /** @description Lowest price of its bars. */
            low: string;
            /** @description Open of its first bar. */
            open: string;
            /**
             * Format: date-time
             * @description Start of its last bar.
             */
            to: string;
            /** @description Contracts or units that were traded in all of its bars. */
            volume: string;
        };
        /** @description What the gateway measured in the bars of one answer. */
        BarQuality: {
            /** @description How the bars compare with the sessions of their market; none where no calendar is known. */
            calendar: components["schemas"]["CalendarQuality"] | null;
            /** @description Why there is none. */
            calendar_unknown?: string | null;
            /**
             * Format: int64
             * @description Bars that start when another one starts.
             */
            duplicates: number;
            /** @description Fields of bars that are there; none where an earlier version measured. A bar that lacks one is not used and counts as missing. */
            fields?: components["schemas"]["Bars"] | null;
            /**
             * Format: int64
             * @description Bars with a price that is no multiple of the tick.
             */
            off_tick: number;
            /**
             * Format: int64
             * @description Bars with a price that is not above zero, or a low or high that open or close goes beyond.
             */
            ohlc_violations: number;
            /**
             * Format: int64
             * @description Bars that start before the one in front of them.
             */
            unordered: number;
        };
        /** @description Bars of open, high, low, close and volume, by their length. */
        BarSchema: "ohlcv-1s" | "ohlcv-1m" | "ohlcv-1h" | "ohlcv-1d";
        /** @description How many bars, or fields of bars, there are, and how many there could be. */
        Bars: {
            /**
             * Format: int64
             * @description Those that the calendar, or the bars, have room for.
             */
            expected: number;
            /**
             * Format: int64
             * @description Those that are there.
             */
            present: number;
        };
        /** @description What decides how long an answer counts. */
        Basis: "release";
        /** @description A gate that is not proven. */
        Blocker: {
            /** @description What was measured; absent where nothing measures it. */
            measured?: string | null;
            /** @description What is missing, with names and numbers. */
            message: string;
            /** @description Which gate, or why it is closed. */
            reasonCode: string;
            /** @description What the policy requires. */
            required?: string | null;
            /** @description What to do about it. */
            suggestedFix: string;
        };
        /** @description What is in the way. */
        Blocker2: {
            /**
             * Format: uint
             * @description Bots that it concerns; null where it concerns the installation.
             */
            bots: number | null;
            /** @description What it rests on. */
            evidence: components["schemas"]["Evidence"][];
            /** @description What was measured; null where the message says all. */
            measured: string | null;
            /** @description The same as the reason, with names and numbers. */
            message: string;
            /** @description Why. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description What is required; null where the message says all. */
            required: string | null;
            /** @description What it belongs to. */
            scope: components["schemas"]["ScopeAnswer"];
            /** @description The source that it is about; null where it is about none. */
            source: components["schemas"]["Source"] | null;
            /** @description Whether it blocks or only degrades. */
            status: components["schemas"]["Status"];
            /** @description What to do about it. */
            suggested_fix: string;
        };
        /** @description A gate that is not proven. */
        BlockerAnswer: {
            /** @description What was measured; null where nothing measures it. */
            measured: string | null;
            /** @description What is missing, with names and numbers. */
            message: string;
            /** @description Which gate, or why it is closed. */
            reasonCode: string;
            /** @description What the policy requires. */
            required: string | null;
            /** @description What to do about it. */
            suggestedFix: string;
        };
        /**
         * @description Enters long when a bar closes more than `width` standard deviations (population) of the last `length` closes below their average;
         *     exits when one closes at the average or above. With `LongShort` also the mirror image.
         */
        BollingerFade: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Closes in average and deviation, the bar's own included.
             */
            length: number;
            /** @description Half the width of the band in standard deviations, such as `"2"`. */
            width: string;
        };
        /** @description A Bot. */
        BotAnswer: {
            /** @description Its autonomy score; null is unknown. */
            autonomy: components["schemas"]["Autonomy"] | null;
            /** @description Why `autonomy` is null. */
            autonomyReason: string | null;
            /** @description What keeps it from its next stage, the first to clear first; null where the controller has not said it yet. */
            blockers: components["schemas"]["BlockerAnswer"][] | null;
            /** @description Its UID. */
            botId: string;
            /** @description What it does now; null where the controller has not said it yet. */
            botNow: components["schemas"]["BotNow"] | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            createdAt: string | null;
            /** @description Whether it is being deleted. */
            deleting: boolean;
            /** @description What it trades. */
            instrument: components["schemas"]["Instrument"];
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /** @description Whether every gate to the next stage is proven; null where the controller has not said it yet. */
            promotable: components["schemas"]["Standing"] | null;
            /** @description The last completed cycle; null where none has completed. */
            proof: components["schemas"]["Proof"] | null;
            /** @description What the last completed cycle proves of each kind of source, always in the same order. */
            sources: components["schemas"]["SourceMark"][];
            /** @description Rung of the ladder; null where the controller has not said it yet. */
            stage: components["schemas"]["Stage"] | null;
            /** @description The family of its strategy, such as smaCross. */
            strategyFamily: string;
            /** @description Why some of the above are null. */
            unknownReason: string | null;
        };
        /** @description A Bot. */
        BotAnswer2: {
            /** @description Its namespace and name. */
            bot: string;
            /**
             * Format: uuid
             * @description Its UID.
             */
            bot_id: string;
            /**
             * Format: uint64
             * @description Seconds from slot to slot; null where nothing is expected.
             */
            cadence_s: number | null;
            /**
             * Format: int64
             * @description The longest time from one slot with a job or without work to the next, or until now; null where nothing is expected.
             */
            longest_silent_gap_s: number | null;
            /** @description Why nothing is expected; null where something is. */
            nothing_expected_reason: components["schemas"]["ReasonCode"] | null;
            /**
             * Format: date-time
             * @description Since when it is counted.
             */
            since: string;
            /**
             * Format: int64
             * @description Slots that ended since then; null where nothing is expected.
             */
            slots_expected: number | null;
            /**
             * Format: int64
             * @description Slots that a job filled since then, the present one among them; null where nothing is expected.
             */
            slots_filled: number | null;
            /**
             * Format: int64
             * @description Slots since then that had no work; null where nothing is expected.
             */
            slots_idle: number | null;
            /** @description Its stage. */
            stage: components["schemas"]["Stage"];
        };
        /** @description A Bot. */
        BotAnswer3: {
            /** @description Whether its jobs start and may call. */
            autonomy_allowed: boolean;
            /** @description What is in its way or does not fully work, what blocks first. */
            blockers: components["schemas"]["Blocker2"][];
            /** @description Its namespace and name. */
            bot: string;
            /** @description Its UID. */
            bot_id: string | null;
            /** @description Whether it may start, by the function that its jobs obey. */
            readiness: components["schemas"]["Status"];
            /** @description Its stage. */
            stage: components["schemas"]["Stage"];
        };
        /** @description The Bot as its custom resource says. */
        BotFacts: {
            /** @description What it does now. */
            activity: components["schemas"]["Activity"] | null;
            /** @description Gates to the next stage that are not proven. */
            blockers: components["schemas"]["Blocker"][] | null;
            /** @description Its conditions. */
            conditions: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Condition"][] | null;
            /**
             * Format: uuid
             * @description Its UID.
             */
            id: string;
            /** @description What it trades. */
            instrument: components["schemas"]["Instrument"] | null;
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /** @description What the last completed cycle proves, in a word. */
            proof: string | null;
            /** @description Rung of the ladder. */
            stage: components["schemas"]["Stage"] | null;
            /** @description Hash of the strategy in the spec now. */
            strategy_hash: string | null;
            /** @description Why some of the above are null. */
            unknown_reason: string | null;
        };
        /** @description Which Bot. */
        BotKey: {
            /**
             * Format: uuid
             * @description Its UID.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
        };
        /** @description What a Bot does now. */
        BotNow: {
            /** @description The job at work; null where none is. */
            activeJob: components["schemas"]["ActiveJobAnswer"] | null;
            /** @description The same in a sentence. */
            message: string;
            /** @description Why it is in this state. */
            reasonCode: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string | null;
            /** @description The state. */
            state: components["schemas"]["ActivityState"];
            /** @description What to do about it; null where this version does not know the reason. */
            suggestedFix: string | null;
        };
        /** @description Proof of what a Bot did last. */
        BotProof: {
            /** @description The Bot as its custom resource says. */
            bot: components["schemas"]["BotFacts"];
            /**
             * Format: date-time
             * @description When this was read.
             */
            generated_at: string;
            /** @description The last jobs, the newest first. */
            jobs: components["schemas"]["JobProof"][];
        };
        /** @description The Bots that the caller may read. */
        BotsAnswer: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /** @description By namespace and name. */
            bots: components["schemas"]["BotAnswer"][];
            /**
             * Format: uint
             * @description Namespaces with Bots that the caller may not read; null where that is not for them to know.
             */
            namespacesNotShown: number | null;
            /** @description Why `namespacesNotShown` is null. */
            namespacesNotShownReason: string | null;
            /** @description Why it may have changed since; null where the cluster is being listened to. */
            stale: components["schemas"]["Stale"] | null;
        };
        /** @description Rows that began within a stretch of time. */
        Bucket: {
            /**
             * Format: int64
             * @description Calls of Bots' jobs that did not.
             */
            failed: number;
            /**
             * Format: date-time
             * @description Its beginning.
             */
            from: string;
            /**
             * Format: int64
             * @description Uses: calls of Bots' jobs that succeeded or were served.
             */
            used: number;
            /**
             * Format: int64
             * @description Handshakes and calls that people asked for.
             */
            verified: number;
        };
        /** @description A quarter of an hour. */
        Bucket2: {
            /**
             * Format: date-time
             * @description Its beginning.
             */
            from: string;
            /**
             * Format: int64
             * @description Jobs that were enqueued in it.
             */
            jobs: number;
            /**
             * Format: int64
             * @description Rows of the request log that were written in it.
             */
            requests: number;
        };
        /** @description What the Bots of a stage may use together. */
        Budgets: {
            /**
             * Format: uint32
             * @description Looks at the held-out bars by all Bots of one instrument root in one quarter (UTC).
             */
            holdoutReadsPerQuarterPerRoot?: number | null;
            /**
             * @description What all Bots of the stage may pay for language models in one UTC day, in USD, by the prices of `spec.ai.prices` or the price
             *     that a vendor says itself. A call that could go beyond is not made, nor one of a model without a price. Absent: their tokens
             *     alone are counted.
             */
            maxAiUsdPerDay?: string | null;
            /**
             * Format: uint32
             * @description Cycles, each of which begins with a backtest, that may be queued or running at once; a Bot that is due beyond them waits, the
             *     longest waiting first.
             */
            maxConcurrentBacktests: number;
            /**
             * Format: uint32
             * @description Seconds of one processor that the cycles of one hour may use. A cycle counts with the whole time that it may take until it has
             *     ended, then with the time that it took. Absent: no limit.
             */
            maxCpuSecondsPerHour?: number | null;
            /**
             * @description What all backtests of the stage may pay vendors for bars in one UTC day, in USD. A vendor is asked for the price before
             *     each call that costs; a call beyond this is not made, and the Bot says what it would have cost. "0" buys nothing.
             */
            maxDataUsdPerDay: string;
            /**
             * Format: uint32
             * @description Evolutions of all Bots that may be planned within an hour.
             */
            maxEvolutionsPerHour?: number | null;
            /**
             * Format: uint32
             * @description Improvements of all Bots that may be planned within an hour.
             */
            maxImprovementsPerHour?: number | null;
            /**
             * Format: uint32
             * @description Trials of all Bots of one instrument root in one UTC day: they share the data, and each trial is a chance to be lucky.
             */
            maxTrialsPerDayPerRoot?: number | null;
        };
        /**
         * @description Bars against a session calendar. A bar is expected wherever its time meets a session, in the range that was asked for and on
         *     the days on which the symbol stands for an instrument.
         */
        CalendarQuality: {
            /** @description Bars in all other trading hours. */
            eth: components["schemas"]["Bars"];
            /**
             * Format: int64
             * @description Minutes of the longest run of expected bars that are not there, closed hours left out.
             */
            longest_gap_minutes: number;
            /**
             * Format: date-time
             * @description Where that run begins.
             */
            longest_gap_start?: string | null;
            /** @description Name of the calendar. */
            name: string;
            /**
             * Format: int64
             * @description Bars outside every session.
             */
            outside: number;
            /** @description Bars in regular trading hours. */
            rth: components["schemas"]["Bars"];
            /**
             * Format: int64
             * @description Trade dates with at least one bar.
             */
            sessions: number;
        };
        /** @description The money that a Bot is measured against: the base of its drawdown and its Sharpe ratio. No margin is modelled. */
        Capital: {
            /** @description Amount, above zero, for example `"10000"`. */
            amount: string;
            /** @description Currency of the amount, of the fees and of the contract's multiplier, for example `USD`. */
            currency: string;
        };
        /** @description Jobs of a stage against a source that it requires. */
        Closed: {
            /**
             * Format: uint
             * @description Bots that stand at the stage now.
             */
            bots: number;
            /**
             * Format: int64
             * @description Those in which a call to the source failed, and no like call succeeded after it.
             */
            failed: number;
            /**
             * Format: int64
             * @description Jobs.
             */
            jobs: number;
            /** @description Their ids, the newest first; at most 100. */
            offending_job_ids: string[];
            /**
             * Format: date-time
             * @description From when on jobs are counted, by when they were planned.
             */
            since: string;
            /** @description The source. */
            source: components["schemas"]["Source"];
            /** @description The stage. */
            stage: components["schemas"]["Stage"];
            /** @description `FAIL` where one went on, `UNKNOWN` where there was no job, else `PASS`. */
            verdict: components["schemas"]["Word"];
            /**
             * Format: int64
             * @description Those of these that succeeded or posted a session all the same. Must be 0.
             */
            went_on: number;
        };
        /** @description A condition. */
        ConditionAnswer: {
            /** @description The same in a sentence. */
            message: string;
            /** @description Why. */
            reasonCode: string;
            /**
             * Format: date-time
             * @description Since when the status is what it is.
             */
            since: string | null;
            /** @description `True`, `False` or `Unknown`. */
            status: string;
            /** @description What to do about it; null where this version does not know the reason. */
            suggestedFix: string | null;
            /** @description Which. */
            type: string;
        };
        /** @description The keys of an Integration's Secret against what its vendor needs. */
        CredentialCheck: {
            /** @description Keys whose value looks unlike the vendor's others and is used all the same, in a sentence each. */
            doubts: string[];
            /** @description Names of keys whose value cannot be one of the vendor's. */
            malformed: string[];
            /** @description Names of required keys that are not there. */
            missing: string[];
        };
        /** @description Sessions that name rows which do not exist. */
        Dangling: {
            /** @description Those that name such a row. Must be empty. */
            sessions: components["schemas"]["DanglingSession"][];
            /**
             * Format: int64
             * @description How many of the newest sessions were searched.
             */
            sessions_searched: number;
        };
        /** @description A session that names a row which does not exist. */
        DanglingSession: {
            /**
             * Format: uuid
             * @description The session.
             */
            id: string;
            /**
             * Format: uuid
             * @description Its job.
             */
            job_id: string;
            /** @description The names that lead nowhere. */
            missing_request_ids: string[];
        };
        /** @description Which sides a strategy may hold. */
        Direction: "LongOnly" | "LongShort";
        /** @description A distance between two prices; never less than one tick. */
        Distance: {
            /** Format: int32 */
            ticks: number;
        } | {
            atr: string;
        };
        /**
         * @description Enters long when a bar closes above the highest high of the `entry` bars before it; exits when one closes below the lowest low
         *     of the `exit` bars before it.
         *
         *     With `LongShort` also the mirror image: short below the lowest low of `entry` bars, out above the highest high of `exit` bars.
         *     A close that leaves the entry channel on the other side turns the position round.
         */
        DonchianBreakout: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars in the channel that a close must leave to enter.
             */
            entry: number;
            /**
             * Format: int32
             * @description Bars in the channel that a close must leave to exit; at most `entry`.
             */
            exit: number;
        };
        /** @description One Integration, or a provider without one. */
        Entry: {
            /** @description Kind of source; `notification` or `storage` where it is none. */
            category: string;
            /** @description Whether every key is there and has its form; null is unknown. */
            configured: boolean | null;
            /** @description Why `configured` is not true. */
            configured_reason: string | null;
            /** @description Whether the last handshake or call succeeded, within `connectedFor`; null is unknown. */
            connected: boolean | null;
            /** @description Why `connected` is not true. */
            connected_reason: string | null;
            /** @description Keys that look unlike the vendor's others and are used all the same. */
            doubts: string[];
            /** @description Address that stands in for the vendor's own; null is the vendor's own. */
            endpoint_override: string | null;
            /** @description Whether the stage requires the provider's kind of source, of which the provider counts; null is unknown. */
            fail_closed: {
                [key: string]: boolean | null;
            };
            /** @description Why a stage is not true. */
            fail_closed_reasons: {
                [key: string]: string;
            };
            /** @description Where each key is found, and what its values look like. */
            hints: components["schemas"]["KeyHint"][];
            /**
             * Format: date-time
             * @description When a Bot's job last used it, within the last 30 days.
             */
            last_used_at: string | null;
            /** @description Its namespace and name. */
            last_used_by_bot: string | null;
            /**
             * Format: uuid
             * @description UID of that Bot.
             */
            last_used_by_bot_id: string | null;
            /** @description Why the four above are null. */
            last_used_reason: string | null;
            /**
             * Format: uuid
             * @description The trace of that use.
             */
            last_used_trace_id: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            last_verified_at: string | null;
            /** @description Why the three above are null. */
            last_verify_reason: string | null;
            /** @description How it ended. */
            last_verify_status: components["schemas"]["Outcome"] | null;
            /**
             * Format: uuid
             * @description The trace of its row.
             */
            last_verify_trace_id: string | null;
            /** @description The same in a sentence. */
            message: string;
            /** @description Required keys that are not there; null where nobody knows. */
            missing_env_vars: string[] | null;
            /** @description Why `missing_env_vars` is null. */
            missing_env_vars_reason: string | null;
            /** @description Name of the Integration; null where there is none. */
            name: string | null;
            /** @description Namespace of the Integration; null where there is none, unless one was asked for. */
            namespace: string | null;
            /** @description Names of keys that it may have. */
            optional_env_vars: string[];
            /** @description Which plan or licence is needed, and what its lack looks like. */
            plan: string;
            /**
             * Format: int64
             * @description Calls of Bots' jobs that succeeded or were served within the last 24 hours; null is unknown.
             */
            proof_of_use_count_24h: number | null;
            /** @description Why `used` and `proof_of_use_count_24h` are null. */
            proof_of_use_reason: string | null;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Why it is in this state. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description Names of the keys that its Secret must have. */
            required_env_vars: string[];
            /** @description What its rows prove, in a word. */
            state: components["schemas"]["IntegrationState"];
            /** @description What to do about it. */
            suggested_fix: string;
            /** @description Whether the vendor has a harmless call that proves a key. */
            supports_verify: boolean;
            /** @description The vendor's name as it writes it. */
            title: string;
            /** @description Whether a Bot's job used it within `usedFor`; null is unknown. */
            used: boolean | null;
        };
        /**
         * @description An order that waits for its price, measured from the close that gave the signal. It is cancelled after `bars` bars, or when the
         *     strategy wants something else; each change of the strategy's mind places one order.
         */
        Entry2: {
            /**
             * Format: int32
             * @description Bars for which the order stands.
             * @default 1
             */
            bars: number;
            /**
             * Format: int32
             * @description Ticks beyond the stop up to which a `StopLimit` may be filled; for that order only.
             */
            limitTicks?: number;
            /** @description `Limit` waits for a better price, `Stop` for a worse one that confirms the move, `StopLimit` for the same with a bound. */
            order: components["schemas"]["EntryOrder"];
            /**
             * Format: int32
             * @description Ticks from the close: below it for a limit to buy, above it for a stop to buy; the other way round to sell.
             */
            ticks: number;
        };
        /** @description Kind of an order that enters a position. */
        EntryOrder: "Limit" | "Stop" | "StopLimit";
        /** @description Equity at one moment, by trades that were closed. */
        EquityPoint: {
            /** @description What it is below its highest until then, in decimals. */
            drawdown: string;
            /** @description Capital plus net of all trades until then, in decimals. */
            equity: string;
            /**
             * Format: date-time
             * @description When the trade ended; of the first point the start of the first bar.
             */
            time: string;
        };
        /** @description The newest rows, of whatever purpose. */
        Events: {
            /** @description The newest of the last 30 days, the newest first; at most 20. */
            events: components["schemas"]["UsageEvent"][];
            /** @description The Integration. */
            integration: components["schemas"]["Whose"];
        };
        /** @description A row, or an object of the cluster. */
        Evidence: {
            /**
             * Format: date-time
             * @description When it was written; null where that is not what counts.
             */
            at: string | null;
            /** @description Its id or name. */
            id: string;
            /** @description The table, or the kind of object. */
            kind: string;
        };
        /** @description How a back-test fills orders, and what they cost. */
        Execution: {
            /**
             * Format: int32
             * @description Bars by which each decision reaches the market later than it could: a stress of the strategy, 0 without. Stops and targets of
             *     a position rest at the broker, and are not late.
             */
            delayBars?: number;
            /** @description Commission and exchange fees per contract and side, in units of `capital.currency`, for example `"0.62"`. */
            feePerContract: string;
            /**
             * @description Price at which a signal is filled: `NextOpen`, the open of the bar after it, or `Close`, the close that gave it, which is
             *     optimistic: nobody can trade at a close that they have already seen.
             * @default NextOpen
             */
            fillAt: components["schemas"]["FillAt"];
            /**
             * @description How a bar that meets several orders is read. `WorstCase`, the only rule: where the stop and the target of a position lie
             *     within one bar, the stop was hit first; a limit is filled only where the bar trades through it; a gap fills at the open.
             */
            intraBar?: components["schemas"]["IntraBar"];
            /**
             * Format: int32
             * @description Ticks of `instrument.tickSize` by which each fill is worse than that price.
             */
            slippageTicks: number;
        };
        /** @description Why a trade ended. */
        ExitReason: "Signal" | "Reversal" | "Stop" | "TrailingStop" | "Target" | "TimeStop" | "SessionEnd" | "Roll" | "EndOfData";
        /**
         * @description Stop, target and limits of time of a position. Stop and target rest at the broker from the entry on, and one cancels the other.
         *     After such an exit the same side is entered again only once the strategy has wanted something else in between.
         */
        Exits: {
            /**
             * Format: int32
             * @description Bars of the average true range (Wilder's) that `atr` is a multiple of.
             */
            atrLength?: number;
            /**
             * Format: int32
             * @description Bars through which a position is held at most; then it is closed as by a signal.
             */
            maxBars?: number;
            /** @description Closes the position before its session ends. With the next session the same side may be entered again. */
            sessionEnd?: components["schemas"]["SessionEnd"];
            /** @description Loss at which the position is closed with a stop order: distance from the price of the entry before slippage. */
            stop?: components["schemas"]["Distance"];
            /** @description Profit at which the position is closed with a limit order: distance from the price of the entry before slippage. */
            target?: components["schemas"]["Distance"];
            /** @description Distance at which a stop order follows the best close since the entry. */
            trail?: components["schemas"]["Distance"];
        };
        /** @description What may stand in for the first provider's bars where that vendor fails. Whatever stands in is labelled and proves nothing. */
        Fallback: "None" | "AltProvider" | "Sim";
        /** @description What stood in for a vendor. */
        FallbackUse: {
            /**
             * Format: uuid
             * @description The row of the call that failed.
             */
            fallback_of: string;
            /** @description Registry name of the provider that answered. */
            provider: string;
            /**
             * Format: uuid
             * @description Its newest row.
             */
            request_id: string;
        };
        /** @description What a strategy did over some of the bars. */
        Figures: {
            /**
             * Format: uint32
             * @description Trade dates.
             */
            days: number;
            /** @description Net of the trades entered there, in units of the capital's currency. */
            net: string;
            /** @description Sharpe ratio of the daily changes of equity, per year; null where they do not differ. */
            sharpe: string | null;
            /**
             * Format: uint32
             * @description How many were entered there.
             */
            trades: number;
        };
        /** @description Price at which a signal is filled. */
        FillAt: "NextOpen" | "Close";
        /** @description When a position may be entered. All that is set must hold at the close that decides; what is held is held on. */
        Filter: {
            /** @description By the time within the session. */
            session?: components["schemas"]["SessionFilter"];
            /** @description By the side of a moving average on which the market closes. */
            trend?: components["schemas"]["TrendFilter"];
            /** @description By how volatile the market is, measured against its own recent past. */
            volatility?: components["schemas"]["VolatilityFilter"];
        };
        /** @description Why bars of a stretch of time may be missing. */
        GapCause: "unconfirmed" | "skipped" | "not_replayed" | "late" | "not_held";
        /** @description What a strategy must pass before it may challenge a Bot's own. */
        Gate: "Improvement" | "LookAhead" | "WarmUp" | "Trades" | "Folds" | "DeflatedSharpe" | "Overfitting" | "SuperiorAbility" | "CostStress" | "OneBarLate" | "Plateau" | "OneTrade" | "Drawdown" | "Regimes" | "Permutation" | "HoldOut";
        /** @description A gate with what it rests on. */
        GateAnswer: {
            /** @description What it rests on. */
            evidence: components["schemas"]["Evidence"][];
            /** @description Null is unknown, or required by nothing. */
            ok: boolean | null;
            /** @description The same in a sentence. */
            reason: string;
            /** @description Why. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description Whether something requires it. */
            required: boolean;
        };
        /** @description What one gate says. */
        GateResult: {
            /** @description Which gate. */
            gate: components["schemas"]["Gate"];
            /** @description What was measured; null where it could not be. */
            measured: string | null;
            /** @description Why it is closed; null where it is open. */
            reasonCode: components["schemas"]["ReasonCode"] | null;
            /** @description What is required. */
            required: string;
            /** @description Why nothing could be measured; null where it was. */
            unknown: string | null;
            /** @description Only `Proven` opens it. */
            verdict: components["schemas"]["Verdict"];
        };
        /**
         * @description Nodes by name, and which of them say what to hold.
         *
         *     A side is wanted as long as its condition holds; where there is a condition to leave it, from then on until that one holds. While
         *     `long` and `short` both hold, nothing is wanted.
         */
        Graph: {
            /** @description The condition at which a long position is no longer wanted; absent: as soon as `long` does not hold. */
            leaveLong?: string;
            /** @description The condition at which a short position is no longer wanted; absent: as soon as `short` does not hold. */
            leaveShort?: string;
            /** @description The condition at which long is wanted; absent: never. */
            long?: string;
            /**
             * @description Numbers and conditions by name: 1 to 40 letters, digits, `-` or `_`, and no name of a price. Each is looked at by another or
             *     named below.
             */
            nodes: {
                [key: string]: components["schemas"]["GraphNode"];
            };
            /** @description The condition at which short is wanted; absent: never. */
            short?: string;
        };
        /** @description How many bars an indicator of prices looks at. */
        GraphLength: {
            /**
             * Format: int32
             * @description How many bars.
             */
            bars: number;
        };
        /** @description Two numbers of which one is taken from the other. */
        GraphLess: {
            /** @description What is taken away. */
            less: string;
            /** @description What is taken from. */
            of: string;
        };
        /** @description One node: exactly one of these. What it looks at is named: `open`, `high`, `low`, `close`, or another node. */
        GraphNode: {
            number: string;
        } | {
            sma: components["schemas"]["GraphWindow"];
        } | {
            ema: components["schemas"]["GraphWindow"];
        } | {
            highest: components["schemas"]["GraphWindow"];
        } | {
            lowest: components["schemas"]["GraphWindow"];
        } | {
            ago: components["schemas"]["GraphWindow"];
        } | {
            atr: components["schemas"]["GraphLength"];
        } | {
            rsi: components["schemas"]["GraphLength"];
        } | {
            sum: components["schemas"]["GraphSeveral"];
        } | {
            difference: components["schemas"]["GraphLess"];
        } | {
            times: components["schemas"]["GraphTimes"];
        } | {
            above: components["schemas"]["GraphThan"];
        } | {
            below: components["schemas"]["GraphThan"];
        } | {
            all: components["schemas"]["GraphSeveral"];
        } | {
            any: components["schemas"]["GraphSeveral"];
        } | {
            not: components["schemas"]["GraphOne"];
        } | {
            begins: components["schemas"]["GraphOne"];
        };
        /** @description One condition. */
        GraphOne: {
            /** @description The condition. */
            of: string;
        };
        /** @description Two to eight nodes of a kind. */
        GraphSeveral: {
            /** @description Their names. */
            of: string[];
        };
        /** @description Two numbers that are compared. */
        GraphThan: {
            /** @description What is asked about. */
            of: string;
            /** @description What it is compared with. */
            than: string;
        };
        /** @description A number and how often it is taken. */
        GraphTimes: {
            /** @description How often, such as `"2.5"`. */
            by: string;
            /** @description The number. */
            of: string;
        };
        /** @description The last values of a number. */
        GraphWindow: {
            /**
             * Format: int32
             * @description How many bars.
             */
            bars: number;
            /** @description The number. */
            of: string;
        };
        /** @description A job of a cycle with what came of it. */
        HistoryJob: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            completedAt: string | null;
            /**
             * Format: date-time
             * @description When it was planned.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The slot of the cadence that it fills; of one that was asked for, when it was planned.
             */
            dueSlot: string;
            /**
             * Format: uuid
             * @description UUIDv7 of its row in `bot_jobs`.
             */
            id: string;
            /** @description The Kubernetes Job. */
            jobName: string;
            /** @description What it does. */
            jobType: components["schemas"]["JobType"];
            /** @description The same in a sentence. */
            message: string | null;
            /**
             * Format: int16
             * @description Its place in the cycle, from 0.
             */
            place: number;
            /** @description Hash of the policy that it ran under. */
            policyHash: string;
            /** @description Why it failed; null where it did not, or where a newer version wrote a reason that this one does not know. */
            reasonCode: components["schemas"]["ReasonCode"] | null;
            /** @description Whether somebody asked for it: it fills no slot. */
            requested: boolean;
            /** @description What its research found; null where it is none, or posted nothing. */
            research: components["schemas"]["ResearchFigures"] | null;
            /** @description What its backtest computed; null where it is none, or posted none. */
            session: components["schemas"]["SessionFigures"] | null;
            /** @description Stage of the release. */
            stage: components["schemas"]["Stage"];
            /**
             * Format: date-time
             * @description When a pod took it.
             */
            startedAt: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["JobStatus"];
            /** @description Hash of the strategy when the job was planned. */
            strategyHash: string;
            /**
             * Format: uuid
             * @description The cycle; its jobs and their rows share it.
             */
            traceId: string;
        };
        /** @description Which hours of a trade date are meant. A trade date is the market's own, not a UTC day: CME's begins at 17:00 in Chicago. */
        Hours: "All" | "Regular";
        /** @description When a market is open. */
        Hours2: "rth";
        /** @description Facts of the installation, which no custom resource and no API call can change. */
        InstallationAnswer: {
            /** @description `dev` or `prod`. */
            environment: string;
            /** @description Whether simulated bars may stand in for a vendor's. */
            simulates: boolean;
            /** @description Version of this API. */
            version: string;
        };
        /** @description The series of bars that a Bot trades on, and what one contract of it is worth. */
        Instrument: {
            /** @description Dataset of the market data provider, for example `GLBX.MDP3`. */
            dataset: string;
            /**
             * Format: int32
             * @description Divides what `multiplier` says, where a point is worth no whole number: a point of MYM is worth half a dollar, multiplier 1 and
             *     divisor 2. Absent: 1.
             */
            divisor?: number | null;
            /**
             * Format: int32
             * @description Days of history, counted back from the end of what the provider has, for example 150. Absent: all that it has, which for a
             *     futures dataset may be fifteen years of minutes.
             */
            lookbackDays?: number | null;
            /**
             * Format: int32
             * @description What one whole point of price is worth per contract, in units of `capital.currency`: 5 for MES.
             */
            multiplier: number;
            /** @description Length of a bar, by the provider's name for it. */
            schema: components["schemas"]["BarSchema"];
            /** @description One symbol of the dataset, for example `MESZ6` or `MES.v.0`. */
            symbol: string;
            /** @description Smallest step of the price, for example `"0.25"`. Every price of every bar must be a multiple of it. */
            tickSize: string;
        };
        /** @description From a day to before another, in UTC, a symbol stands for an instrument. */
        InstrumentDays: {
            /**
             * Format: date
             * @description First day after the last.
             */
            end: string;
            /**
             * Format: date
             * @description First day.
             */
            first: string;
            /** @description The vendor's own number or name of it. */
            instrument: string;
        };
        /** @description What is proven of an Integration. */
        IntegrationState: "NotConfigured" | "NotConnected" | "Degraded" | "Connected";
        /** @description Which Integrations are configured, connected and used, and whether what is required fails closed. */
        IntegrationsProof: {
            /** @description Integrations that are connected and that no job used within `usedFor`, each with its reason. */
            connected_unused: components["schemas"]["Unused"][];
            /**
             * @description Whether jobs stopped where a required source had failed, by stage and source. Stages at which no Bot stands and no job was
             *     planned are told, and keep no verdict from `PASS`.
             */
            fail_closed: components["schemas"]["Closed"][];
            /** @description Why `fail_closed` is empty; null where it is not. */
            fail_closed_reason: string | null;
            /**
             * Format: date-time
             * @description When this was read.
             */
            generated_at: string;
            /** @description Each Integration. */
            integrations: components["schemas"]["Line"][];
            /** @description How many there are of each. */
            totals: components["schemas"]["Totals"];
            /** @description `FAIL` where anything below fails, else `UNKNOWN` where anything is unknown, else `PASS`. */
            verdict: components["schemas"]["Word"];
            /** @description Every line that keeps the verdict from `PASS`. */
            verdict_reasons: string[];
        };
        /** @description Every Integration that was asked for, and every provider of the registry without one. */
        IntegrationsStatus: {
            /**
             * Format: date-time
             * @description When this was read.
             */
            generated_at: string;
            /** @description By namespace and name; providers without an Integration last. */
            integrations: components["schemas"]["Entry"][];
            /** @description The namespace that was asked for; null where all were. */
            namespace: string | null;
        };
        /** @description How a bar that meets several orders is read. */
        IntraBar: "WorstCase";
        /** @description One job, its rows over all sources, its session, and the checks. */
        JobProof: {
            /**
             * Format: int64
             * @description `metadata.generation` of the Bot that the job was planned from.
             */
            bot_generation: number;
            /**
             * Format: date-time
             * @description When it ended.
             */
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was planned.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description After this it is closed as JOB_TIMEOUT.
             */
            deadline: string;
            /**
             * Format: date-time
             * @description The slot of the cadence that it fills.
             */
            due_slot: string;
            /** @description What stood in for a vendor in this job, so that the job proves nothing; null where nothing did. */
            fallback: components["schemas"]["FallbackUse"] | null;
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description Symbol of the Bot's instrument when the job was planned. */
            instrument: string;
            /** @description The Kubernetes Job. */
            job_name: string;
            /** @description What it does. */
            job_type: components["schemas"]["JobType"];
            /** @description The same in a sentence. */
            message: string | null;
            /** @description Hash of the policy that it ran under. */
            policy_hash: string;
            /** @description Why it failed; null where it did not, or where a newer version wrote a reason that this one does not know. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /** @description Whether each request that the session names is a successful row of this job; null is unknown. */
            request_ids_resolve: boolean | null;
            /** @description Why `request_ids_resolve` is not true. */
            request_ids_resolve_reason: string | null;
            /** @description Its rows, the oldest first; at most 500. */
            requests: components["schemas"]["RequestRow"][];
            /**
             * Format: int64
             * @description Rows that the job has; more than `requests` holds only for a job with very many.
             */
            requests_total: number;
            /** @description What its runner posted. */
            session: components["schemas"]["Session"] | null;
            /** @description Why `session` is null. */
            session_reason: string | null;
            /** @description Stage of the release. */
            stage: components["schemas"]["Stage"];
            /**
             * Format: date-time
             * @description When a pod took it.
             */
            started_at: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["JobStatus"];
            /** @description Whether the session's strategy is that of its job and of the Bot now; null is unknown. */
            strategy_check: boolean | null;
            /** @description Why `strategy_check` is not true. */
            strategy_check_reason: string | null;
            /** @description Hash of the strategy when the job was planned. */
            strategy_hash: string;
            /** @description Whether the symbol that was used is the Bot's instrument; null is unknown. */
            symbol_check: components["schemas"]["SymbolCheck"] | null;
            /** @description Why `symbol_check` is not `exact`. */
            symbol_check_reason: string | null;
            /**
             * Format: uuid
             * @description The cycle; every row of the job carries it.
             */
            trace_id: string;
        };
        /** @description Where a job stands. The last three are final. */
        JobStatus: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT";
        /** @description What a job does. A job of one type never does the work of another. */
        JobType: "BACKTEST" | "IMPROVE" | "EVOLVE";
        /** @description A page of jobs. */
        JobsPage: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            botId: string;
            /** @description The newest first. Those of one `traceId` are one cycle, in the order of `place`. */
            jobs: components["schemas"]["HistoryJob"][];
            /**
             * Format: uuid
             * @description What to give as `before` for the next page; null where this is the last.
             */
            nextBefore: string | null;
        };
        /**
         * @description Enters long when a bar closes more than `width` average true ranges above the exponential average of the closes; exits when one
         *     closes below the average. With `LongShort` also the mirror image.
         */
        Keltner: {
            /**
             * Format: int32
             * @description Bars of the average true range (Wilder's).
             */
            atr: number;
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars of the exponential average.
             */
            length: number;
            /** @description Half the width of the band in average true ranges, such as `"2"`. */
            width: string;
        };
        /** @description One key. */
        KeyHint: {
            /** @description Other names under which it is found, too. */
            also: string[];
            /** @description What a value looks like. */
            expected: string;
            /** @description Where in the vendor's portal it is found. */
            hint: string;
            /** @description Its name in the Secret. */
            name: string;
            /** @description Whether it must be there. */
            required: boolean;
        };
        /** @description Rows counted by how they ended. */
        LastHour: {
            /** @description The same by outcome and reason. */
            by_outcome: components["schemas"]["OutcomeCount"][];
            /**
             * Format: date-time
             * @description Rows from here on are counted.
             */
            since: string;
            /**
             * Format: int64
             * @description How many rows.
             */
            total: number;
        };
        /** @description One Integration. */
        Line: {
            /** @description Whether every key is there and has its form; null is unknown, for `reason_code`. */
            configured: boolean | null;
            /** @description Whether the last handshake or call succeeded; null is unknown, for `reason_code`. */
            connected: boolean | null;
            /** @description Whether the stage requires the provider's kind of source, of which the provider counts; null is unknown. */
            fail_closed: {
                [key: string]: boolean | null;
            };
            /** @description Why a stage is not true. */
            fail_closed_reasons: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description The newest use within the last 30 days; null where there is none.
             */
            last_used_at: string | null;
            /**
             * Format: uuid
             * @description UID of the Bot that made it.
             */
            last_used_by_bot_id: string | null;
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /** @description Registry name of its provider. */
            provider: string;
            /** @description Why. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description What its rows prove. */
            state: components["schemas"]["IntegrationState"];
            /**
             * Format: int64
             * @description Uses of the last hour.
             */
            uses_1h: number;
        };
        /** @description Strategies of a Bot over its rounds. */
        LineagePage: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            botId: string;
            /**
             * Format: uuid
             * @description What to give as `before` for the next page; null where this is the last.
             */
            nextBefore: string | null;
            /** @description The newest first. */
            rounds: components["schemas"]["LineageRound"][];
        };
        /** @description A round of research with the strategies that matter in it. */
        LineageRound: {
            /**
             * Format: date-time
             * @description When its report was stored.
             */
            createdAt: string;
            /**
             * Format: int64
             * @description Trials of the lineage that were there when the round was planned, by whichever Bot: all of them count against what it finds.
             */
            earlierTrials: number;
            /** @description The family that it searched. */
            family: string;
            /**
             * Format: uuid
             * @description Its job.
             */
            jobId: string;
            /** @description What the job did. */
            jobType: components["schemas"]["JobType"];
            /** @description The instrument root; with the family, the lineage. */
            root: string;
            /**
             * @description The Bot's own, the five best by score, the one that the gates speak of, the candidate, and all that those were made from in this
             *     round; the best first, those that could not be run last.
             */
            strategies: components["schemas"]["LineageStrategy"][];
            /** @description Why `strategies` is empty; null where it is not. */
            strategiesReason: string | null;
            /**
             * Format: uuid
             * @description The cycle.
             */
            traceId: string;
            /**
             * Format: int32
             * @description Trials that it added.
             */
            trials: number;
        };
        /** @description A strategy in one round. */
        LineageStrategy: {
            /** @description Whether the gates speak of it. */
            best: boolean;
            /** @description Whether it became a candidate. */
            candidate: boolean;
            /** @description The first gate that did not open; null where all did, or the gates do not speak of it. */
            closedGate: components["schemas"]["GateResult"] | null;
            /**
             * Format: uuid
             * @description The round that tried it first, which may be this one; null where that was another Bot's.
             */
            firstJobId: string | null;
            /**
             * Format: date-time
             * @description When the strategy was tried first in the lineage.
             */
            firstTriedAt: string;
            /** @description Whether it was the Bot's own when the round was planned. */
            own: boolean;
            /** @description Its hash, the same in every round. */
            strategyHash: string;
            /** @description What it is, whom it was made from and how, what it did, and why it is no challenger; null where nobody can read it. */
            trial: components["schemas"]["Trial"] | null;
            /** @description Why `trial` is null. */
            trialReason: string | null;
        };
        /** @description What came of a handshake or a call that was asked for. */
        Made: {
            /**
             * Format: int32
             * @description The vendor's HTTP status; null where it did not answer, or nothing was sent.
             */
            http_status: number | null;
            /**
             * Format: int64
             * @description Milliseconds from the first byte sent to the last received.
             */
            latency_ms: number | null;
            /** @description The same in a sentence. */
            message: string;
            /** @description Name of the Integration. */
            name: string;
            /** @description Namespace of the Integration. */
            namespace: string;
            /** @description `verify` or `test`. */
            operation: components["schemas"]["Operation"];
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Why it did not succeed. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /** @description How it ended; null where it has not yet. */
            status: components["schemas"]["Outcome"] | null;
            /** @description What to do about it; null where nothing is to be done. */
            suggested_fix: string | null;
            /**
             * Format: uuid
             * @description The trace that its row carries, or will carry.
             */
            trace_id: string;
        };
        /** @description A mark. A connection that stands and was not used is none of these. */
        Mark: "proven" | "refuted" | "unknown" | "notApplicable";
        /** @description The keys of an Integration, as far as they may be shown. */
        Masked: {
            /** @description The provider's keys; computed now, and kept nowhere. */
            keys: components["schemas"]["MaskedKey"][];
            /** @description Name of the Secret. */
            secret: string;
        };
        /** @description One key. */
        MaskedKey: {
            /** @description Its last four characters, or none where those would tell something; null where the Secret does not have it. */
            masked: string | null;
            /** @description Its name. */
            name: string;
            /** @description Whether it must be there. */
            required: boolean;
        };
        /** @description Something that was missed. */
        MissedAnswer: {
            /** @description The Bot that it concerns; null where it concerns the installation. */
            bot: string | null;
            /**
             * Format: date-time
             * @description Since when; null where that is not what counts.
             */
            from: string | null;
            /** @description The same with names and numbers. */
            message: string;
            /** @description Why, or what it is. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description What to do about it. */
            suggested_fix: string;
            /**
             * Format: date-time
             * @description Until when; null where that is not what counts.
             */
            to: string | null;
        };
        /** @description What a model's word may do. */
        Mode: "Disabled" | "Advisory" | "Veto" | "Fused";
        /** @description Long while a bar closes above the close of `lookback` bars before it; with `LongShort` short while below; nothing while equal. */
        Momentum: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars between the two closes.
             */
            lookback: number;
        };
        /** @description A row with what stands on it. */
        NamedRow: {
            /** @description The broker's account. */
            account: string | null;
            /** @description What was ordered. */
            action: string | null;
            /**
             * Format: int32
             * @description From 1.
             */
            attempt: number;
            /**
             * Format: int64
             * @description Bars counted by the gateway in the body; null where it was not counted.
             */
            bar_count: number | null;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            bot_id: string | null;
            /** @description The Bot's name at the time of the call. */
            bot_name: string | null;
            /** @description The Bot's namespace at the time of the call. */
            bot_namespace: string | null;
            /**
             * Format: uuid
             * @description Joins the attempts of one call.
             */
            call_id: string;
            /** @description Our id of the order. */
            client_order_id: string | null;
            /**
             * Format: date-time
             * @description When the outcome was known.
             */
            completed_at: string | null;
            /** @description Cost in US dollars, as a decimal string. */
            cost_usd: string | null;
            /**
             * Format: date-time
             * @description When the intent was made.
             */
            created_at: string;
            /** @description What was found of its keys; null where they could not be read. */
            credential_check?: components["schemas"]["CredentialCheck"] | null;
            /** @description Dataset that was asked for. */
            dataset: string | null;
            /** @description True where the vendor says that its data is delayed. */
            delayed?: boolean | null;
            /**
             * Format: date-time
             * @description End of that range, exclusive.
             */
            end_ts: string | null;
            /** @description The provider's own label, such as `timeseries.get_range`. */
            endpoint: string;
            /** @description Where the call went, if not to the vendor itself. */
            endpoint_override?: string | null;
            /** @description `demo` or `live`, as the broker states it. */
            environment: string | null;
            /** @description The vendor's own code. */
            error_code: string | null;
            /** @description The same in a sentence. */
            error_message: string | null;
            /**
             * Format: uuid
             * @description The failed row of another vendor that this one stands in for.
             */
            fallback_of: string | null;
            /** @description The broker's id of the fill. */
            fill_id: string | null;
            /**
             * Format: date-time
             * @description Start of the first bar in the body.
             */
            first_bar_ts: string | null;
            /** @description Stretches of time of which the stream that was read may lack bars. */
            gaps?: components["schemas"]["StreamGap"][] | null;
            /** @description Which set of gateways wrote it; one writer a set. */
            gateway_set: string;
            /**
             * Format: int64
             * @description The group that it was committed with.
             */
            group_no: number;
            /**
             * Format: int32
             * @description The vendor's HTTP status; null where it did not answer.
             */
            http_status: number | null;
            /**
             * Format: uuid
             * @description UUIDv7; its last 16 digits are the span id sent to the vendor.
             */
            id: string;
            /** @description The instruments that the symbol stood for, by day. */
            instruments?: components["schemas"]["InstrumentDays"][] | null;
            /**
             * Format: int64
             * @description The generation of its spec that the call was made under.
             */
            integration_generation?: number | null;
            /**
             * Format: uuid
             * @description UID of the Integration that the call went through; null where none was found, or none was looked for.
             */
            integration_id?: string | null;
            /** @description Its name at the time of the call. */
            integration_name?: string | null;
            /** @description Its namespace at the time of the call. */
            integration_namespace?: string | null;
            /**
             * Format: int64
             * @description Things that the answer lists: headlines, alerts, observations; null where it speaks about its source only, such as a list of
             *     models.
             */
            item_count?: number | null;
            /**
             * Format: uuid
             * @description The row in `bot_jobs`; null where no job made the call.
             */
            job_id: string | null;
            /** @description Words that were searched for. */
            keywords: string[] | null;
            /**
             * Format: date-time
             * @description Start of the last bar in the body.
             */
            last_bar_ts: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the first byte sent to the last received.
             */
            latency_ms: number | null;
            /** @description HTTP method. */
            method: string;
            /** @description Language model that was asked. */
            model: string | null;
            /** @description Why there is none; null where there is one. */
            no_session_reason: string | null;
            /** @description Why it was made. */
            operation: components["schemas"]["Operation"];
            /** @description The broker's id of the order. */
            order_id: string | null;
            /** @description How it ended. */
            outcome: components["schemas"]["Outcome"];
            /** @description Query and body, readable, without credentials. */
            params: unknown;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Contracts, as a decimal string. */
            qty: string | null;
            /** @description The bars measured against their session calendar. */
            quality?: components["schemas"]["BarQuality"] | null;
            /**
             * Format: date-time
             * @description Last day of the vintage.
             */
            realtime_end: string | null;
            /**
             * Format: date-time
             * @description First day of the vintage.
             */
            realtime_start: string | null;
            /** @description Why it did not succeed. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /**
             * Format: int64
             * @description Records that the vendor says there are.
             */
            record_count?: number | null;
            /** @description When the economic figures that it speaks of are released, by the vendor's word. */
            releases?: components["schemas"]["Release"][] | null;
            /** @description SHA-256 of provider, path, query and body, sorted and without credentials. */
            request_fingerprint: components["schemas"]["Sha256Hash"];
            /** @description The Bot's instrument. */
            requested_for_symbol: string | null;
            /**
             * Format: uuid
             * @description The row with outcome unknown that this one clears up.
             */
            resolves: string | null;
            /**
             * Format: int64
             * @description Size of the body as received, in bytes.
             */
            response_bytes: number | null;
            /** @description SHA-256 of the body as received. */
            response_digest: components["schemas"]["Sha256Hash"] | null;
            /**
             * Format: int64
             * @description Seconds that the vendor asks to wait before the next call.
             */
            retry_after_s?: number | null;
            /** @description Hash of this row without this field; `None` until the row is sealed for its group. */
            row_digest?: components["schemas"]["Sha256Hash"] | null;
            /** @description Kind of records that was asked for, such as `ohlcv-1d`. */
            schema: string | null;
            /** @description Whether it reached the vendor. */
            sent: components["schemas"]["Sent"];
            /**
             * Format: int64
             * @description Gap-free within the gateway set.
             */
            seq: number;
            /** @description Economic series that were asked for. */
            series_ids: string[] | null;
            /**
             * Format: uuid
             * @description The row whose stored answer was served.
             */
            served_from: string | null;
            /** @description The sessions that name this row. */
            session_ids: string[];
            /** @description Kind of source; null where it was refused unclassified. */
            source: components["schemas"]["Source"] | null;
            /** @description Stage of the release that the job worked for. */
            stage: components["schemas"]["Stage"] | null;
            /**
             * Format: int64
             * @description Milliseconds from the end of the last bar to its receipt.
             */
            staleness_ms: number | null;
            /**
             * Format: date-time
             * @description Start of the range that was asked for.
             */
            start_ts: string | null;
            /** @description The instrument that was asked for. */
            symbol: string | null;
            /**
             * Format: int64
             * @description Tokens sent.
             */
            tokens_in: number | null;
            /**
             * Format: int64
             * @description The most tokens, sent and received, that a call of a language model could use; null where that was no model's call, or where
             *     nothing was used.
             */
            tokens_most?: number | null;
            /**
             * Format: int64
             * @description Tokens received.
             */
            tokens_out: number | null;
            /**
             * Format: uuid
             * @description One cycle; its jobs share it.
             */
            trace_id: string;
            /**
             * @description Kubernetes user that caused the call: a runner's ServiceAccount, a person who asked for it, or `system:assayer:` and the loop of
             *     the gateway that makes it by the clock.
             */
            user_id: string;
            /** @description The vendor's own id of the request. */
            vendor_request_id: string | null;
            /** @description What the vendor warned of, such as data that is made up. */
            vendor_warning?: string | null;
            /** @description Instance that wrote it. */
            writer: string;
            /**
             * Format: int64
             * @description Its fencing epoch.
             */
            writer_epoch: number;
        };
        /** @description A session that names rows. */
        NamingSession: {
            /**
             * Format: int64
             * @description Bars that it was computed from.
             */
            bars: number;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            bot_id: string;
            /** @description The Bot's name. */
            bot_name: string;
            /** @description The Bot's namespace when the job was planned. */
            bot_namespace: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            created_at: string;
            /** @description Hash of those bars. */
            data_hash: string;
            /**
             * Format: uuid
             * @description The session.
             */
            id: string;
            /**
             * Format: uuid
             * @description Its job.
             */
            job_id: string;
            /** @description Those of `request_ids` that are no row at all. Must be empty. */
            missing_request_ids: string[];
            /** @description The rows that it names, in the order of their use. */
            request_ids: string[];
            /** @description Hash of the result. */
            result_hash: string;
            /**
             * Format: uuid
             * @description The cycle.
             */
            trace_id: string;
            /** @description Those of `request_ids` that are no successful row of the session's own job. Must be empty. */
            unresolved_request_ids: string[];
        };
        /** @description Whether a stage needs a source. */
        Needed: "Required" | "Optional" | "Disabled";
        /** @description A Bot with everything that its custom resource says. */
        OneBot: {
            /** @description What the caller may do to it; null where the API server does not say. */
            actions: components["schemas"]["ActionAnswer"][] | null;
            /** @description Why `actions` is null. */
            actionsReason: string | null;
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /** @description Its autonomy score; null is unknown. */
            autonomy: components["schemas"]["Autonomy"] | null;
            /** @description Why `autonomy` is null. */
            autonomyReason: string | null;
            /** @description What keeps it from its next stage, the first to clear first; null where the controller has not said it yet. */
            blockers: components["schemas"]["BlockerAnswer"][] | null;
            /** @description Its UID. */
            botId: string;
            /** @description What it does now; null where the controller has not said it yet. */
            botNow: components["schemas"]["BotNow"] | null;
            /** @description Its conditions; null where the controller has not said anything yet. */
            conditions: components["schemas"]["ConditionAnswer"][] | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            createdAt: string | null;
            /** @description Whether it is being deleted. */
            deleting: boolean;
            /**
             * Format: int64
             * @description The generation of the spec.
             */
            generation: number | null;
            /** @description What it trades. */
            instrument: components["schemas"]["Instrument"];
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /**
             * Format: int64
             * @description The generation that the controller's words are about; null where it has not said anything yet.
             */
            observedGeneration: number | null;
            /** @description Whether every gate to the next stage is proven; null where the controller has not said it yet. */
            promotable: components["schemas"]["Standing"] | null;
            /** @description The last completed cycle; null where none has completed. */
            proof: components["schemas"]["Proof"] | null;
            /** @description Its releases; null is unknown. */
            releases: components["schemas"]["Release2"][] | null;
            /** @description Why `releases` is null. */
            releasesReason: string | null;
            /** @description What came of the run that was last asked for; null where none was. */
            run: components["schemas"]["RunAnswer"] | null;
            /** @description What the last completed cycle proves of each kind of source, always in the same order. */
            sources: components["schemas"]["SourceMark"][];
            /** @description What it was asked to be. */
            spec: {
                /** @description The money that the Bot is measured against. */
                capital: components["schemas"]["Capital"];
                /** @description How backtests fill orders, and what an order costs. */
                execution: components["schemas"]["Execution"];
                /** @description What is traded. It cannot be changed: another instrument is another Bot, with its own evidence. */
                instrument: components["schemas"]["Instrument"];
                /** @description Symbols that stand for the instrument where a source does not know it, such as SPY for MES. */
                proxies?: components["schemas"]["Proxies"];
                /**
                 * Format: date-time
                 * @description When the Bot was last reset: what it is judged by is counted from here on, and what was before stays written and counts for nothing.
                 *     It only moves forward, to the time of the change, and needs the verb `reset` on bots beside `patch`. It clears no latch, no loss
                 *     budget, no count of looks at a hold-out and no trial of a lineage.
                 */
                resetAt?: string | null;
                /**
                 * @description Stops the Bot. What binds is the stricter of this and the stage's policy.
                 * @default None
                 */
                stopPolicy: components["schemas"]["StopPolicy"];
                /** @description When to hold what: exactly one family with its parameters. A changed strategy starts its count of sessions anew. */
                strategy: {
                    /**
                     * @description Long when a bar closes `width` standard deviations below the average of the last closes, until one closes at the average; with
                     *     `LongShort` also the mirror image.
                     */
                    bollingerFade?: components["schemas"]["BollingerFade"];
                    /**
                     * @description Long when a bar closes above the highest high of the `entry` bars before it, until one closes below the lowest low of the
                     *     `exit` bars before it; with `LongShort` also the mirror image.
                     */
                    donchianBreakout?: components["schemas"]["DonchianBreakout"];
                    /** @description How a position is entered; absent: with a market order. */
                    entry?: components["schemas"]["Entry2"];
                    /** @description What ends a position besides the family's own rules. */
                    exits?: components["schemas"]["Exits"];
                    /** @description When a position may be entered; absent: always. */
                    filter?: components["schemas"]["Filter"];
                    /** @description Named nodes, numbers and conditions, of which one says when long is wanted, one when short is. */
                    graph?: components["schemas"]["Graph"];
                    /**
                     * @description Long when a bar closes more than `width` average true ranges above the exponential average of closes, until one closes below
                     *     it; with `LongShort` also the mirror image.
                     */
                    keltner?: components["schemas"]["Keltner"];
                    /** @description Long while a bar closes above the close of `lookback` bars before it; with `LongShort` short while below. */
                    momentum?: components["schemas"]["Momentum"];
                    /**
                     * @description Long when a bar closes above the range of the session's first minutes; with `LongShort` short below it. Flat by the session's
                     *     end. Needs a market whose sessions are known.
                     */
                    openingRange?: components["schemas"]["OpeningRange"];
                    /**
                     * @description Long when the relative strength index falls below `oversold` in a rising trend, until a bar closes above a short average; with
                     *     `LongShort` also the mirror image.
                     */
                    rsiReversion?: components["schemas"]["RsiReversion"];
                    /** @description How many contracts are held; absent: one. */
                    sizing?: components["schemas"]["Sizing"];
                    /**
                     * @description Long while the average of the last `fast` closes is above that of the last `slow` closes, the bar just closed included; with
                     *     `LongShort` short while it is below; nothing while they are equal.
                     */
                    smaCross?: components["schemas"]["SmaCross"];
                    /** @description Long or, with `LongShort`, short when a time of small moves ends, on the side to which it ends. */
                    squeeze?: components["schemas"]["Squeeze"];
                    /**
                     * @description Long when a bar closes `width` standard deviations below the session's volume-weighted average price, until one closes at it;
                     *     with `LongShort` also the mirror image. Needs a market whose sessions are known.
                     */
                    vwapFade?: components["schemas"]["VwapFade"];
                } & (unknown | unknown | unknown | unknown | unknown | unknown | unknown | unknown | unknown | unknown);
                /**
                 * @description Which language model evolutions of this Bot ask for strategies to breed from, where the stage's policy has
                 *     `research.aiSuggestions`. Absent: none is asked.
                 */
                suggestions?: components["schemas"]["Adviser"] | null;
            };
            /** @description Rung of the ladder; null where the controller has not said it yet. */
            stage: components["schemas"]["Stage"] | null;
            /** @description How far it is stopped, and by whom. */
            stop: components["schemas"]["Stop"];
            /** @description The family of its strategy, such as smaCross. */
            strategyFamily: string;
            /** @description Why some of the above are null. */
            unknownReason: string | null;
        };
        /** @description One row. */
        OneRequest: {
            /** @description With the columns of the table `requests`. */
            row: components["schemas"]["RequestRow"];
        };
        /**
         * @description Long after a bar closes above the range of the first `minutes` of the session, with `LongShort` short after one closes below it.
         *     Each session stands alone: nothing is held from `flatMinutes` before its end on.
         */
        OpeningRange: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Minutes before the session's end from which nothing is wanted; at least one bar, so that there is one to sell in.
             */
            flatMinutes: number;
            /**
             * @description The session: `Regular` hours where the market has them, or `All` hours of the trade date.
             * @default All
             */
            hours: components["schemas"]["Hours"];
            /**
             * Format: int32
             * @description Minutes of the range; at least one bar.
             */
            minutes: number;
        };
        /** @description Why the attempt was made. Only `call` rows of a job can prove use. */
        Operation: "call" | "verify" | "test" | "notify" | "schedule" | "sign_in";
        /** @description How an attempt ended. */
        Outcome: "success" | "failed" | "refused" | "unknown" | "served";
        /** @description How many rows ended in one way. */
        OutcomeCount: {
            /**
             * Format: int64
             * @description How many rows.
             */
            count: number;
            /** @description How they ended. */
            outcome: components["schemas"]["Outcome"];
            /** @description Why they did not succeed; null where they did, or where a newer version wrote a reason that this one does not know. */
            reason_code: components["schemas"]["ReasonCode"] | null;
        };
        /** @description The policies of all stages. */
        PoliciesAnswer: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /** @description Stages without a policy: no Bot starts there. */
            missing: components["schemas"]["Stage"][];
            /** @description In the order of the ladder. */
            policies: components["schemas"]["PolicyAnswer"][];
            /** @description Why it may have changed since; null where the cluster is being listened to. */
            stale: components["schemas"]["Stale"] | null;
        };
        /** @description A policy. */
        PolicyAnswer: {
            /**
             * Format: date-time
             * @description When it was created.
             */
            createdAt: string | null;
            /**
             * Format: int64
             * @description The generation of its spec.
             */
            generation: number | null;
            /** @description Hash of its spec, which each job names; null where it has none. */
            hash: string | null;
            /** @description Its name. */
            name: string;
            /** @description Why it cannot be obeyed, so that no Bot of its stage starts; null where it can. */
            problem: string | null;
            /** @description Whether this version runs Bots at the stage. Of others the policy tells which sources will have to be proven. */
            runsBots: boolean;
            /** @description What it says of each kind of source that it names; null where it cannot be obeyed. */
            sources: components["schemas"]["SourceAnswer"][] | null;
            /** @description The whole spec. */
            spec: {
                /** @description What the Bots of the stage may ask of language models. Absent: nothing. */
                ai?: {
                    /**
                     * Format: uint32
                     * @description Tokens, sent and received, that all Bots of the stage may use in one UTC day. A call that could go beyond is not made.
                     * @default 0
                     */
                    dailyTokens: number;
                    /** @description What a model's word may do. Disabled: none is asked. Advisory: answers are recorded, have no weight and change no order. */
                    mode: components["schemas"]["Mode"];
                    /** @description Prices by the model's name as requests have it. With `budgets.maxAiUsdPerDay`, a model without a price is not asked. */
                    prices?: {
                        [key: string]: components["schemas"]["Price"];
                    };
                } | null;
                /** @description What the Bots of the stage may use together. */
                budgets?: components["schemas"]["Budgets"] | null;
                /** @description How often a Bot works. LAB alone has it, and needs it, and likewise below. */
                cadence?: {
                    /**
                     * @description After this long a backtest is repeated as an audit though nothing is new: the same bars must give the same result. Until then a
                     *     slot without a bar that was completed since, and without a search, stays empty: NO_NEW_INFORMATION. From 5s to 168h. Absent: every
                     *     slot is filled.
                     */
                    audit?: string | null;
                    /** @description Time between two backtests of a Bot. From 5s to 168h. */
                    backtest: string;
                    /** @description Time between two evolutions of a Bot, likewise. From 5s to 168h. */
                    evolve?: string | null;
                    /** @description Time between two improvements of a Bot: one begins in the first backtest's cycle after it. From 5s to 168h. */
                    improve?: string | null;
                } | null;
                /** @description A job that takes longer is closed as JOB_TIMEOUT. From 5s to 24h. */
                jobTimeout?: string | null;
                /** @description What a Bot must have shown before it leaves the stage. */
                promotion?: components["schemas"]["Promotion"] | null;
                /** @description How Bots search by themselves for something better than their strategy. Absent: they do not. */
                research?: components["schemas"]["Research"] | null;
                /** @description What a Bot's evidence must cover. */
                sources: {
                    /** @description Language models. What they say is recorded and changes no order. */
                    ai?: {
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /** @description How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle. */
                        freshness?: {
                            /** @description `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells. */
                            basis?: components["schemas"]["Basis"] | null;
                            /** @description An answer counts for so long after it was received. From 1s to 168h. */
                            within?: string | null;
                        } | null;
                        /**
                         * @description How long one answer may take. From 1s to 45s.
                         * @default 30s
                         */
                        maxLatency: string;
                        /**
                         * @description Providers that may be asked and whose rows count. None where the source is Disabled.
                         * @default []
                         */
                        providers: components["schemas"]["Provider"][];
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                        /** @description When an answer must have been received to count. Absent: at any time. */
                        validDuring?: components["schemas"]["Hours2"] | null;
                    } | null;
                    /** @description Accounts, orders and fills. Disabled in LAB, Required everywhere else. */
                    broker?: {
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /** @description How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle. */
                        freshness?: {
                            /** @description `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells. */
                            basis?: components["schemas"]["Basis"] | null;
                            /** @description An answer counts for so long after it was received. From 1s to 168h. */
                            within?: string | null;
                        } | null;
                        /**
                         * @description How long one answer may take. From 1s to 45s.
                         * @default 30s
                         */
                        maxLatency: string;
                        /**
                         * @description Providers that may be asked and whose rows count. None where the source is Disabled.
                         * @default []
                         */
                        providers: components["schemas"]["Provider"][];
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                        /** @description When an answer must have been received to count. Absent: at any time. */
                        validDuring?: components["schemas"]["Hours2"] | null;
                    } | null;
                    /** @description Economic series and calendars. Absent: Bots of the stage may not use them, and likewise below. */
                    macro?: {
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /** @description How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle. */
                        freshness?: {
                            /** @description `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells. */
                            basis?: components["schemas"]["Basis"] | null;
                            /** @description An answer counts for so long after it was received. From 1s to 168h. */
                            within?: string | null;
                        } | null;
                        /**
                         * @description How long one answer may take. From 1s to 45s.
                         * @default 30s
                         */
                        maxLatency: string;
                        /**
                         * @description Providers that may be asked and whose rows count. None where the source is Disabled.
                         * @default []
                         */
                        providers: components["schemas"]["Provider"][];
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                        /** @description When an answer must have been received to count. Absent: at any time. */
                        validDuring?: components["schemas"]["Hours2"] | null;
                    } | null;
                    /** @description Prices: the bars of the Bot's own instrument. */
                    marketData: {
                        /**
                         * @description How long ago the newest live bar may have ended while its market is open; more is DATA_STALE to its readers, though the session
                         *     lives. Of bars that are longer than a minute, by so much more. From 61s to 1h. Absent: 75s.
                         */
                        barMaxAge?: string | null;
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /**
                         * @description What may stand in for the first provider where that vendor is away, fails, is too slow or wants fewer calls or more money.
                         *     AltProvider: the provider named second. Sim: bars that Assayer makes up, in LAB alone and only where the installation has
                         *     environment=dev and allowSimFallback=true. A job that used either is labelled, and proves nothing and counts for no promotion.
                         *     Absent: None.
                         */
                        fallback?: components["schemas"]["Fallback"];
                        /**
                         * @description How long a live session may give no sign of life before it is dead, DATA_STALE to its readers, and replaced. Of several readers
                         *     the strictest decides. From 15s to 5m, since the vendor is asked for a heartbeat every 5s. Absent: 30s.
                         */
                        heartbeatMaxAge?: string | null;
                        /**
                         * @description How long bars of days that have ended are kept by the gateway and used again, so that a cycle asks its vendor, and pays, for
                         *     newer ones only. They are of the same Integration, as many as the vendor counts in that cycle, or fetched anew. From 1h to 720h.
                         *     Absent: every cycle fetches all of its bars.
                         */
                        keepFor?: string | null;
                        /**
                         * @description How long the newest bar may be missing from an answer that reaches to the present, in open hours of its market; more is
                         *     DATA_DELAYED, and so is what the vendor itself calls delayed, and a live bar that is received so long after its end. From 1s to 24h. Absent: any delay counts.
                         */
                        maxDelay?: string | null;
                        /**
                         * @description How long one answer may take, from the first byte sent to the last received; one that takes longer is PROVIDER_TIMEOUT.
                         *     From 1s to 45s, since no call may stay open for a minute.
                         * @default 30s
                         */
                        maxLatency: string;
                        /** @description Providers whose bars count. */
                        providers: components["schemas"]["Provider"][];
                        /** @description What the bars must satisfy before a backtest counts. Absent: nothing, so that any bars count. */
                        quality?: {
                            /**
                             * Format: int32
                             * @description Longest run of missing bars, in minutes with closed hours left out, at most. From 1 to 100000. One missing bar of an hour is
                             *     60, one missing day 1440.
                             */
                            maxGapMinutes?: number | null;
                            /**
                             * @description Fields of bars (four prices and the volume) that are missing, of all that the bars have, at most. From 0 to 1 as text. Bars that
                             *     lack a field are not used, and count as missing for the other limits. Absent: no field may be missing.
                             */
                            maxMissingRatio?: string | null;
                            /** @description Bars that are there, of those that the session calendar of the market has room for, at least. */
                            minBarRatio?: {
                                /** @description In all other trading hours. */
                                eth?: string | null;
                                /** @description In regular trading hours: 08:30 to 15:15 in Chicago for equity index futures. Markets without any have no bars here. */
                                rth?: string | null;
                            } | null;
                            /**
                             * Format: int32
                             * @description Trade dates with bars, at least. From 1 to 10000.
                             */
                            minSessions?: number | null;
                        } | null;
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                    };
                    /** @description Headlines. */
                    news?: {
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /** @description How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle. */
                        freshness?: {
                            /** @description `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells. */
                            basis?: components["schemas"]["Basis"] | null;
                            /** @description An answer counts for so long after it was received. From 1s to 168h. */
                            within?: string | null;
                        } | null;
                        /**
                         * @description How long one answer may take. From 1s to 45s.
                         * @default 30s
                         */
                        maxLatency: string;
                        /**
                         * @description Providers that may be asked and whose rows count. None where the source is Disabled.
                         * @default []
                         */
                        providers: components["schemas"]["Provider"][];
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                        /** @description When an answer must have been received to count. Absent: at any time. */
                        validDuring?: components["schemas"]["Hours2"] | null;
                    } | null;
                    /** @description Options trades and positioning, of the Bot's instrument or the proxies that it names. */
                    optionsFlow?: {
                        /**
                         * @description How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
                         *     call tries it again. From 1s to 1h.
                         * @default 60s
                         */
                        cooldown: string;
                        /** @description How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle. */
                        freshness?: {
                            /** @description `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells. */
                            basis?: components["schemas"]["Basis"] | null;
                            /** @description An answer counts for so long after it was received. From 1s to 168h. */
                            within?: string | null;
                        } | null;
                        /**
                         * @description How long one answer may take. From 1s to 45s.
                         * @default 30s
                         */
                        maxLatency: string;
                        /**
                         * @description Providers that may be asked and whose rows count. None where the source is Disabled.
                         * @default []
                         */
                        providers: components["schemas"]["Provider"][];
                        /** @description Why it is Disabled, for people; every refusal says it. */
                        reason?: string | null;
                        /** @description Whether the stage's gates stay closed without proof of it. */
                        requirement: components["schemas"]["RequirementSchema"];
                        /**
                         * Format: uint8
                         * @description How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
                         *     language model or an order. From 0 to 5.
                         * @default 3
                         */
                        retries: number;
                        /** @description When an answer must have been received to count. Absent: at any time. */
                        validDuring?: components["schemas"]["Hours2"] | null;
                    } | null;
                };
                /** @description The stage that these rules bind. This version runs Bots in LAB only. */
                stage: components["schemas"]["Stage"];
                /**
                 * @description Stops every Bot of the stage; a Bot's own `stopPolicy` can only be stricter.
                 * @default None
                 */
                stopPolicy: components["schemas"]["StopPolicy"];
            };
            /** @description The stage that it rules. */
            stage: components["schemas"]["Stage"];
            /** @description How far it stops every Bot of the stage; a Bot's own can only be stricter. */
            stop: components["schemas"]["StopPolicy"];
        };
        /** @description What a model costs, in USD for a million tokens. */
        Price: {
            /** @description Of tokens that are received. */
            received: string;
            /** @description Of tokens that are sent. */
            sent: string;
        };
        /** @description An RFC 9457 problem. `title` is the same for every problem of one `reasonCode`; `detail` is about this one. */
        Problem: {
            /** @description What happened here: the field, the value, the numbers. */
            detail: string;
            /** @description The closed vocabulary that status, rows and console use alike. */
            reasonCode: components["schemas"]["ReasonCode"];
            /**
             * Format: uint16
             * @description HTTP status.
             */
            status: number;
            /** @description What to do about it. */
            suggestedFix: string;
            /** @description What the reason code means, in a few words. */
            title: string;
            /**
             * Format: uuid
             * @description Trace under which the refusal was recorded, if it was.
             */
            traceId?: string | null;
            /** @description Always `about:blank`: the reason code says which problem it is. */
            type: string;
        };
        /** @description The way to the next stage. */
        Promotion: {
            /** @description Every line of it must be proven. */
            requires: components["schemas"]["PromotionRequires"];
        };
        /** @description What promotion requires. */
        PromotionRequires: {
            /**
             * Format: int32
             * @description Completed backtest sessions of the present strategy.
             */
            sessions: number;
        };
        /** @description The last completed cycle. */
        Proof: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            completedAt: string | null;
            /** @description What stood in for the vendor of the bars, so that the cycle proves nothing; null where nothing did. */
            fallback: string | null;
            /**
             * Format: uuid
             * @description Its last job.
             */
            jobId: string;
            /** @description What that job did. */
            jobType: string;
            /** @description All sources in a few characters: `MD✓ Macro✗`. */
            line: string;
            /** @description Why it did not succeed; null where it did. */
            reasonCode: string | null;
            /** @description How it ended. */
            status: string;
            /**
             * Format: uuid
             * @description The trace that its rows carry.
             */
            traceId: string;
        };
        /**
         * @description Vendors that the gateway knows.
         * @enum {string}
         */
        Provider: "alpaca" | "alpacaNews" | "anthropic" | "databento" | "discord" | "finnhub" | "fmp" | "fred" | "gemini" | "groq" | "ironbeam" | "marketaux" | "massive" | "newsApi" | "openRouter" | "openai" | "slack" | "supabase" | "tradovate" | "unusualWhales" | "webhook" | "xai";
        /** @description The newest calls to a provider, and the backtest sessions that stand on them. */
        ProviderProof: {
            /** @description The Bot whose rows are shown; null where every Bot's are. */
            bot: components["schemas"]["BotKey"] | null;
            /** @description Sessions that name rows which do not exist. */
            dangling: components["schemas"]["Dangling"];
            /**
             * Format: date-time
             * @description When this was read.
             */
            generated_at: string;
            /** @description Rows of the last hour, counted. */
            last_hour: components["schemas"]["LastHour"];
            /**
             * Format: date-time
             * @description When the newest successful call was made, over all pages; null where there is none.
             */
            last_success_at: string | null;
            /** @description Why `last_success_at` is null. */
            last_success_reason: string | null;
            /**
             * Format: int64
             * @description Rows that were asked for at most.
             */
            limit: number;
            /**
             * Format: uuid
             * @description Give this as `before` to see older rows; null where there are none.
             */
            next_before: string | null;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description The newest rows, the newest first, over all outcomes. */
            requests: components["schemas"]["NamedRow"][];
            /** @description Why there are no rows; null where there are. */
            requests_reason: string | null;
            /** @description The sessions that name one of these rows, the newest first. */
            sessions: components["schemas"]["NamingSession"][];
            /** @description Whether `sessions` holds all of them. */
            sessions_complete: boolean;
            /** @description Ids of these rows that no session names; each row says why. */
            unnamed_request_ids: string[];
        };
        /** @description Symbols that stand for the Bot's instrument, by kind of source. */
        Proxies: {
            /** @description Whose news is read. */
            news?: string[];
            /** @description Whose options are looked at. */
            optionsFlow?: string[];
        };
        /** @description A number from 0 to 1 with at most six decimals, written as text, for example `"0.995"`. */
        Ratio: string;
        /**
         * @description Why something is as it is. Written `SCREAMING_SNAKE_CASE`, and `CamelCase` as the reason of a condition.
         * @enum {string}
         */
        ReasonCode: "ACCEPTED" | "AWAITING_FIRST_CYCLE" | "AWAITING_HANDSHAKE" | "BACKOFF" | "CADENCE_WAIT" | "CONCURRENCY_LIMIT" | "CPU_BUDGET" | "EVOLVE_BUDGET" | "IMPROVE_BUDGET" | "JOB_QUEUED" | "JOB_RUNNING" | "JOB_SUSPENDED" | "NO_NEW_INFORMATION" | "NOT_REQUIRED" | "PROVEN" | "LINEAGE_RETIRED" | "RUN_REQUESTED" | "STOPPED" | "TRIAL_BUDGET" | "GATE_UNMEASURED" | "MARKET_DATA_UNPROVEN" | "POLICY_INVALID" | "POLICY_MISSING" | "RESULT_UNVERIFIED" | "ROLL_RISK" | "SESSIONS_TOO_FEW" | "SPEC_INVALID" | "COST_STRESS_FAILED" | "DEFLATED_SHARPE_TOO_LOW" | "DRAWDOWN_TOO_DEEP" | "HOLD_OUT_FAILED" | "LOOK_AHEAD" | "NO_IMPROVEMENT" | "NOT_A_PLATEAU" | "ONE_BAR_LATE_FAILED" | "ONE_TRADE_CARRIES" | "ORDER_DOES_NOT_MATTER" | "PBO_TOO_HIGH" | "SPA_NOT_SIGNIFICANT" | "SUGGESTION_INVALID" | "SUGGESTION_KNOWN" | "TOO_FEW_REGIMES" | "TOO_FEW_TRADES" | "WALK_FORWARD_FAILED" | "WARM_UP_WRONG" | "BOT_DELETED" | "CYCLE_ENDED" | "ENGINE_ERROR" | "GATEWAY_UNREACHABLE" | "HOLDOUT_BUDGET" | "JOB_MISMATCH" | "JOB_TIMEOUT" | "JOB_TYPE_UNKNOWN" | "RUNNER_FAILED" | "SYMBOL_MISMATCH" | "AI_BUDGET" | "AI_DISABLED" | "BROKER_ENVIRONMENT_MISMATCH" | "CIRCUIT_OPEN" | "COST_BUDGET" | "COST_UNQUOTED" | "DATA_DELAYED" | "DATA_LICENSE_REQUIRED" | "DATA_QUALITY" | "DATA_SIMULATED" | "DATA_STALE" | "DATA_TRUNCATED" | "DATA_UNAVAILABLE" | "FALLBACK_NO_SYMBOL" | "FALLBACK_NOT_ALLOWED" | "FALLBACK_USED" | "HANDSHAKE_STALE" | "INTEGRATION_KEY_MALFORMED" | "INTEGRATION_KEY_MISSING" | "INTEGRATION_MISSING" | "INTEGRATION_UNUSED" | "NOT_GENUINE" | "PROVIDER_ACCOUNT_LOCKED" | "PROVIDER_AUTH" | "PROVIDER_CAPTCHA" | "PROVIDER_ENTITLEMENT" | "PROVIDER_ERROR" | "PROVIDER_QUOTA" | "PROVIDER_RANGE" | "PROVIDER_RATE_LIMITED" | "PROVIDER_REDIRECT" | "PROVIDER_REJECTED_REQUEST" | "PROVIDER_TIMEOUT" | "PROVIDER_UNREACHABLE" | "RATE_LIMITED_LOCALLY" | "SECRET_EXTERNAL" | "SECRET_FORBIDDEN" | "SIGN_IN_LIMIT" | "SOURCE_DISABLED" | "SOURCE_UNPROVEN" | "UNKNOWN_OUTCOME" | "VERIFY_UNSUPPORTED" | "AMBIGUOUS_NAME" | "CLUSTER_UNAVAILABLE" | "ENDPOINT_UNKNOWN" | "EVIDENCE_UNAVAILABLE" | "IDENTITY_UNPROVEN" | "JOB_FINISHED" | "NOT_ALLOWED" | "NOT_FOUND" | "ORIGIN_UNPROVEN" | "PROVIDER_UNKNOWN" | "REQUEST_INVALID" | "RESPONSE_TOO_LARGE" | "UNAUTHENTICATED" | "WRITER_FENCED" | "CADENCE_MISSED" | "JOBS_NOT_CREATED" | "LIMITS_UNPROVEN" | "SUPERVISOR_SILENT" | "TIMEOUT_WORKER_SILENT";
        /** @description A reason. */
        ReasonEntry: {
            /** @description What it opens or closes. */
            closes: string;
            /** @description How it comes to an end. */
            passes: string;
            /** @description Whether it goes away without anybody. */
            passes_by_itself: boolean;
            /** @description The code. */
            reason_code: string;
            /** @description What they do. */
            suggested_fix: string;
            /** @description What it means. */
            title: string;
            /** @description Who acts. */
            who_acts: string;
        };
        /** @description Why a strategy is no challenger. */
        Refusal: {
            /** @description What was measured, in a sentence. */
            message: string;
            /** @description The reason. */
            reasonCode: components["schemas"]["ReasonCode"];
        };
        /** @description A suggestion that was not accepted. */
        RefusedSuggestion: {
            /** @description The field that is wrong, such as `strategy.smaCross.fast`. */
            field: string;
            /** @description The same in a sentence. */
            message: string;
            /**
             * Format: uint32
             * @description Its place in the answer, from 1.
             */
            place: number;
            /** @description Why. */
            reasonCode: components["schemas"]["ReasonCode"];
            /** @description What the model said, as JSON, its first [`MAX_SAID`] characters. */
            said: string;
        };
        /** @description A release of economic figures, by its vendor's word. */
        Release: {
            /** @description Days on which it came or comes out, ascending: the last of those that the answer names. None where it names none. */
            dates: string[];
            /** @description The vendor's own number or name of it. */
            id: string;
        };
        /** @description A release of a Bot. */
        Release2: {
            /** @description Its hash. */
            hash: string;
        };
        /** @description What a backtest computed. */
        Report: {
            /**
             * Format: int64
             * @description Number of bars.
             */
            bars: number;
            /** @description Why there is no equity bar by bar. */
            barsReason: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            createdAt: string;
            /** @description Hash of the bars. */
            dataHash: string;
            /** @description Version of the engine. */
            engineVersion: string;
            /** @description Equity before the first trade and after each; null where it cannot be computed. */
            equity: components["schemas"]["EquityPoint"][] | null;
            /** @description Figures as the engine named them. Money is in decimal strings. */
            figures: unknown;
            /**
             * Format: date-time
             * @description Start of the first bar.
             */
            firstBar: string;
            /** @description Hash of everything that went in. */
            inputsHash: string;
            /**
             * Format: uuid
             * @description Its job.
             */
            jobId: string;
            /**
             * Format: date-time
             * @description Start of the last bar.
             */
            lastBar: string;
            /** @description The rows that fed it, in the order of their use. */
            requestIds: string[];
            /** @description Hash of the whole result in canonical JSON. */
            resultHash: string;
            /** @description Hash of the strategy and its parameters. */
            strategyHash: string;
            /**
             * Format: uuid
             * @description The cycle.
             */
            traceId: string;
            /** @description Every trade, in order of its exit; null where the result has none written down. */
            trades: unknown[] | null;
            /** @description Why `trades` or `equity` is null. */
            unknownReason: string | null;
        };
        /**
         * @description One attempt: one exchange started, or refused, with a vendor. The fields are the columns of the table `requests`;
         *     times have microseconds, as the database keeps them.
         */
        RequestRow: {
            /** @description The broker's account. */
            account: string | null;
            /** @description What was ordered. */
            action: string | null;
            /**
             * Format: int32
             * @description From 1.
             */
            attempt: number;
            /**
             * Format: int64
             * @description Bars counted by the gateway in the body; null where it was not counted.
             */
            bar_count: number | null;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            bot_id: string | null;
            /** @description The Bot's name at the time of the call. */
            bot_name: string | null;
            /** @description The Bot's namespace at the time of the call. */
            bot_namespace: string | null;
            /**
             * Format: uuid
             * @description Joins the attempts of one call.
             */
            call_id: string;
            /** @description Our id of the order. */
            client_order_id: string | null;
            /**
             * Format: date-time
             * @description When the outcome was known.
             */
            completed_at: string | null;
            /** @description Cost in US dollars, as a decimal string. */
            cost_usd: string | null;
            /**
             * Format: date-time
             * @description When the intent was made.
             */
            created_at: string;
            /** @description What was found of its keys; null where they could not be read. */
            credential_check?: components["schemas"]["CredentialCheck"] | null;
            /** @description Dataset that was asked for. */
            dataset: string | null;
            /** @description True where the vendor says that its data is delayed. */
            delayed?: boolean | null;
            /**
             * Format: date-time
             * @description End of that range, exclusive.
             */
            end_ts: string | null;
            /** @description The provider's own label, such as `timeseries.get_range`. */
            endpoint: string;
            /** @description Where the call went, if not to the vendor itself. */
            endpoint_override?: string | null;
            /** @description `demo` or `live`, as the broker states it. */
            environment: string | null;
            /** @description The vendor's own code. */
            error_code: string | null;
            /** @description The same in a sentence. */
            error_message: string | null;
            /**
             * Format: uuid
             * @description The failed row of another vendor that this one stands in for.
             */
            fallback_of: string | null;
            /** @description The broker's id of the fill. */
            fill_id: string | null;
            /**
             * Format: date-time
             * @description Start of the first bar in the body.
             */
            first_bar_ts: string | null;
            /** @description Stretches of time of which the stream that was read may lack bars. */
            gaps?: components["schemas"]["StreamGap"][] | null;
            /** @description Which set of gateways wrote it; one writer a set. */
            gateway_set: string;
            /**
             * Format: int64
             * @description The group that it was committed with.
             */
            group_no: number;
            /**
             * Format: int32
             * @description The vendor's HTTP status; null where it did not answer.
             */
            http_status: number | null;
            /**
             * Format: uuid
             * @description UUIDv7; its last 16 digits are the span id sent to the vendor.
             */
            id: string;
            /** @description The instruments that the symbol stood for, by day. */
            instruments?: components["schemas"]["InstrumentDays"][] | null;
            /**
             * Format: int64
             * @description The generation of its spec that the call was made under.
             */
            integration_generation?: number | null;
            /**
             * Format: uuid
             * @description UID of the Integration that the call went through; null where none was found, or none was looked for.
             */
            integration_id?: string | null;
            /** @description Its name at the time of the call. */
            integration_name?: string | null;
            /** @description Its namespace at the time of the call. */
            integration_namespace?: string | null;
            /**
             * Format: int64
             * @description Things that the answer lists: headlines, alerts, observations; null where it speaks about its source only, such as a list of
             *     models.
             */
            item_count?: number | null;
            /**
             * Format: uuid
             * @description The row in `bot_jobs`; null where no job made the call.
             */
            job_id: string | null;
            /** @description Words that were searched for. */
            keywords: string[] | null;
            /**
             * Format: date-time
             * @description Start of the last bar in the body.
             */
            last_bar_ts: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the first byte sent to the last received.
             */
            latency_ms: number | null;
            /** @description HTTP method. */
            method: string;
            /** @description Language model that was asked. */
            model: string | null;
            /** @description Why it was made. */
            operation: components["schemas"]["Operation"];
            /** @description The broker's id of the order. */
            order_id: string | null;
            /** @description How it ended. */
            outcome: components["schemas"]["Outcome"];
            /** @description Query and body, readable, without credentials. */
            params: unknown;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Contracts, as a decimal string. */
            qty: string | null;
            /** @description The bars measured against their session calendar. */
            quality?: components["schemas"]["BarQuality"] | null;
            /**
             * Format: date-time
             * @description Last day of the vintage.
             */
            realtime_end: string | null;
            /**
             * Format: date-time
             * @description First day of the vintage.
             */
            realtime_start: string | null;
            /** @description Why it did not succeed. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /**
             * Format: int64
             * @description Records that the vendor says there are.
             */
            record_count?: number | null;
            /** @description When the economic figures that it speaks of are released, by the vendor's word. */
            releases?: components["schemas"]["Release"][] | null;
            /** @description SHA-256 of provider, path, query and body, sorted and without credentials. */
            request_fingerprint: components["schemas"]["Sha256Hash"];
            /** @description The Bot's instrument. */
            requested_for_symbol: string | null;
            /**
             * Format: uuid
             * @description The row with outcome unknown that this one clears up.
             */
            resolves: string | null;
            /**
             * Format: int64
             * @description Size of the body as received, in bytes.
             */
            response_bytes: number | null;
            /** @description SHA-256 of the body as received. */
            response_digest: components["schemas"]["Sha256Hash"] | null;
            /**
             * Format: int64
             * @description Seconds that the vendor asks to wait before the next call.
             */
            retry_after_s?: number | null;
            /** @description Hash of this row without this field; `None` until the row is sealed for its group. */
            row_digest?: components["schemas"]["Sha256Hash"] | null;
            /** @description Kind of records that was asked for, such as `ohlcv-1d`. */
            schema: string | null;
            /** @description Whether it reached the vendor. */
            sent: components["schemas"]["Sent"];
            /**
             * Format: int64
             * @description Gap-free within the gateway set.
             */
            seq: number;
            /** @description Economic series that were asked for. */
            series_ids: string[] | null;
            /**
             * Format: uuid
             * @description The row whose stored answer was served.
             */
            served_from: string | null;
            /** @description Kind of source; null where it was refused unclassified. */
            source: components["schemas"]["Source"] | null;
            /** @description Stage of the release that the job worked for. */
            stage: components["schemas"]["Stage"] | null;
            /**
             * Format: int64
             * @description Milliseconds from the end of the last bar to its receipt.
             */
            staleness_ms: number | null;
            /**
             * Format: date-time
             * @description Start of the range that was asked for.
             */
            start_ts: string | null;
            /** @description The instrument that was asked for. */
            symbol: string | null;
            /**
             * Format: int64
             * @description Tokens sent.
             */
            tokens_in: number | null;
            /**
             * Format: int64
             * @description The most tokens, sent and received, that a call of a language model could use; null where that was no model's call, or where
             *     nothing was used.
             */
            tokens_most?: number | null;
            /**
             * Format: int64
             * @description Tokens received.
             */
            tokens_out: number | null;
            /**
             * Format: uuid
             * @description One cycle; its jobs share it.
             */
            trace_id: string;
            /**
             * @description Kubernetes user that caused the call: a runner's ServiceAccount, a person who asked for it, or `system:assayer:` and the loop of
             *     the gateway that makes it by the clock.
             */
            user_id: string;
            /** @description The vendor's own id of the request. */
            vendor_request_id: string | null;
            /** @description What the vendor warned of, such as data that is made up. */
            vendor_warning?: string | null;
            /** @description Instance that wrote it. */
            writer: string;
            /**
             * Format: int64
             * @description Its fencing epoch.
             */
            writer_epoch: number;
        };
        /** @description A page of rows. */
        Requests: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /** @description Whether rows of other namespaces, and of no Bot, were looked through, too. */
            everyNamespace: boolean;
            /**
             * Format: date-time
             * @description No older row was looked for.
             */
            from: string;
            /**
             * Format: uuid
             * @description What to give as `before` for the next page; null where this is the last.
             */
            nextBefore: string | null;
            /** @description The newest first, with the columns of the table `requests`. */
            rows: components["schemas"]["RequestRow"][];
            /**
             * Format: date-time
             * @description No newer row was looked for.
             */
            to: string;
        };
        /** @description The schema of [`Requirement`], which the contract keeps free of schemas. */
        RequirementSchema: "Required" | "Optional" | "Disabled";
        /**
         * @description How Bots search by themselves for something better than their strategy: when they improve it and when they evolve another, and what a
         *     strategy must show before it may challenge. What is found waits as a candidate and changes nothing that runs.
         */
        Research: {
            /**
             * @description Has evolutions of Bots that name a model in `spec.suggestions` ask it once for strategies to breed from. Advisory: what it says goes
             *     the way of every other strategy. Absent: no model is asked.
             */
            aiSuggestions?: components["schemas"]["AiSuggestions"] | null;
            /**
             * Format: uint32
             * @description What fees and slippage are multiplied with in the stress that must still earn something.
             * @default 2
             */
            costMultiple: number;
            /**
             * @description Probability that the Sharpe ratio is more than the best of so many trials by luck, at least.
             * @default 0.95
             */
            deflatedSharpe: components["schemas"]["Ratio"];
            /**
             * Format: uint32
             * @description Bars left out between what is chosen by and what is tried on: the longest time that a position is held.
             * @default 100
             */
            embargoBars: number;
            /**
             * Format: uint32
             * @description After so many improvements in a row that found nothing better by `minImprovement` an evolution is due as well.
             * @default 2
             */
            evolveWhenStalledFor: number;
            /**
             * Format: uint32
             * @description Tests of the walk forward.
             * @default 6
             */
            folds: number;
            /**
             * Format: uint32
             * @description Tests that must have earned something.
             * @default 4
             */
            foldsPositive: number;
            /**
             * @description Share of the bars, the newest, that no search sees.
             * @default 0.2
             */
            holdOut: components["schemas"]["Ratio"];
            /**
             * @description Sharpe ratio over the held-out bars, which must be above this.
             * @default 0
             */
            holdOutSharpe: string;
            /**
             * Format: uint32
             * @description Trades over the held-out bars, at least.
             * @default 20
             */
            holdOutTrades: number;
            /**
             * Format: uint32
             * @description After so many improvements an evolution is due.
             * @default 4
             */
            improveRoundsBeforeEvolve: number;
            /**
             * Format: uint32
             * @description Bars by which decisions are late in the stress that must still earn something.
             * @default 1
             */
            lateBars: number;
            /**
             * @description Deepest fall of equity over the capital, at most.
             * @default 0.2
             */
            maxDrawdown: components["schemas"]["Ratio"];
            /**
             * @description Share of the net that one trade may bring, at most.
             * @default 0.2
             */
            maxTradeShareOfPnl: components["schemas"]["Ratio"];
            /**
             * @description By how much the median Sharpe ratio of a strategy and its neighbours, out of sample, must be above that of the Bot's own.
             * @default 0.1
             */
            minImprovement: string;
            /**
             * Format: uint32
             * @description Trades out of sample, at least.
             * @default 200
             */
            oosTrades: number;
            /**
             * @description Whether evolving may leave the lineage's family of strategies.
             * @default false
             */
            otherFamilies: boolean;
            /**
             * @description Probability of backtest overfitting, at most.
             * @default 0.2
             */
            pbo: components["schemas"]["Ratio"];
            /**
             * @description Chance that the same moves in another order earn as much, at most.
             * @default 0.05
             */
            permutationP: components["schemas"]["Ratio"];
            /**
             * @description Share of the strategy's neighbours that must earn something out of sample.
             * @default 0.7
             */
            plateau: components["schemas"]["Ratio"];
            /**
             * Format: uint32
             * @description Places at which everything is computed again from the bars until there, and must be the same.
             * @default 8
             */
            prefixChecks: number;
            /**
             * Format: uint32
             * @description Regimes, of three of volatility by two of direction, that a twentieth of the trades out of sample was entered in each, at least.
             * @default 3
             */
            regimes: number;
            /**
             * Format: uint32
             * @description After so many evolutions in a row without a challenger the strategy is searched no more.
             * @default 5
             */
            retireAfterFailedEvolutions: number;
            /**
             * @description Chance that the best of trials without skill looks as good, at most.
             * @default 0.05
             */
            spaP: components["schemas"]["Ratio"];
            /**
             * Format: uint32
             * @description Strategies that one job tries at most.
             * @default 60
             */
            trialsPerJob: number;
        };
        /** @description What a round of research found. */
        ResearchFigures: {
            /** @description Hash of the strategy that passed every gate; null where none did. */
            challenger: string | null;
            /** @description Whether something better than the Bot's own was found. */
            improved: boolean;
            /**
             * Format: int32
             * @description Trials that it added.
             */
            trials: number;
        };
        /**
         * @description As many contracts as lose no more than a part of the capital where `exits.stop` is filled at its price, rounded down. Where that is
         *     none, nothing is entered.
         */
        RiskSizing: {
            /**
             * Format: int32
             * @description Most contracts that are held.
             */
            maxContracts: number;
            /** @description Per cent of `capital.amount` that the stop may lose, such as `"1"`. Profits and losses do not change it. */
            percent: string;
        };
        /** @description A round of research with its whole report. */
        RoundRow: {
            /** @description Hash of the strategy that passed every gate; null where none did. */
            challenger: string | null;
            /**
             * Format: date-time
             * @description When the report was stored.
             */
            createdAt: string;
            /** @description The family that it searched. */
            family: string;
            /** @description Whether something better than the Bot's own was found. */
            improved: boolean;
            /**
             * Format: uuid
             * @description Its job.
             */
            jobId: string;
            /** @description What the job did. */
            jobType: components["schemas"]["JobType"];
            /** @description What the runner reported: seed, hashes, each gate with its verdict. */
            report: unknown;
            /** @description The instrument root whose data it studied. */
            root: string;
            /** @description Hash of the Bot's strategy when the round was planned. */
            strategyHash: string;
            /** @description What a language model was asked for and what came of it; null where none was to be asked. */
            suggestions: components["schemas"]["Suggestions"] | null;
            /**
             * Format: uuid
             * @description The cycle.
             */
            traceId: string;
            /**
             * Format: int32
             * @description Trials that it added.
             */
            trials: number;
        };
        /** @description Rounds of research. */
        RoundsPage: {
            /**
             * Format: date-time
             * @description The moment of which this speaks.
             */
            asOf: string;
            /**
             * Format: uuid
             * @description The Bot's UID.
             */
            botId: string;
            /**
             * Format: uuid
             * @description What to give as `before` for the next page; null where this is the last.
             */
            nextBefore: string | null;
            /** @description The newest first; or the one that was asked for. */
            rounds: components["schemas"]["RoundRow"][];
            /** @description The trials of the round that was asked for by `jobId`, the best first, those that could not be run last; null where none was. */
            trials: unknown[] | null;
            /** @description Why `trials` is null. */
            trialsReason: string | null;
            /**
             * Format: int64
             * @description How many the round has; null where `trials` is.
             */
            trialsTotal: number | null;
        };
        /**
         * @description Enters long when the relative strength index (Wilder's) closes below `oversold` while the bar closes above the average of the last
         *     `trend` closes; exits when a bar closes above the average of the last `exit` closes. With `LongShort` also the mirror image: the
         *     index above 100 − `oversold`, the close below the averages. With `length` 2 it is what is known as RSI-2.
         */
        RsiReversion: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars in the average that ends a position, usually 5.
             */
            exit: number;
            /**
             * Format: int32
             * @description Bars of the index, usually 2.
             */
            length: number;
            /**
             * Format: int32
             * @description Level of the index below which it is bought, usually 5 or 10.
             */
            oversold: number;
            /**
             * Format: int32
             * @description Bars in the average that tells the trend, usually 200.
             */
            trend: number;
        };
        /** @description What came of the run that was last asked for. */
        RunAnswer: {
            /**
             * Format: date-time
             * @description When it was asked for; null where the request does not say.
             */
            askedAt: string | null;
            /** @description The job that was started for it; null where none was, or where that is not known. */
            job: components["schemas"]["RunJob"] | null;
            /** @description What came of it, in a sentence. */
            message: string;
            /** @description Why there is no job yet, or why the job did not succeed; null where neither is so. */
            reasonCode: string | null;
            /** @description What to do about it; null where nothing is to be done, or this version does not know the reason. */
            suggestedFix: string | null;
            /**
             * Format: uuid
             * @description The trace that its rows carry, or will carry.
             */
            traceId: string;
        };
        /** @description The job of a run. */
        RunJob: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            completedAt: string | null;
            /**
             * Format: date-time
             * @description When the planner wrote it.
             */
            createdAt: string;
            /**
             * Format: uuid
             * @description Id of its row in `bot_jobs`.
             */
            id: string;
            /** @description The Kubernetes Job. */
            name: string;
            /**
             * Format: date-time
             * @description When a pod took it.
             */
            startedAt: string | null;
            /** @description Where it stands. */
            status: components["schemas"]["JobStatus"];
        };
        /** @description A run of the planner as it is shown. */
        RunRow: {
            /**
             * Format: int32
             * @description Bots looked at.
             */
            bots_seen: number;
            /**
             * Format: date-time
             * @description When it had done its work.
             */
            completed_at: string;
            /**
             * Format: uuid
             * @description The row's id.
             */
            id: string;
            /**
             * Format: int32
             * @description Kubernetes Jobs created.
             */
            jobs_created: number;
            /**
             * Format: int32
             * @description Rows written.
             */
            jobs_enqueued: number;
            /** @description Holder of the Lease. */
            leader: string;
            /** @description Bots without a job in this run, by reason. */
            skipped: unknown;
            /** @description Jobs enqueued, by stage. */
            stage_breakdown: unknown;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
        };
        /** @description Everything that is known of reasons and vendors before anything happens. */
        RunbookAnswer: {
            /** @description The reasons by area, in the order of the runbook. */
            areas: components["schemas"]["AreaAnswer"][];
            /** @description The vendors, in the order of the registry. */
            providers: components["schemas"]["Vendor"][];
        };
        /** @description What a blocker belongs to. */
        ScopeAnswer: {
            /** @description Dataset, schema and symbol of the feed. */
            feed: string | null;
            /** @description `installation`, `worker`, `integration`, `feed` or `bot`. */
            kind: string;
            /** @description Name of the Integration or Bot; null where there is no Integration. */
            name: string | null;
            /** @description Namespace of the Integration, feed or Bot. */
            namespace: string | null;
            /** @description Registry name of the Integration's or feed's vendor. */
            provider: string | null;
            /** @description Role of the worker. */
            worker: string | null;
        };
        /** @description Whether bytes of this attempt reached the vendor. */
        Sent: "yes" | "no" | "unknown";
        /** @description The session without its list of trades, which `result_hash` covers too. */
        Session: components["schemas"]["SessionRow"];
        /** @description Who is signed in, and where. */
        SessionAnswer: {
            /** @description Whether anyone may read without signing in. */
            anonymous: boolean;
            /**
             * Format: date-time
             * @description When they have to sign in again; null where nobody is signed in, or with a bearer token that does not say when it ends.
             */
            endsAt: string | null;
            /** @description Their groups at the API server. */
            groups: string[];
            /** @description The installation. */
            installation: components["schemas"]["InstallationAnswer"];
            /** @description The OpenID Connect issuer at which one may sign in, by `GET /api/session/oidc`; null where none is set. */
            issuer: string | null;
            /** @description Their name at the API server; null where nobody is signed in. */
            user: string | null;
            /** @description Why `user` is null. */
            userReason: string | null;
        };
        /** @description Trades on bars. */
        SessionBars: {
            /** @description The bars as consecutive buckets of them, at most 600, none left out; null where nobody knows them. */
            barBuckets: components["schemas"]["BarBucket"][] | null;
            /** @description Hash of the buckets in canonical JSON. */
            barBucketsHash: string | null;
            /** @description Why `barBuckets` is null. */
            barBucketsReason: string | null;
            /**
             * Format: int64
             * @description Bars of the session.
             */
            bars: number;
            /** @description Hash of the bars themselves. */
            dataHash: string;
            /**
             * Format: uuid
             * @description The job.
             */
            jobId: string;
            /**
             * Format: uuid
             * @description The cycle.
             */
            traceId: string;
            /** @description The newest trades, at most 1,000, in order of their exit; null where the result has none in a form that is known. */
            trades: components["schemas"]["Trade"][] | null;
            /**
             * Format: uint
             * @description Older trades that are left out of `trades`; null where that is.
             */
            tradesLeftOut: number | null;
            /** @description Why `trades` is null. */
            tradesReason: string | null;
        };
        /** @description Nothing is held overnight: positions are closed before the session's end, and entered within the session only. */
        SessionEnd: {
            /**
             * @description The session: `Regular` hours where the market has them, or `All` hours of the trade date.
             * @default All
             */
            hours: components["schemas"]["Hours"];
            /**
             * Format: int32
             * @description Minutes before the session's end from which nothing is wanted; at least one bar, so that there is one to sell in.
             */
            minutes: number;
        };
        /** @description What a backtest computed, without its trades. */
        SessionFigures: {
            /**
             * Format: int64
             * @description Number of bars.
             */
            bars: number;
            /**
             * Format: date-time
             * @description Start of the first bar.
             */
            firstBar: string;
            /**
             * Format: date-time
             * @description Start of the last bar.
             */
            lastBar: string;
            /** @description Figures as the engine named them. Money is in decimal strings, in the Bot's currency. */
            result: unknown;
            /** @description Hash of the whole result, trades included. */
            resultHash: string;
        };
        /** @description Enters only in some hours of the trade date. */
        SessionFilter: {
            /**
             * @description `Regular` hours where the market has them, or `All` hours of the trade date.
             * @default All
             */
            hours: components["schemas"]["Hours"];
            /**
             * Format: int32
             * @description Minutes at their beginning that are left out.
             * @default 0
             */
            skipFirst: number;
            /**
             * Format: int32
             * @description Minutes at their end that are left out.
             * @default 0
             */
            skipLast: number;
        };
        /** @description A backtest session. */
        SessionRow: {
            /**
             * Format: int64
             * @description Number of bars.
             */
            bars: number;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            created_at: string;
            /** @description Hash of the bars. */
            data_hash: string;
            /** @description Version of the engine that computed the result. */
            engine_version: string;
            /**
             * Format: date-time
             * @description Start of the first bar.
             */
            first_bar: string;
            /**
             * Format: uuid
             * @description UUIDv7.
             */
            id: string;
            /** @description Hash of everything that went in. */
            inputs_hash: string;
            /**
             * Format: date-time
             * @description Start of the last bar.
             */
            last_bar: string;
            /** @description The rows that fed it, in the order of their use. */
            request_ids: string[];
            /** @description What the engine computed: fees, net, drawdown, Sharpe ratio. Money is in decimal strings, in the Bot's currency. */
            result: unknown;
            /** @description Hash of the whole result, trades included, in canonical JSON. */
            result_hash: string;
            /** @description Hash of the strategy and its parameters. */
            strategy_hash: string;
            /** @description Those of `request_ids` that are no successful row of this very job. Empty if the session holds. */
            unresolved_request_ids: string[];
        };
        Sha256Hash: string;
        /** @description Side of a trade. */
        Side: "Long" | "Short";
        /** @description Size of a position. */
        Sizing: {
            /** Format: int32 */
            contracts: number;
        } | {
            risk: components["schemas"]["RiskSizing"];
        };
        /**
         * @description Long while the average of the last `fast` closes is above that of the last `slow` closes, this bar's close included.
         *
         *     With `LongShort`, short while it is below. Nothing is held while both are equal.
         */
        SmaCross: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars in the short average; below `slow`.
             */
            fast: number;
            /**
             * Format: int32
             * @description Bars in the long average.
             */
            slow: number;
        };
        /** @description A kind of outside source. Each row of the request log belongs to exactly one. */
        Source: "marketData" | "macro" | "optionsFlow" | "news" | "ai" | "broker";
        /** @description What a policy says of a kind of source. */
        SourceAnswer: {
            /**
             * Format: uint128
             * @description How long a vendor that fails again and again is left alone, in milliseconds.
             */
            cooldownMs: number;
            /** @description What may stand in for its first provider. */
            fallback: components["schemas"]["Fallback"];
            /**
             * Format: uint128
             * @description How long one answer may take, in milliseconds.
             */
            maxLatencyMs: number;
            /** @description Providers whose rows count, by their registry names. */
            providers: string[];
            /** @description Why it is disabled; null where it is not. */
            reason: string | null;
            /** @description Whether it must be proven. */
            requirement: components["schemas"]["Needed"];
            /**
             * Format: uint8
             * @description How often a call that failed is repeated.
             */
            retries: number;
            /** @description The kind. */
            source: components["schemas"]["Source"];
        };
        /** @description One kind of source of a Bot. */
        SourceMark: {
            /** @description What rows of the last completed cycle say of it. */
            mark: components["schemas"]["Mark"];
            /** @description The same in a sentence. */
            message: string;
            /** @description Providers whose rows count, by their registry names; of market data the first one, and behind it what may stand in. */
            providers: string[];
            /** @description Why the mark is what it is. */
            reasonCode: string;
            /** @description What the stage's policy says of it; null where the policy does not name it, or is not known. */
            requirement: components["schemas"]["Needed"] | null;
            /**
             * Format: date-time
             * @description Since when the mark is what it is; null where nobody says.
             */
            since: string | null;
            /** @description The kind. */
            source: components["schemas"]["Source"];
        };
        /**
         * @description A squeeze is on while `deviations` standard deviations of the last `length` closes are less than `ranges` means of their true
         *     ranges. With the close that ends one, enters long if it lies above the average of those closes, with `LongShort` short if below;
         *     exits when a bar closes on the other side of the average.
         */
        Squeeze: {
            /** @description Half the width of the Bollinger band in standard deviations (population), such as `"2"`. */
            deviations: string;
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Bars in average, deviation and mean true range.
             */
            length: number;
            /** @description Half the width of the Keltner channel in mean true ranges, such as `"1.5"`. */
            ranges: string;
        };
        /** @description A rung of the ladder. A Bot begins in `LAB`; nothing in `LAB` may touch a broker. */
        Stage: "LAB" | "PAPER" | "SHADOW" | "CANARY" | "LIVE";
        /** @description Something that is not up to date. */
        Stale: {
            /** @description Why. */
            reason: string;
            /**
             * Format: date-time
             * @description Since when the cluster is not being listened to.
             */
            since: string;
        };
        /** @description A condition of a Bot. */
        Standing: {
            /** @description The same in a sentence. */
            message: string;
            /** @description Why. */
            reasonCode: string;
            /**
             * Format: date-time
             * @description Since when the status is what it is.
             */
            since: string | null;
            /** @description `True`, `False` or `Unknown`. */
            status: string;
        };
        /** @description How ready something is. */
        Status: "OK" | "DEGRADED" | "BLOCKED";
        /** @description How far a Bot is stopped. */
        Stop: {
            /** @description What binds: the stricter of the two. */
            binds: components["schemas"]["StopPolicy"];
            /** @description What the Bot's spec says. */
            bot: components["schemas"]["StopPolicy"];
            /** @description What the stage's policy says; null where the policy is not known. */
            stage: components["schemas"]["StopPolicy"] | null;
        };
        /** @description How far a Bot is stopped. Each is stricter than the one before it. */
        StopPolicy: "None" | "Hold" | "HoldAndDrain";
        /** @description A stretch of time of which a reader of a stream may not have all bars. */
        StreamGap: {
            /** @description Why. */
            cause: components["schemas"]["GapCause"];
            /**
             * Format: date-time
             * @description End of the last, exclusive.
             */
            end: string;
            /**
             * Format: date-time
             * @description Start of the first bar that may be missing.
             */
            start: string;
        };
        /** @description A strategy that a language model suggests. */
        Suggestion: {
            /** @description What the model calls it: at most 60 letters, digits, spaces and `-_.,+/()`. */
            name: string;
            /** @description The strategy. */
            strategy: unknown;
            /** @description Its hash. */
            strategyHash: components["schemas"]["Sha256Hash"];
        };
        /** @description What was asked of a language model, and what came of it. */
        Suggestions: {
            /** @description Those that were bred from. */
            accepted: components["schemas"]["Suggestion"][];
            /**
             * Format: uint32
             * @description Strategies that were asked for, at most.
             */
            asked: number;
            /** @description Hash of those, which every trial of the round has in its id; null where there are none. */
            hash: components["schemas"]["Sha256Hash"] | null;
            /** @description The same in a sentence. */
            message: string | null;
            /** @description The model that was asked. */
            model: string;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Why there is no answer to read; null where there was one. */
            reasonCode: components["schemas"]["ReasonCode"] | null;
            /** @description Those that were not. */
            refused: components["schemas"]["RefusedSuggestion"][];
            /**
             * Format: uuid
             * @description The row of the call; null where the gateway did not say it.
             */
            requestId: string | null;
        };
        /** @description Whether the symbol that was used is the Bot's instrument. */
        SymbolCheck: "exact" | "resolved" | "MISMATCH";
        /** @description Whether the installation and its Bots can start. */
        SystemAnswer: {
            /** @description Whether every Bot may start. What binds one Bot is its own. */
            autonomy_allowed: boolean;
            /** @description What is in the way or does not fully work, what blocks first. */
            blockers: components["schemas"]["Blocker2"][];
            /** @description The Bots that the caller may read, by namespace and name. */
            bots: components["schemas"]["BotAnswer3"][];
            /**
             * Format: uint
             * @description Bots that the caller may read and that `limit` left out.
             */
            bots_left_out: number;
            /**
             * Format: uint
             * @description Bots that count and that the caller may not list.
             */
            bots_not_shown: number;
            /** @description `dataFeedsHealthy`, `brokerConnected`, `llmConnected`, `supervisorLoopActive`, `timeoutWorkerActive`, `riskEngineConnected`. */
            gates: {
                [key: string]: components["schemas"]["GateAnswer"];
            };
            /**
             * Format: date-time
             * @description When this was read.
             */
            generated_at: string;
            /** @description The worst of all parts that something requires. */
            system_status: components["schemas"]["Status"];
            /** @description Bots by tier of their autonomy score; null is unknown. */
            tier_counts: {
                [key: string]: number;
            } | null;
            /** @description Why `tier_counts` is null. */
            tier_counts_reason: string | null;
        };
        /** @description A third of the last values, by how many of them are below. */
        Tercile: "Low" | "Middle" | "High";
        /** @description Integrations counted. */
        Totals: {
            /**
             * Format: uint
             * @description Those of which every key is there and has its form.
             */
            configured: number;
            /**
             * Format: uint
             * @description Those whose last handshake or call succeeded, within `connectedFor`.
             */
            connected: number;
            /**
             * Format: uint
             * @description All.
             */
            integrations: number;
            /**
             * Format: date-time
             * @description The newest use of any, within the last 30 days.
             */
            last_used_at: string | null;
            /** @description Why `last_used_at` is null. */
            last_used_reason: string | null;
            /**
             * Format: uint
             * @description Those that a Bot's job used within the last hour.
             */
            used: number;
            /**
             * Format: int64
             * @description Uses of the last hour.
             */
            uses_1h: number;
        };
        /** @description Contracts bought and sold, or sold and bought back. */
        Trade: {
            /**
             * Format: int32
             * @description How many contracts.
             */
            contracts: number;
            /** @description Price of the entry, slippage included. */
            entryPrice: string;
            /**
             * Format: date-time
             * @description When the entry was filled: the open of a bar, or its end, when a fill within it is known.
             */
            entryTime: string;
            /** @description Price of the exit, slippage included. */
            exitPrice: string;
            /** @description Why it ended. */
            exitReason: components["schemas"]["ExitReason"];
            /**
             * Format: date-time
             * @description When the exit was filled.
             */
            exitTime: string;
            /** @description Fees of both sides. */
            fees: string;
            /** @description Profit before fees; a loss is negative. */
            gross: string;
            /** @description Gross less fees. */
            net: string;
            /** @description Which came first. */
            side: components["schemas"]["Side"];
        };
        /** @description Enters only on one side of the average of the last closes. */
        TrendFilter: {
            /**
             * Format: int32
             * @description Bars in the average.
             */
            length: number;
            /** @description `With` the trend: long above the average, short below; `Against` it: the other way round. */
            only: components["schemas"]["TrendSide"];
        };
        /** @description Which way positions are entered. */
        TrendSide: "With" | "Against";
        /** @description One strategy that was tried. */
        Trial: {
            /**
             * Format: uint32
             * @description Rules and parameters that it is made of.
             */
            complexity: number;
            /** @description Before the first test of the walk forward; null where it could not be run. */
            inSample: components["schemas"]["Figures"] | null;
            /** @description How it was made: `step smaCross.fast 20→25`. */
            madeBy: string;
            /** @description Deepest fall of equity over the capital, over all bars that the search sees. */
            maxDrawdown: string | null;
            /** @description Over all tests of the walk forward; null where it could not be run. */
            outOfSample: components["schemas"]["Figures"] | null;
            /** @description Hashes of the strategies that it was made from. */
            parents: components["schemas"]["Sha256Hash"][];
            /** @description Why it is no challenger; null where it is. */
            refusal: components["schemas"]["Refusal"] | null;
            /** @description What it is bred by: the lower Sharpe ratio of in and out of sample, less what its complexity costs. */
            score: string | null;
            /** @description The strategy. */
            strategy: unknown;
            /** @description Its hash. */
            strategyHash: components["schemas"]["Sha256Hash"];
            /** @description Hash of all that went in: spec, bars, engine version, rules, step and seed. The same trial made again has the same id. */
            trialId: components["schemas"]["Sha256Hash"];
        };
        /** @description An Integration that is connected and not used. */
        Unused: {
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /** @description Registry name of its provider. */
            provider: string;
            /** @description The same in a sentence. */
            reason: string;
            /** @description Why it is not used. */
            reason_code: components["schemas"]["ReasonCode"];
            /** @description `FAIL` where its Bots should have used it, `UNKNOWN` where they have not had the time, else `PASS`. */
            verdict: components["schemas"]["Word"];
        };
        /** @description Counts by quarters of an hour. */
        Usage: {
            /** @description The oldest first. One without rows is there, with zeros. */
            buckets: components["schemas"]["Bucket"][];
            /**
             * Format: date-time
             * @description Beginning of the first quarter of an hour.
             */
            from: string;
            /** @description The Integration. */
            integration: components["schemas"]["Whose"];
            /**
             * Format: date-time
             * @description End of the last.
             */
            to: string;
        };
        /** @description A row of `integration_usage_events`. */
        UsageEvent: {
            /**
             * Format: uuid
             * @description UID of the Bot; null where no Bot's job made the call.
             */
            bot_id: string | null;
            /** @description Name of the Bot. */
            bot_name: string | null;
            /** @description Namespace of the Bot. */
            bot_namespace: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description The vendor's name of the endpoint. */
            endpoint: string;
            /** @description The vendor's own code. */
            error_code: string | null;
            /** @description The same in a sentence. */
            error_message: string | null;
            /**
             * Format: int32
             * @description The vendor's HTTP status.
             */
            http_status: number | null;
            /**
             * Format: uuid
             * @description Id of the row.
             */
            id: string;
            /**
             * Format: uuid
             * @description Its job.
             */
            job_id: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the first byte sent to the last received.
             */
            latency_ms: number | null;
            /** @description Why it was made. */
            operation: components["schemas"]["Operation"];
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Why it did not succeed. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /** @description Whether it reached the vendor. */
            sent: components["schemas"]["Sent"];
            /** @description Kind of source; null where there is none, or the call was refused unclassified. */
            source: components["schemas"]["Source"] | null;
            /** @description Stage of the release that the job worked for. */
            stage: components["schemas"]["Stage"] | null;
            /** @description How it ended. */
            status: components["schemas"]["Outcome"];
            /**
             * Format: uuid
             * @description The trace that the row carries.
             */
            trace_id: string;
            /** @description The Kubernetes user that caused it. */
            user_id: string;
        };
        /** @description What stays the same about a provider. */
        Vendor: {
            /** @description Kind of source; `notification` or `storage` where it is none. */
            category: string;
            /** @description Where each key is found, and what its values look like. */
            hints: components["schemas"]["KeyHint"][];
            /** @description Names of keys that it may have. */
            optional_env_vars: string[];
            /** @description Which plan or licence is needed, and what its lack looks like. */
            plan: string;
            /** @description Registry name of the provider. */
            provider: string;
            /** @description Names of the keys that its Secret must have. */
            required_env_vars: string[];
            /** @description Whether the vendor has a harmless call that proves a key. */
            supports_verify: boolean;
            /** @description The vendor's name as it writes it. */
            title: string;
        };
        /** @description What the evidence says of a statement. */
        Verdict: "Refuted" | "Unknown" | "Proven";
        /** @description A handshake. */
        Verification: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description What was found of the keys; null where they could not be read. */
            credential_check: components["schemas"]["CredentialCheck"] | null;
            /** @description The vendor's name of the endpoint. */
            endpoint: string;
            /** @description The vendor's own code. */
            error_code: string | null;
            /** @description The same in a sentence. */
            error_message: string | null;
            /**
             * Format: int32
             * @description The vendor's HTTP status.
             */
            http_status: number | null;
            /**
             * Format: uuid
             * @description Id of its row.
             */
            id: string;
            /**
             * Format: int64
             * @description The generation of the Integration's spec that it proves.
             */
            integration_generation: number | null;
            /**
             * Format: int64
             * @description Milliseconds from the first byte sent to the last received.
             */
            latency_ms: number | null;
            /** @description Why it did not succeed. */
            reason_code: components["schemas"]["ReasonCode"] | null;
            /** @description Whether it reached the vendor. */
            sent: components["schemas"]["Sent"];
            /** @description How it ended. */
            status: components["schemas"]["Outcome"];
            /**
             * Format: uuid
             * @description The trace that it was made under.
             */
            trace_id: string;
            /** @description The Kubernetes user that made it. */
            user_id: string;
        };
        /** @description The newest handshakes. */
        Verifications: {
            /** @description The Integration. */
            integration: components["schemas"]["Whose"];
            /** @description The newest of the last 30 days, the newest first; at most 20. */
            verifications: components["schemas"]["Verification"][];
        };
        /** @description Enters only while the average true range lies in some thirds of its last values. */
        VolatilityFilter: {
            /** @description Thirds in which positions may be entered. */
            allow: components["schemas"]["Tercile"][];
            /**
             * Format: int32
             * @description Bars of the average true range (Wilder's).
             */
            atr: number;
            /**
             * Format: int32
             * @description Last values of it, the newest included, that it is ranked among.
             */
            over: number;
        };
        /**
         * @description Enters long when a bar closes more than `width` standard deviations below the session's volume-weighted average price; exits when
         *     one closes at the average or above. With `LongShort` also the mirror image. A bar counts with a third of its high, low and close,
         *     weighted with its volume. Each session stands alone: nothing is wanted in its first `minutes` and from `flatMinutes` before its end.
         */
        VwapFade: {
            /**
             * @description Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
             * @default LongOnly
             */
            direction: components["schemas"]["Direction"];
            /**
             * Format: int32
             * @description Minutes before the session's end from which nothing is wanted; at least one bar.
             */
            flatMinutes: number;
            /**
             * @description The session: `Regular` hours where the market has them, or `All` hours of the trade date.
             * @default All
             */
            hours: components["schemas"]["Hours"];
            /**
             * Format: int32
             * @description Minutes at the session's beginning in which nothing is entered; at least one bar.
             */
            minutes: number;
            /** @description Half the width of the band in standard deviations, such as `"2"`. */
            width: string;
        };
        /** @description Which Integration. */
        Whose: {
            /**
             * Format: uuid
             * @description Its UID.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Its namespace. */
            namespace: string;
            /** @description Registry name of its provider. */
            provider: string;
        };
        /** @description A verdict, the best first. */
        Word: "PASS" | "UNKNOWN" | "FAIL";
        /** @description What was written. It holds no value. */
        Written: {
            /** @description Keys that look unlike the vendor's others, in a sentence each. */
            doubts: string[];
            /** @description Names of the keys that it has now by this API's doing. */
            keys: string[];
            /** @description Namespace of the Secret. */
            namespace: string;
            /** @description Name of the Secret. */
            secret: string;
            /** @description What came of the handshake with the new credential; null where the caller may not ask for one. */
            verification: components["schemas"]["Made"] | null;
            /** @description Why `verification` is null. */
            verification_reason: string | null;
        };
        /** @description Condition contains details for one aspect of the current state of this API Resource. */
        "io.k8s.apimachinery.pkg.apis.meta.v1.Condition": {
            /** @description lastTransitionTime is the last time the condition transitioned from one status to another. This should be when the underlying condition changed.  If that is not known, then using the time when the API field changed is acceptable. */
            lastTransitionTime: components["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.Time"];
            /** @description message is a human readable message indicating details about the transition. This may be an empty string. */
            message: string;
            /**
             * Format: int64
             * @description observedGeneration represents the .metadata.generation that the condition was set based upon. For instance, if .metadata.generation is currently 12, but the .status.conditions[x].observedGeneration is 9, the condition is out of date with respect to the current state of the instance.
             */
            observedGeneration?: number;
            /** @description reason contains a programmatic identifier indicating the reason for the condition's last transition. Producers of specific condition types may define expected values and meanings for this field, and whether the values are considered a guaranteed API. The value should be a CamelCase string. This field may not be empty. */
            reason: string;
            /** @description status of the condition, one of True, False, Unknown. */
            status: string;
            /** @description type of condition in CamelCase or in foo.example.com/CamelCase. */
            type: string;
        };
        /**
         * Format: date-time
         * @description Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are provided for many of the factory methods that the time package offers.
         */
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time": string;
    };
    responses: {
        /** @description Why there is no answer, and what to do about it. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    autonomyProof: {
        parameters: {
            query?: {
                /** @description Runs of the planner that are shown. */
                last?: number;
                /** @description Bots at most, those that were silent for longest before others, and as many things missed; without it all are answered. */
                limit?: number;
                /** @description How far back the verdict and the counts reach, at most 168h. */
                window?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutonomyAnswer"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's UID, its name if only one namespace has it, or namespace and name joined by %2F. */
                botId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotProof"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botProofByName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotProof"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    databentoProof: {
        parameters: {
            query?: {
                /** @description Rows at most. */
                limit?: number;
                /** @description Only rows of this Bot: its UID, name, or namespace/name. Needs `get` on it, too. */
                bot?: string;
                /** @description Only rows older than this one, as `next_before` names it. */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderProof"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationsProof: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntegrationsProof"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    bots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotsAnswer"];
                };
            };
            /** @description Nothing has changed. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    bot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneBot"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    holdBot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Bot as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneBot"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botJobs: {
        parameters: {
            query?: {
                /** @description Only older ones, as `nextBefore` names it. */
                before?: string;
                /** @description Rows at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobsPage"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botLineage: {
        parameters: {
            query?: {
                /** @description Only older ones, as `nextBefore` names it. */
                before?: string;
                /** @description Rounds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineagePage"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
                /** @description A backtest of the Bot. */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botReportBars: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
                /** @description A backtest of the Bot. */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBars"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botReportHtml: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
                /** @description A backtest of the Bot. */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    resetBot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Bot as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneBot"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    resumeBot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Bot as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneBot"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    runBot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Bot as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneBot"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    botTrials: {
        parameters: {
            query?: {
                /** @description Only older ones, as `nextBefore` names it. */
                before?: string;
                /** @description Rows at most. */
                limit?: number;
                /** @description Only the round of this job, with its trials. */
                jobId?: string;
            };
            header?: never;
            path: {
                /** @description The Bot's namespace. */
                namespace: string;
                /** @description The Bot's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundsPage"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last event that the caller has. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream that stays open. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    setCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    namespace: string;
                    provider: string;
                    /** @description By the names of the keys, each that the provider needs. They are in no answer. */
                    values: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description It is written. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Written"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationsStatus: {
        parameters: {
            query?: {
                /** @description Only Integrations of this namespace. */
                namespace?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntegrationsStatus"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    testIntegration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    namespace: string;
                    provider: string;
                };
            };
        };
        responses: {
            /** @description How it ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Made"];
                };
            };
            /** @description It has not ended yet; its row will carry the trace. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Made"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    verifyIntegration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    namespace: string;
                    provider: string;
                };
            };
        };
        responses: {
            /** @description How it ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Made"];
                };
            };
            /** @description It has not ended yet; its row will carry the trace. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Made"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Integration's namespace. */
                namespace: string;
                /** @description The Integration's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Masked"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Integration's namespace. */
                namespace: string;
                /** @description The Integration's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationUsage: {
        parameters: {
            query?: {
                /** @description How far back, such as 24h; 168h at most. */
                window?: string;
            };
            header?: never;
            path: {
                /** @description The Integration's namespace. */
                namespace: string;
                /** @description The Integration's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    integrationVerifications: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The Integration's namespace. */
                namespace: string;
                /** @description The Integration's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verifications"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    policies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoliciesAnswer"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    requests: {
        parameters: {
            query?: {
                /** @description Only rows of this cycle. */
                traceId?: string;
                /** @description Only rows of this Bot: its UID, name, or namespace/name. Not with traceId. */
                botId?: string;
                /** @description Only rows of this provider, by its registry name. */
                provider?: string;
                /** @description Only rows of this kind of source. */
                source?: "marketData" | "macro" | "optionsFlow" | "news" | "ai" | "broker";
                /** @description Not older; without it a day back, of a Bot 30 days, of a cycle everything. */
                from?: string;
                /** @description Older than this; without it everything until now. */
                to?: string;
                /** @description Only rows older than this one, as `nextBefore` names it. */
                before?: string;
                /** @description Rows at most: 500 as JSON, 10000 as CSV, which is what a table has where nothing else is asked for. */
                limit?: number;
                /** @description Without it as `Accept` says: text/csv, or else JSON. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requests"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The row's id. */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneRequest"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    runbook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunbookAnswer"];
                };
            };
            405: components["responses"]["Problem"];
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header: {
                /** @description Says that the console asks; with it goes an Origin that names the host. */
                "X-Assayer-Console": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A token that the API server accepts for itself. */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header: {
                /** @description Says that the console asks; with it goes an Origin that names the host. */
                "X-Assayer-Console": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The browser has no session any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
        };
    };
    signInAtIssuer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the issuer, or back to /sign-in?refused=unreachable. */
            303: {
                headers: {
                    /** @description Where it goes on. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    signedInAtIssuer: {
        parameters: {
            query?: {
                /** @description As the issuer sent it. */
                code?: string;
                /** @description As the issuer sent it. */
                state?: string;
                /** @description As the issuer sent it. */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the console with a session, or to /sign-in?refused= with unreachable, expired, refused or untrusted. */
            303: {
                headers: {
                    /** @description Where it goes on. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    systemStatus: {
        parameters: {
            query?: {
                /** @description Bots at most, those that something is in the way of before others; without it all are answered. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemAnswer"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            405: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
}
