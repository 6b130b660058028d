"""Every change of state around complaints. ``door`` runs in the public process, everything else in the zone's own."""
