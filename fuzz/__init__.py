"""Coverage-guided fuzzing of the parsers and of the webhook, by atheris."""
