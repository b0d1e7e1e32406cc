"""What is done about an incident without anybody: each measure is harmless when repeated, written down, and can be undone."""
