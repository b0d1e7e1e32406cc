"""The triage: watches, and lets the lane go on when the reason for its rest is gone."""
