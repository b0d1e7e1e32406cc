"""Clients of the vendors: every answer becomes a value or a ``CallFailed``, nothing is retried behind our back."""
