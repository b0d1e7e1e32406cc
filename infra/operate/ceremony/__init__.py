"""The ceremony that makes a Notion subscription deliver to Steward: a person clicks in Notion, the command does the rest."""
