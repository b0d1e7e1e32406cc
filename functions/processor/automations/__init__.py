"""The automations, one module each: pure, from before and after to what has to be told."""
