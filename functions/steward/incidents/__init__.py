"""Incidents as they are kept and shown: what they are, their rows, and the status text; the triage leads their lives."""
