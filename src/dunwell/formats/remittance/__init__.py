"""Remittance advices: what payers say they pay, from sheets, mail, text and EDI."""
