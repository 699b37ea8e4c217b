"""Pages that belong to no content type: front (home, sign-in, language), account, people and
departments, tokens, numbers, audit, config."""
