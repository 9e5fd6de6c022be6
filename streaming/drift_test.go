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
	h.seen = append(h.seen, fmt.Sprintf("%s %s: %s %s.%s", sub.Channel(), eventType, d.Kind, d.Type, d.Field))
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
			"a wrong body", "mention", json.RawMessage(`{"user":{"name":5}}`), "",
			func(e streaming.MainEvent) bool {
				u, ok := e.(*streaming.UnknownEvent)
				return ok && u.EventType == "mention" && string(u.Raw) == `{"user":{"name":5}}` && strings.Contains(u.Err.Error(), "user.name")
			},
		},
		{
			"an unknown event", "yawned", json.RawMessage(`[1]`), "",
			func(e streaming.MainEvent) bool {
				u, ok := e.(*streaming.UnknownEvent)
				return ok && u.EventType == "yawned" && string(u.Raw) == `[1]`
			},
		},
		{
			"an unknown kind of notification", "notification", json.RawMessage(`{"id":"n1","createdAt":"2026-01-02T03:04:05.006Z","prize":7,"type":"raffleWon"}`), "",
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
	if st := sub.Status(); st.Drift != 3 || st.Unknown != 2 || st.State != streaming.StateLive {
		t.Errorf("status %+v", st)
	}
}
