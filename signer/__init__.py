"""The signer: a process of its own that holds the keys of the court's seals (docs/adr/0017).

Web and worker ask it for a raw signature and never see a key. It knows neither Django nor the database: what it may do
follows from its key directory and one shared secret, what it did stands in its journal.
"""
