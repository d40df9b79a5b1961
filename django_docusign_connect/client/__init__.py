"""What is asked of DocuSign's API."""
