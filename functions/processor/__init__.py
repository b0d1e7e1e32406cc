"""Processor: works the lane off against Notion and Slack, one event at a time."""
