"""What can be picked out of a message's text: days, amounts, numbers, addresses, with quotes."""
