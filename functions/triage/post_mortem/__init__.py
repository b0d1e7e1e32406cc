"""The draft of a post-mortem, made of what the journal has; nothing in it is from anywhere else."""
