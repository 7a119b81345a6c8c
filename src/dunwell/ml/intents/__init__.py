"""What a message is about: words and pieces of words, weighed by logistic regression."""
