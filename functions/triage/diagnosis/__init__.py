"""From evidence to what is wrong, what to do and what not to do. Pure."""
