package misskeytest_test

import (
	"encoding/json"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestRestart(t *testing.T) {
	for _, history := range []bool{true, false} {
		t.Run(map[bool]string{true: "with history", false: "without history"}[history], func(t *testing.T) {
			srv, bot, alice, _, c := people(t)
			list := bot.AddList()
			list.Add(alice)
			note := alice.Post("hello @bot #tag", misskeytest.WithPoll("a", "b"))

			srv.Restart(history)
			if err := c.end(); err == nil {
				t.Error("the socket has ended without an error")
			}
			if n := len(srv.Sockets()); n != 0 {
				t.Errorf("%d sockets are open", n)
			}
			status := call(t, srv, bot.Token(), "notes/show", map[string]any{"noteId": note.ID}, nil)
			if known := status == 200; known != history {
				t.Errorf("notes/show answers %d", status)
			}
			for _, endpoint := range []string{"i/notifications", "notes/local-timeline", "notes/mentions"} {
				var page []json.RawMessage
				call(t, srv, bot.Token(), endpoint, map[string]any{}, &page)
				if got := len(page) > 0; got != history {
					t.Errorf("%s has %d entries", endpoint, len(page))
				}
			}

			// What was made stays, and new things get ids of their own.
			again := dial(t, srv, bot.Token())
			again.connect("userList", "l", `{"listId":"`+string(list.ID)+`"}`)
			later := alice.Post("after")
			again.waitFor("the list's note", event("l", "note"))
			if later.ID <= note.ID {
				t.Errorf("a later note has the id %s, an earlier one %s", later.ID, note.ID)
			}
		})
	}
}
