"""Electronic invoices: UBL, CII and Factur-X, written from and read into `InvoiceDocument`."""
