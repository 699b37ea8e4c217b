"""Chinese sentences by code; one module per subject, each with a `SENTENCES` table."""
