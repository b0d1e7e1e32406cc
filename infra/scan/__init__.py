"""Scanners over the templates, the workflows and every file of the project: ``make scan``. They need no network.

What else looks for faults of security, and where: ruff's S rules are bandit's checks, on every ``make lint``, so bandit
itself would say the same twice; cfn-lint is in ``infra/template.py``; known vulnerabilities need an advisory service and
so a network: ``make audit``.
"""
