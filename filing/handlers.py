"""What this app does when something happened elsewhere. A handler calls a service."""
