"""The SQL models, the runner that builds them, and what it knows of them: order, checks, dictionary."""
