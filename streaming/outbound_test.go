package streaming_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// exception is why a recorded frame is not produced to the letter.
type exception string

const (
	notJSON     exception = "it is no JSON, which a client of typed frames cannot send"
	api         exception = "it is an api message, which only servers before 12.110 answer"
	alias       exception = "its type is an alias; the canonical name is sent"
	nullParams  exception = "its params are null, which the server ignores; {} is sent"
	noChannel   exception = "it connects or disconnects a channel that no server has"
	anonymous   exception = "it connects or disconnects what an anonymous client is refused at once"
	leaky       exception = "it disconnects a channel that the server does not stop; it is sent when the client closes"
	notExcepted exception = ""
)

// exceptions says how many frames of the recording are excepted. One more or
// less, and the test fails.
var exceptions = map[exception]int{
	notJSON:    2,
	api:        1,
	alias:      39,
	nullParams: 1,
	noChannel:  2,
	anonymous:  2,
	leaky:      9,
}

// canonical is what an alias stands for.
var canonical = map[string]string{"s": "subNote", "sr": "subNote", "un": "unsubNote", "ch": "channel"}

// TestOutboundFrames makes the typed call for every frame that the recording's
// clients sent, and compares what arrives at a server.
func TestOutboundFrames(t *testing.T) {
	frames := streaming.ReadRecording(t, "testdata/misskey-2026.3.2.ndjson.gz")
	out, used, err := replay(t, frames)
	if err != nil {
		t.Error(err)
	}
	if out != 247 {
		t.Errorf("%d outbound frames, want 247", out)
	}
	if !maps.Equal(used, exceptions) {
		t.Errorf("exceptions\n%v\nwant\n%v", used, exceptions)
	}
	for e, n := range used {
		t.Logf("%4d frames: %s", n, e)
	}
}

// TestOutboundFramesCanFail shows that the test above finds what differs.
func TestOutboundFramesCanFail(t *testing.T) {
	const (
		connect = `{"type":"connect","body":{"channel":"chatUser","id":"1","params":{"otherId":"a"},"pong":true}}`
		read    = `{"type":"channel","body":{"id":"1","type":"read","body":{"id":"m"}}}`
	)
	for _, tt := range []struct{ name, frames, problem string }{
		{"nothing", connect + "\n" + read, ""},
		{"an unknown parameter", `{"type":"connect","body":{"channel":"main","id":"1","params":{"mood":1},"pong":true}}`, "mood"},
		{"a missing parameter", `{"type":"connect","body":{"channel":"antenna","id":"1","params":{},"pong":true}}`, "antennaId is required"},
		{"a parameter of another type", `{"type":"connect","body":{"channel":"homeTimeline","id":"1","params":{"withFiles":"yes"},"pong":true}}`, "withFiles"},
		{"no params", `{"type":"connect","body":{"channel":"main","id":"1","pong":true}}`, "differ"},
		{"no pong", `{"type":"connect","body":{"channel":"main","id":"1","params":{},"pong":false}}`, "differ"},
		{"a key more", connect + "\n" + strings.Replace(read, `"type":"read"`, `"type":"read","x":1`, 1), "differ"},
		{"a key less", connect + "\n" + strings.Replace(read, `,"body":{"id":"m"}`, ``, 1), "differ"},
		{"a key of a message more", connect + "\n" + strings.Replace(read, `{"id":"m"}`, `{"id":"m","x":1}`, 1), "no field for x"},
		{"an unknown message", connect + "\n" + strings.Replace(read, `"read"`, `"readAll"`, 1), "readAll"},
		{"a message to another id", connect + "\n" + strings.Replace(read, `"id":"1"`, `"id":"2"`, 1), `no subscription "2"`},
		{"a frame type", `{"type":"subUser","body":{"id":"u"}}`, "subUser"},
		{"the end of another note", `{"type":"unsubNote","body":{"id":"n"}}`, "not captured"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var frames []streaming.Recorded
			for frame := range strings.Lines(tt.frames) {
				frames = append(frames, streaming.Recorded{Conn: "alice-1", Dir: "out", Frame: frame})
			}
			_, _, err := replay(t, frames)
			if tt.problem == "" && err != nil || tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)) {
				t.Errorf("error %v, want one that names %q", err, tt.problem)
			}
		})
	}
}

// replay plays the outbound frames of a recording through one client for each
// recorded socket. It returns their number and the exceptions that were used.
func replay(t *testing.T, frames []streaming.Recorded) (out int, used map[exception]int, err error) {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	server := listen(t)
	defer func() {
		server.Close()
		goleak.VerifyNone(t, leaks)
	}()
	used = map[exception]int{}
	speakers := map[string]*speaker{}
	var errs []error
	for i, fr := range frames {
		if fr.Dir != "out" {
			continue
		}
		out++
		s := speakers[fr.Conn]
		if s == nil {
			s = newSpeaker(t, server, fr.Conn)
			speakers[fr.Conn] = s
		}
		e, err := s.say(fr.Frame)
		if err != nil {
			errs = append(errs, fmt.Errorf("frame %d of %s: %w", i+1, fr.Conn, err))
		}
		if e != notExcepted {
			used[e]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(speakers)) {
		if err := speakers[name].leave(); err != nil {
			errs = append(errs, fmt.Errorf("%s: closing: %w", name, err))
		}
	}
	return out, used, errors.Join(errs...)
}

// speaker is the client that stands for one recorded socket.
type speaker struct {
	t         *testing.T
	client    *streaming.Client
	anonymous bool
	arrived   <-chan string

	subs     map[string]subscription // by recorded wire id
	refused  map[string]exception    // likewise: connects that were not sent
	ids      map[string]string       // recorded wire id → ours
	captures map[misskey.NoteID]*streaming.NoteCapture
	atClose  []any // frames that come when the client closes, decoded
}

// subscription is what the subscriptions of all channels have.
type subscription interface {
	Channel() string
	WaitLive(context.Context) error
	Close()
}

func newSpeaker(t *testing.T, server *listener, name string) *speaker {
	s := &speaker{
		t: t, anonymous: strings.HasPrefix(name, "anon"),
		subs: map[string]subscription{}, refused: map[string]exception{}, ids: map[string]string{},
		captures: map[misskey.NoteID]*streaming.NoteCapture{},
	}
	var opts []streaming.Option
	token := ""
	if !s.anonymous {
		token = name
		opts = append(opts, streaming.WithToken(token))
	}
	var err error
	if s.client, err = streaming.Connect(bounded(t), server.URL, opts...); err != nil {
		t.Fatal(err)
	}
	s.arrived = server.of(token)
	return s
}

// message is the {id, type, body} and the like that stands in a frame.
type message struct {
	ID, Channel, Type string
	Params, Body      json.RawMessage
}

// say makes the call that a recorded frame is made of, and compares what it
// sends.
func (s *speaker) say(frame string) (exception, error) {
	var envelope struct {
		Type string
		Body message
	}
	if json.Unmarshal([]byte(frame), &envelope) != nil {
		return notJSON, nil
	}
	var want map[string]any
	if err := json.Unmarshal([]byte(frame), &want); err != nil {
		return notExcepted, err
	}
	body, _ := want["body"].(map[string]any)
	except := notExcepted
	if name, ok := canonical[envelope.Type]; ok {
		except = alias
		envelope.Type, want["type"] = name, name
	}
	ctx, m := bounded(s.t), envelope.Body
	var err error
	switch envelope.Type {
	case "connect":
		var e exception
		if e, err = s.connect(ctx, m); e == noChannel || e == anonymous {
			return e, err
		} else if e == nullParams {
			except = e
			body["params"] = map[string]any{}
		}
		if err == nil {
			return except, s.compare(want, m.ID, true)
		}
	case "disconnect":
		if e, ok := s.refused[m.ID]; ok {
			return e, nil
		}
		sub := s.subs[m.ID]
		if sub == nil {
			return except, fmt.Errorf("no subscription %q", m.ID)
		}
		delete(s.subs, m.ID)
		sub.Close()
		switch sub.Channel() {
		case "main", "drive", "admin":
			s.expectAtClose("disconnect", s.ids[m.ID])
			return leaky, nil
		}
	case "channel":
		sub := s.subs[m.ID]
		if sub == nil {
			return except, fmt.Errorf("no subscription %q", m.ID)
		}
		err = send(ctx, sub, m.Type, m.Body)
	case "subNote":
		id := misskey.NoteID(m.ID)
		s.captures[id], err = s.client.Capture(ctx, id, nil)
	case "unsubNote":
		capture := s.captures[misskey.NoteID(m.ID)]
		if capture == nil {
			return except, fmt.Errorf("note %s is not captured", m.ID)
		}
		delete(s.captures, misskey.NoteID(m.ID))
		capture.Close()
	case "readNotification":
		f := newFields(nil)
		if body != nil {
			raw, _ := json.Marshal(body)
			f = newFields(raw)
		}
		request := streaming.ReadNotificationsRequest{ID: take[string](f, "id")}
		if err = f.done(); err == nil {
			err = s.client.ReadNotifications(ctx, request)
		}
	case "api":
		return api, nil
	default:
		err = fmt.Errorf("no call for a frame of type %q", envelope.Type)
	}
	if err != nil {
		return except, err
	}
	return except, s.compare(want, m.ID, false)
}

// connect subscribes as a recorded connect did.
func (s *speaker) connect(ctx context.Context, m message) (exception, error) {
	subscribe := subscribers[m.Channel]
	if subscribe == nil {
		s.refused[m.ID] = noChannel
		return noChannel, nil
	}
	except := notExcepted
	if string(m.Params) == "null" {
		except = nullParams
	}
	f := newFields(m.Params)
	sub, err := subscribe(ctx, s.client, f)
	if errors.Is(err, streaming.ErrCredentialRequired) && s.anonymous {
		s.refused[m.ID] = anonymous
		return anonymous, f.done()
	}
	if err = errors.Join(err, f.done()); err != nil {
		return except, err
	}
	s.subs[m.ID] = sub
	return except, sub.WaitLive(ctx)
}

// compare holds the frame that arrives next to the one that is wanted. A wire
// id that is new becomes ours for the recorded one.
func (s *speaker) compare(want map[string]any, id string, fresh bool) error {
	got, err := s.next()
	if err != nil {
		return err
	}
	body, _ := want["body"].(map[string]any)
	if fresh {
		arrived, _ := got["body"].(map[string]any)
		ours, _ := arrived["id"].(string)
		for _, other := range s.ids {
			if other == ours {
				return fmt.Errorf("the wire id %q is used twice", ours)
			}
		}
		s.ids[id] = ours
	}
	if ours, ok := s.ids[id]; ok {
		body["id"] = ours
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("frames differ: sent\n%v, recorded\n%v", got, want)
	}
	return nil
}

// next returns the frame that arrives next, decoded.
func (s *speaker) next() (map[string]any, error) {
	ctx := bounded(s.t)
	select {
	case frame, ok := <-s.arrived:
		if !ok {
			return nil, errors.New("the socket is closed")
		}
		var v map[string]any
		return v, json.Unmarshal([]byte(frame), &v)
	case <-ctx.Done():
		return nil, errors.New("no frame was sent")
	}
}

func (s *speaker) expectAtClose(typ, id string) {
	s.atClose = append(s.atClose, map[string]any{"type": typ, "body": map[string]any{"id": id}})
}

// leave closes the client. What is still subscribed is given up then, in any
// order, and nothing else is sent: no call above sent a frame too many.
func (s *speaker) leave() error {
	for id := range s.subs {
		s.expectAtClose("disconnect", s.ids[id])
	}
	for id := range s.captures {
		s.expectAtClose("unsubNote", string(id))
	}
	if err := s.client.Close(bounded(s.t)); err != nil {
		return err
	}
	var errs []error
	for frame := range s.arrived {
		var got any
		if err := json.Unmarshal([]byte(frame), &got); err != nil {
			return err
		}
		i := slices.IndexFunc(s.atClose, func(want any) bool { return reflect.DeepEqual(got, want) })
		if i < 0 {
			errs = append(errs, fmt.Errorf("sent without need: %s", frame))
			continue
		}
		s.atClose = slices.Delete(s.atClose, i, i+1)
	}
	if len(s.atClose) > 0 {
		errs = append(errs, fmt.Errorf("not sent: %v", s.atClose))
	}
	return errors.Join(errs...)
}
