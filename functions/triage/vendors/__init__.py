"""The vendors that are watched, each a module of its own here: a further one is a further module, and no other change."""
