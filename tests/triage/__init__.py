"""How well the diagnosis does on the labelled corpus, beside what naive trees do."""
