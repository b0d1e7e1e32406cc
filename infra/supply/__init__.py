"""What ships, of whom, under which licence, and what is known against it: ``make sbom``, ``make audit``."""
