package spec

// Quote puts a word of a file into a message: in quotes, on one line and of
// bearable length.
func Quote(word string) string { return quote(word) }
