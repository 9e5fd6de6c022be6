package misskeytest

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// object is a JSON object as the server reads it: keys in exact case, the last
// of two equal ones wins.
type object map[string]json.RawMessage

// toObject reads raw as a JSON object. Null, arrays and everything else are
// none.
func toObject(raw json.RawMessage) (object, bool) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return nil, false
	}
	return o, true
}

// text reads a key that has to be a string.
func (o object) text(key string) (string, bool) { return toText(o[key]) }

func toText(raw json.RawMessage) (string, bool) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

// number reads a key that has to be a number.
func (o object) number(key string) (float64, bool) {
	raw := bytes.TrimSpace(o[key])
	if len(raw) == 0 || raw[0] == 'n' {
		return 0, false
	}
	var f float64
	err := json.Unmarshal(raw, &f)
	return f, err == nil
}

// whole is a number without what is behind its point. One that is out of reach is
// the last within it: Go does not say what a plain conversion makes of that.
func whole(f float64) int64 {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// integer reads a number as a whole one, those beyond what JavaScript can count as
// the last that it can.
func (o object) integer(key string) (int, bool) {
	const most = 1<<53 - 1
	n, ok := o.number(key)
	return int(whole(min(max(n, -most), most))), ok
}

// moment reads a key that has to be a time in milliseconds since 1970. What is
// out of the reach of dates is read as the first or last moment that is not.
func (o object) moment(key string) (time.Time, bool) {
	ms, ok := o.number(key)
	return time.UnixMilli(whole(min(max(ms, firstMoment), lastMoment))).UTC(), ok
}

// The first and the last moment with a year of four digits, in milliseconds.
const (
	firstMoment = -62167219200000
	lastMoment  = 253402300799999
)

// span reads a key that has to be a number of these units of time.
func (o object) span(key string, unit time.Duration) (time.Duration, bool) {
	n, ok := o.number(key)
	return time.Duration(whole(n * float64(unit))), ok
}

// toBoolean reads true or false, nothing else.
func toBoolean(raw json.RawMessage) (value, ok bool) {
	switch string(bytes.TrimSpace(raw)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// truthy reads a key as JavaScript's `!!(o.key ?? fallback)` does, which is
// how the server reads boolean params of whatever type.
func (o object) truthy(key string, fallback bool) bool {
	switch raw := string(bytes.TrimSpace(o[key])); raw {
	case "", "null":
		return fallback
	case "false", `""`:
		return false
	default:
		if n, ok := o.number(key); ok {
			return n != 0
		}
		return true
	}
}

// receive acts on one frame of a client. Whatever is wrong with it, nobody is
// told and the socket stays.
func (k *Socket) receive(kind int, data []byte) {
	if !k.server.config.withoutJournal {
		k.received = append(k.received, ReceivedFrame{At: k.server.now(), Kind: kind, Data: data})
	}
	facts := k.server.facts
	switch {
	case kind == websocket.BinaryMessage && !facts.readsBinary:
		return
	case facts.textPing && string(data) == "ping":
		k.sendText([]byte("pong"))
		return
	}
	frame, ok := toObject(data)
	if !ok {
		return
	}
	typ, ok := frame.text("type")
	if !ok {
		return
	}
	if typ == "readNotification" && !facts.readsOneNotification { // needs no body and reads none
		if k.who.user != nil {
			k.server.readAllNotifications(k.who.user)
		}
		return
	}
	body, ok := toObject(frame["body"])
	if !ok {
		return
	}
	switch typ {
	case "connect":
		k.connect(body)
	case "disconnect":
		k.disconnect(body)
	case "channel", "ch":
		k.toChannel(body)
	case "subNote", "s", "sr":
		if id, ok := body.text("id"); ok && id != "" {
			k.capture(misskey.NoteID(id))
		}
	case "unsubNote", "un":
		if id, ok := body.text("id"); ok {
			k.release(misskey.NoteID(id))
		}
	case "readNotification":
		k.readNotification(body)
	case "api":
		if facts.answersCalls {
			k.answerCall(body)
		}
	case "typingOnMessaging", "typingOnChannel":
		if facts.messaging {
			k.typing(typ, body)
		}
	}
}

// toChannel hands a message to the channel it is for. One without a body, or
// for an id nobody has, is dropped.
func (k *Socket) toChannel(body object) {
	id, ok := body.text("id")
	if !ok {
		return
	}
	typ, ok := body.text("type")
	if !ok {
		return
	}
	payload, ok := body["body"]
	if !ok {
		return
	}
	c := k.find(id)
	if c == nil {
		return
	}
	c.sends = append(c.sends, Send{Type: typ, Body: payload})
	if c.rule.receive != nil {
		c.rule.receive(c, typ, payload)
	}
}

// marshal encodes a body as JavaScript does: no escaping of <, > and &. A body
// that a test has given is encoded while Server.mu is not held, as its MarshalJSON
// may well use the server.
func marshal(body any) json.RawMessage {
	if m, ok := body.(json.Marshaler); ok && !isNil(body) {
		raw, err := m.MarshalJSON()
		if err != nil {
			panic("misskeytest: body cannot be encoded: " + err.Error())
		}
		return raw
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		panic("misskeytest: body cannot be encoded: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// topFrame is a frame that belongs to no channel.
func topFrame(typ string, body json.RawMessage) []byte {
	return join(`{"type":`, string(marshal(typ)), `,"body":`, string(body), `}`)
}

func join(parts ...string) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := make([]byte, 0, n)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
