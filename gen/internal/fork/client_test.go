package fork_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/gen/internal/fork"
	"github.com/misskeyactor/misskeyactor/gen/internal/fork/entities"
	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wait bounds everything a test waits for.
const wait = 10 * time.Second

// server is one socket of a server of the fork: it acknowledges every
// channel, and hands the test what the client sends.
type server struct {
	t      *testing.T
	url    string
	socket *websocket.Conn // set before the client's first frame is handed on
	frames chan frame
}

type frame struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

func newServer(t *testing.T) *server {
	s := &server{t: t, frames: make(chan frame, 100)}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	s.url = h.URL
	t.Cleanup(func() {
		h.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/stream" || r.URL.Query().Get("i") != "secret" || r.Header.Get("Authorization") != "" {
		s.t.Errorf("dialled %s", r.URL)
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer ws.Close()
	s.socket = ws
	for {
		var f frame
		if err := ws.ReadJSON(&f); err != nil {
			return
		}
		if f.Type == "open" {
			s.send(`{"type":"opened","body":{"id":"` + f.get(s.t, "id") + `"}}`)
		}
		s.frames <- f
	}
}

func (s *server) send(text string) {
	if err := s.socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Error(err)
	}
}

// next returns the client's next frame, which has to be of the given type.
func (s *server) next(typ string) frame {
	s.t.Helper()
	select {
	case f := <-s.frames:
		if f.Type != typ {
			s.t.Fatalf("the client sent %s %s, want %s", f.Type, f.Body, typ)
		}
		return f
	case <-time.After(wait):
		s.t.Fatalf("no %s within %v", typ, wait)
		panic("unreachable")
	}
}

// get returns a string of the frame's body.
func (f frame) get(t *testing.T, key string) string {
	t.Helper()
	var body map[string]json.RawMessage
	var text string
	if err := errors.Join(json.Unmarshal(f.Body, &body), json.Unmarshal(body[key], &text)); err != nil {
		t.Fatalf("%s of %s: %v", key, f.Body, err)
	}
	return text
}

// want checks the frame's body, or one key of it.
func (f frame) want(t *testing.T, key, want string) {
	t.Helper()
	got := f.Body
	if key != "" {
		var body map[string]json.RawMessage
		if err := json.Unmarshal(f.Body, &body); err != nil {
			t.Fatal(err)
		}
		got = body[key]
	}
	if string(got) != want {
		t.Errorf("%s %q is %s, want %s", f.Type, key, got, want)
	}
}

func connect(t *testing.T, s *server, opts ...fork.Option) (context.Context, *fork.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	client, err := fork.Connect(ctx, s.url, append(opts, fork.WithToken("secret"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return ctx, client
}

func TestChannelOverASocket(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s)
	lounge, err := client.Lounge(ctx, fork.LoungeParams{RoomID: "r", Words: [][]string{{"a"}}, Loud: opt.Of(true)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	open := s.next("open")
	open.want(t, "channel", `"lounge"`)
	open.want(t, "params", `{"roomId":"r","words":[["a"]],"loud":true}`)
	if err := lounge.WaitLive(ctx); err != nil {
		t.Fatal(err)
	}

	if err := errors.Join(
		lounge.Ring(ctx),
		lounge.Nod(ctx, "ann"),
		lounge.Speak(ctx, fork.LoungeSpeak{Text: "hi", Mood: opt.Of(entities.MoodPlusOne)}),
	); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct{ typ, body string }{
		{`"ring"`, `null`}, {`"nod"`, `"ann"`}, {`"speak"`, `{"text":"hi","mood":"+1"}`},
	} {
		f := s.next("say")
		f.want(t, "id", `"`+open.get(t, "id")+`"`)
		f.want(t, "type", m.typ)
		f.want(t, "body", m.body)
	}

	s.send(`{"type":"say","body":{"id":"` + open.get(t, "id") + `","type":"left","body":"ann"}}`)
	for event, err := range lounge.Events(ctx) {
		left, ok := event.(*fork.PeopleLeft)
		if err != nil || !ok || left.AuthorID != "ann" || left.Channel != "lounge" || left.EventType != "left" {
			t.Errorf("event %+v, %v", event, err)
		}
		break
	}
}

func TestCapturesOfTwoKindsOverASocket(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s)
	liked := make(chan entities.AuthorID, 1)
	post, err := client.WatchPost(ctx, "p1", fork.PostFuncs{Liked: func(_ context.Context, e *fork.PostLiked) error {
		liked <- e.By
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.next("watch").want(t, "", `{"id":"p1"}`)
	author, err := client.FollowAuthor(ctx, "a1", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.next("follow").want(t, "", `{"id":"a1"}`)

	s.send(`{"type":"postChanged","body":{"id":"p1","type":"liked","body":{"by":"bob"}}}`)
	s.send(`{"type":"authorChanged","body":{"id":"a1","type":"moved","body":"calm"}}`)
	s.send(`{"type":"postChanged","body":{"id":"p1","type":"gone","body":null}}`)
	if by := <-liked; by != "bob" {
		t.Errorf("liked by %s", by)
	}
	for event, err := range author.Events(ctx) {
		if moved, ok := event.(*fork.AuthorMoved); err != nil || !ok || moved.Mood != entities.MoodCalm {
			t.Errorf("event %+v, %v", event, err)
		}
		break
	}
	select {
	case <-post.Done():
		if !errors.Is(post.Err(), fork.ErrEnded) {
			t.Errorf("the capture ended with %v", post.Err())
		}
	case <-ctx.Done():
		t.Error("the capture outlives its last event")
	}
}

func TestRequestsOverASocket(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s)
	if err := errors.Join(
		client.MarkRead(ctx, fork.MarkReadRequest{}),
		client.MarkRead(ctx, fork.MarkReadRequest{UpTo: opt.Of(entities.PostID("p"))}),
		client.SetMood(ctx, entities.MoodCalm),
		client.Wave(ctx),
	); err != nil {
		t.Fatal(err)
	}
	s.next("markRead").want(t, "", ``)
	s.next("markRead").want(t, "", `{"upTo":"p"}`)
	s.next("setMood").want(t, "", `"calm"`)
	s.next("wave").want(t, "", ``)
}

func TestParamsThatCannotBeRightAreNotSent(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s)
	sub, err := client.Lounge(ctx, fork.LoungeParams{}, nil)
	var fault *fork.ParamError
	if sub != nil || !errors.As(err, &fault) || fault.Param != "roomId" {
		t.Errorf("subscription %v, error %v", sub, err)
	}
	if err := client.Wave(ctx); err != nil {
		t.Fatal(err)
	}
	s.next("wave") // and nothing before it
}

// TestMessagesThatCannotBeRightAreNotSent: they are refused before anybody
// looks whether the server would get them.
func TestMessagesThatCannotBeRightAreNotSent(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s)
	sub, err := client.Lounge(ctx, fork.LoungeParams{RoomID: "r", Words: [][]string{{"a"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"misskey: message lounge.nod: its body is required":                    sub.Nod(ctx, ""),
		"misskey: message lounge.speak: field text is required":                sub.Speak(ctx, fork.LoungeSpeak{}),
		"misskey: message lounge.show: field to is required":                   sub.Show(ctx, fork.LoungeShow{}),
		"misskey: message setMood: its body is required":                       client.SetMood(ctx, ""),
		"misskey: message markRead: field upTo must not be null: leave it out": client.MarkRead(ctx, fork.MarkReadRequest{UpTo: opt.Null[entities.PostID]()}),
	} {
		var fault *fork.MessageError
		if !errors.As(err, &fault) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if err := client.Wave(ctx); err != nil {
		t.Fatal(err)
	}
	s.next("open")
	s.next("wave") // and nothing between
}

// TestStreamCall has the bindings call over the stream, in the dialect's own
// words.
func TestStreamCall(t *testing.T) {
	s := newServer(t)
	ctx, client := connect(t, s, fork.WithStreamCalls())
	for _, tt := range []struct {
		answer, name, code string
	}{
		{answer: `{"res":{"id":"a1","name":"Ada"}}`, name: "Ada"},
		{answer: `{"error":{"message":"m","code":"NO_SUCH_AUTHOR","id":"e1","kind":"client"}}`, code: "NO_SUCH_AUTHOR"},
	} {
		var author struct{ Name string }
		done := make(chan error, 1)
		go func() { done <- client.Call(ctx, "authors/show", map[string]string{"id": "a1"}, &author) }()
		call := s.next("ask")
		call.want(t, "endpoint", `"authors/show"`)
		call.want(t, "data", `{"id":"a1"}`)
		s.send(`{"type":"answer/` + call.get(t, "id") + `","body":` + tt.answer + `}`)
		err := <-done
		refused, _ := errors.AsType[*fork.APIError](err)
		if author.Name != tt.name || (refused == nil) != (tt.code == "") || refused != nil && refused.Code != tt.code {
			t.Errorf("%s: got %q, %v", tt.answer, author.Name, err)
		}
	}
}
