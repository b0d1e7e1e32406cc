"""Everything around what is deployed: layers, the stack on one machine, operator commands."""
