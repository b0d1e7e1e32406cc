"""Stand-ins for the vendors, each in a process of its own or inside a test."""
