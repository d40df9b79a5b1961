"""Measurements of the receiver, each beside what it is to be held against."""
