"""The believable demo court, built through the services so that demo data can never break a rule. Invented people."""
