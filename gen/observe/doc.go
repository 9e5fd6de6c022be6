// Package observe holds recordings of a server's frames against a spec: what
// does the server send, and what was it sent, that the spec does not have? And
// what does the spec have that was not seen? From what it finds it makes an
// overlay that a person can correct, and that makes the spec say what the server
// does.
//
//	o := observe.New(s, observe.Options{})
//	if err := o.Read("frames.ndjson", f); err != nil { … }
//	for _, finding := range o.Report().Findings { … }
//
// A recording is what streaming.WithRecorder writes, a JSON object a line:
//
//	{"t": milliseconds, "conn": "name of the socket", "dir": "in" or "out", "frame": "the text"}
//
// Lines with "cut": true, whose text is not whole, and {"dropped": n}, where
// frames are missing, are counted and passed over. A line may also be a frame
// itself, as it was received.
package observe
