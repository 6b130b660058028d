"""Foreign files are opened only here, in a process of their own with limits (SEC-51).

``python -m documents.inspect check KIND INPUT OUTPUT`` prints one JSON object; ``page`` renders one page. Imports neither
Django nor settings: the process knows no secret and no database.
"""
