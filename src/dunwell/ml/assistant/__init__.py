"""What a customer says to the assistant: phrases in ten languages, and a reader of them."""
