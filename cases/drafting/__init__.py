"""Drafting of papers 文书起草: who may, what stands in them beforehand, how they differ."""
