"""Incidents: what a diagnosis that stands becomes, from its beginning to its end."""
