"""Commands for operators: ``python -m infra.operate``."""
