"""An Asterisk, told of by its REST interface (ARI) and told what to do by it."""
