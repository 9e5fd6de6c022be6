package streaming_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// driftHook keeps the drift it is told of.
type driftHook struct {
	mu   sync.Mutex
	seen []string
}

func (h *driftHook) OnDrift(sub *streaming.Subscription, eventType string, d streaming.Drift) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen = append(h.seen, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s.%s %s", sub.Channel(), eventType, d.Kind, d.Type, d.Field, d.Value)))
}

func (h *driftHook) take() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := strings.Join(h.seen, ", ")
	h.seen = nil
	return s
}

// What departs from the spec is counted, told to the hook and handed on as
// far as it can be read; nothing of it stops the subscription.
func TestServerThatDepartsFromTheSpec(t *testing.T) {
	w := newWorld(t)
	hook := &driftHook{}
	c := w.connect(w.bot.Token(), streaming.WithHooks(hook))
	events := make(chan streaming.MainEvent, 10)
	tell := func(e streaming.MainEvent) error { events <- e; return nil }
	sub, err := c.Main(bounded(t), streaming.MainFuncs{
		Mention:      func(_ context.Context, e *streaming.MainMention) error { return tell(e) },
		Notification: func(_ context.Context, e *streaming.MainNotification) error { return tell(e) },
		Unknown:      func(_ context.Context, e *streaming.UnknownEvent) error { return tell(e) },
	})
	live(t, sub, err)
	note, err := json.Marshal(w.alice.Post("hello"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) json.RawMessage {
		changed := strings.Replace(string(note), old, new, 1)
		if changed == string(note) {
			t.Fatalf("%s is not in %s", old, note)
		}
		return json.RawMessage(changed)
	}
	for _, tt := range []struct {
		name  string
		typ   string
		body  json.RawMessage
		drift string
		check func(streaming.MainEvent) bool
	}{
		{
			"a null where a value is required", "mention", change(`"visibility":"public"`, `"visibility":null`), "main mention: null Note.visibility",
			func(e streaming.MainEvent) bool {
				m, ok := e.(*streaming.MainMention)
				return ok && m.Note.Visibility == "" && m.Note.Text.OrZero() == "hello"
			},
		},
		{
			"a required key that is absent", "mention", change(`"visibility":"public",`, ``), "main mention: missing Note.visibility",
			func(e streaming.MainEvent) bool {
				m, ok := e.(*streaming.MainMention)
				return ok && m.Note.Visibility == ""
			},
		},
		{
			"a key more", "mention", change(`{`, `{"mood":["fine"],`), "main mention: unknown Note.mood",
			func(e streaming.MainEvent) bool {
				m, ok := e.(*streaming.MainMention)
				return ok && m.Note.Text.OrZero() == "hello"
			},
		},
		{
			"an enum's new value", "mention", change(`"public"`, `"galaxy"`), "",
			func(e streaming.MainEvent) bool {
				m, ok := e.(*streaming.MainMention)
				return ok && m.Note.Visibility == "galaxy" && !m.Note.Visibility.Known()
			},
		},
		{
			"a wrong body", "mention", json.RawMessage(`{"user":{"name":5}}`), "main mention: body main.user.name",
			func(e streaming.MainEvent) bool {
				u, ok := e.(*streaming.UnknownEvent)
				return ok && u.EventType == "mention" && string(u.Raw) == `{"user":{"name":5}}` && strings.Contains(u.Err.Error(), "user.name")
			},
		},
		{
			"an unknown event", "yawned", json.RawMessage(`[1]`), "main yawned: event main.",
			func(e streaming.MainEvent) bool {
				u, ok := e.(*streaming.UnknownEvent)
				return ok && u.EventType == "yawned" && string(u.Raw) == `[1]`
			},
		},
		{
			"an unknown kind of notification", "notification", json.RawMessage(`{"id":"n1","createdAt":"2026-01-02T03:04:05.006Z","prize":7,"type":"raffleWon"}`), "main notification: variant Notification.type raffleWon",
			func(e streaming.MainEvent) bool {
				n, ok := e.(*streaming.MainNotification)
				if !ok {
					return false
				}
				u, ok := n.Notification.(*misskey.UnknownNotification)
				return ok && u.Type == "raffleWon" && u.Common().ID == "n1" && strings.Contains(string(u.Raw), `"prize":7`)
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.bot.PublishMain(tt.typ, tt.body)
			if e := receive(t, events); !tt.check(e) {
				t.Errorf("got %T %+v", e, e)
			}
			if got := hook.take(); got != tt.drift {
				t.Errorf("drift %q, want %q", got, tt.drift)
			}
		})
	}
	if st := sub.Status(); st.Drift != 4 || st.Unknown != 2 || st.State != streaming.StateLive {
		t.Errorf("status %+v", st)
	}
}

// Captures and broadcasts are held to the spec as channels are; the hook is told
// of each departure once, and the status counts them all.
func TestDriftOfCapturesAndBroadcasts(t *testing.T) {
	w := newWorld(t)
	hook := &driftHook{}
	c := w.connect(w.bot.Token(), streaming.WithHooks(hook))
	note := w.alice.Post("hello")
	events := make(chan any, 10)
	tell := func(e any) error { events <- e; return nil }
	capture, err := c.Capture(bounded(t), note.ID, streaming.NoteFuncs{
		Unreacted: func(_ context.Context, e *streaming.NoteUnreacted) error { return tell(e) },
		Unknown:   func(_ context.Context, e *streaming.UnknownEvent) error { return tell(e) },
	})
	live(t, capture, err)
	broadcasts, err := c.Broadcasts(bounded(t), streaming.BroadcastFuncs{
		EmojiDeleted: func(_ context.Context, e *streaming.BroadcastEmojiDeleted) error { return tell(e) },
		Unknown:      func(_ context.Context, e *streaming.UnknownEvent) error { return tell(e) },
	})
	live(t, broadcasts, err)
	if err := w.Wait(bounded(t), func() bool { return w.bot.Sockets()[0].Captures()[note.ID] == 1 }); err != nil {
		t.Fatal(err)
	}
	update := func(typ string, body any) int { return w.PublishUpdate(note.ID, typ, body) }
	for _, tt := range []struct {
		publish func(typ string, body any) int
		typ     string
		body    string
		drift   string
	}{
		{update, "unreacted", `{"reaction":"x","userId":null}`, "note unreacted: null note.unreacted.userId"},
		{update, "unreacted", `{"reaction":"x"}`, "note unreacted: missing note.unreacted.userId"},
		{update, "unreacted", `{"reaction":"x","userId":"u","at":1}`, "note unreacted: unknown note.unreacted.at"},
		{update, "unreacted", `{"reaction":1,"userId":"u"}`, "note unreacted: body note.reaction"},
		{update, "cooled", `{}`, "note cooled: event note."},
		{w.Broadcast, "emojiDeleted", `{"emojis":null}`, "broadcast emojiDeleted: null broadcast.emojiDeleted.emojis"},
		{w.Broadcast, "emojiDeleted", `{"emojis":[{"name":5}]}`, "broadcast emojiDeleted: body broadcast.emojis.[0].name"},
	} {
		for _, want := range []string{tt.drift, ""} {
			tt.publish(tt.typ, json.RawMessage(tt.body))
			receive(t, events)
			if got := hook.take(); got != want {
				t.Errorf("%s %s: drift %q, want %q", tt.typ, tt.body, got, want)
			}
		}
	}
	if st := capture.Status(); st.Drift != 6 || st.Unknown != 4 {
		t.Errorf("status of the capture %+v", st)
	}
	if st := broadcasts.Status(); st.Drift != 2 || st.Unknown != 2 {
		t.Errorf("status of the broadcasts %+v", st)
	}
}

// The server chooses what it sends: what is told has an end.
func TestDriftIsToldOfAThousandTimesAtMost(t *testing.T) {
	w := newWorld(t)
	hook := &driftHook{}
	c := w.connect(w.bot.Token(), streaming.WithHooks(hook))
	seen := make(chan any, 2000)
	sub, err := c.Main(bounded(t), streaming.MainFuncs{
		Unknown: func(_ context.Context, e *streaming.UnknownEvent) error { seen <- e; return nil },
	})
	live(t, sub, err)
	const n = 1010
	for i := range n {
		w.bot.PublishMain(fmt.Sprint("fresh", i), nil)
	}
	for range n {
		receive(t, seen)
	}
	if told := strings.Count(hook.take(), "event main."); told != 1000 {
		t.Errorf("told of %d", told)
	}
	if st := sub.Status(); st.Unknown != n {
		t.Errorf("status %+v", st)
	}
}
