"""The probes: each looks at one thing, in bounded time, and gives findings. None of them changes anything."""
