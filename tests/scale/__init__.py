"""A day of events, simulated on the real budget, pacing and lanes: how late is the last one, and what holds it up."""
