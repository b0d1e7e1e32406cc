"""The console: what operators see, by HTTP. It reads the two tables and writes nothing."""
