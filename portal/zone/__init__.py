"""The process of the complaint zone: own settings, own database role, own key (docs/adr/0012)."""
