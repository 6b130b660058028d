"""Element forms 要素式诉状: pages, fields and material slots as data (法〔2025〕82号)."""
