"""Steward's domain and adapters, shared by every function.

Floors, imports point down only:

* handlers ``functions/{ingest,processor}/handler.py`` read the environment, build the clients, know AWS event shapes;
* logic ``functions/{ingest,processor}/*.py`` never imports another function's package;
* adapters ``state, journal, lane, secret_store, telemetry, mirror/*, clients/*`` speak to the world;
* domain, everything else here, is the standard library (and pydantic in ``rules`` only).

``tests/unit/test_floors.py`` reads the imports and holds this page to its word.
"""
