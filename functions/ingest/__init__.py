"""Ingest: verify a Notion delivery, make it durable, acknowledge it."""
