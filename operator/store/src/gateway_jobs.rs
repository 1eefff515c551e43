//! What the gateway knows of jobs.
