package spec

// Quote puts a word of a file into a message: in quotes, on one line and of
// bearable length.
func Quote(word string) string { return quote(word) }

// IsDialectName reports whether a spec can have a name.
func IsDialectName(name string) bool { return dialectName.MatchString(name) }

// IsVersion reports whether a word is the version of a server, as in 2026.3.2
// or 2025.3.2-beta.9.
func IsVersion(word string) bool { return version.MatchString(word) }
