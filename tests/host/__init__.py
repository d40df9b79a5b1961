"""A host's app for the tests that run real processes: its receivers leave traces."""
