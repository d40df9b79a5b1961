"""A host that has its messages processed by Django's Tasks framework."""
