"""The ways in which an effect becomes real, one module each: make the call, and look whether it was made."""
