"""The read API: what is known of envelopes, and the messages it is known from."""
