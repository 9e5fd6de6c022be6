package wire

import "github.com/go-faster/jx"

// Build returns the frame {type, body}. A nil body leaves the key out. It is
// safe for concurrent use, and the frame is the caller's own.
func Build(typ string, body func(*jx.Encoder)) []byte {
	var e jx.Encoder
	e.ObjStart()
	e.FieldStart("type")
	e.Str(typ)
	if body != nil {
		e.FieldStart("body")
		body(&e)
	}
	e.ObjEnd()
	return e.Bytes()
}

// Message returns the body {id, type, body} of a frame that carries a
// channel's message. A nil body becomes null: the server ignores a message
// without one.
func Message(id, typ string, body func(*jx.Encoder)) func(*jx.Encoder) {
	return func(e *jx.Encoder) {
		e.ObjStart()
		e.FieldStart("id")
		e.Str(id)
		e.FieldStart("type")
		e.Str(typ)
		e.FieldStart("body")
		if body == nil {
			e.Null()
		} else {
			body(e)
		}
		e.ObjEnd()
	}
}

// Connect returns the body that connects to a channel and asks for an
// acknowledgement. params is a JSON object; the server ignores a connect whose
// params are null.
func Connect(channel, id string, params []byte) func(*jx.Encoder) {
	return func(e *jx.Encoder) {
		e.ObjStart()
		e.FieldStart("channel")
		e.Str(channel)
		e.FieldStart("id")
		e.Str(id)
		e.FieldStart("params")
		e.Raw(params)
		e.FieldStart("pong")
		e.Bool(true)
		e.ObjEnd()
	}
}

// Key returns the body {key: value}, which disconnects a channel ("id") or
// begins and ends a capture.
func Key(key, value string) func(*jx.Encoder) {
	return func(e *jx.Encoder) {
		e.ObjStart()
		e.FieldStart(key)
		e.Str(value)
		e.ObjEnd()
	}
}

// Call returns the body {id, endpoint, data} of a call of the API. data is a
// JSON object.
func Call(id, endpoint string, data []byte) func(*jx.Encoder) {
	return func(e *jx.Encoder) {
		e.ObjStart()
		e.FieldStart("id")
		e.Str(id)
		e.FieldStart("endpoint")
		e.Str(endpoint)
		e.FieldStart("data")
		e.Raw(data)
		e.ObjEnd()
	}
}
