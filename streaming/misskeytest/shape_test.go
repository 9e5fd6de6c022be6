package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// nested are the keys whose objects count as part of a body's shape. Notes are
// left out, their keys vary; TestNoteKeys looks at them.
var nested = []string{
	"user", "fromUser", "toUser", "user1", "user2", "game", "emoji", "announcement", "role",
	"deliver", "inbox", "mem", "net", "fs", "instance",
}

// shape is the keys of an object, and of those inside that count.
func shape(raw json.RawMessage) string {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil || o == nil {
		return "no object"
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(o)) {
		part := key
		if slices.Contains(nested, key) {
			part += "{" + shape(o[key]) + "}"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// shapesOf adds the shapes of a socket's frames, by event: "main notification
// follow", "noteUpdated reacted", "emojiAdded".
func shapesOf(into map[string]map[string]bool, channels map[string]string, frames []testFrame) {
	for _, f := range frames {
		event, body := f.Type, f.Body
		switch i := f.inner(); f.Type {
		case "channel":
			if i.Type == "note" || i.Type == "mention" || i.Type == "reply" || i.Type == "renote" {
				continue
			}
			event, body = channels[i.ID]+" "+i.Type, i.Body
			var n struct{ Type string }
			if strings.HasSuffix(i.Type, "otification") && json.Unmarshal(i.Body, &n) == nil {
				event += " " + n.Type
			}
		case "noteUpdated":
			event, body = "noteUpdated "+i.Type, i.Body
		}
		if into[event] == nil {
			into[event] = map[string]bool{}
		}
		into[event][shape(body)] = true
	}
}

func recordedShapes(t *testing.T) map[string]map[string]bool {
	channels := map[string]string{}
	shapes := map[string]map[string]bool{}
	for _, r := range readRecording(t) {
		var f testFrame
		if json.Unmarshal([]byte(r.Frame), &f) != nil {
			continue
		}
		if r.Dir == "out" {
			var connect struct{ Channel, ID string }
			if f.Type == "connect" && json.Unmarshal(f.Body, &connect) == nil {
				channels[connect.ID] = connect.Channel
			}
			continue
		}
		shapesOf(shapes, channels, []testFrame{f})
	}
	return shapes
}

// Every event that the server makes by itself has a body with exactly the keys
// of a recorded one.
func TestBodiesHaveTheRecordedKeys(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv, bot, alice, bob, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	channels := map[string]string{"m": "main"}
	connect := func(channel, params string) {
		c.connect(channel, channel, params)
		channels[channel] = channel
	}
	bob2 := srv.AddUser("bob2")
	list, room := bot.AddList(), bot.AddRoom("room")
	room.Join(alice)
	game := srv.AddGame(bot, alice)
	connect("userList", fmt.Sprintf(`{"listId":%q}`, list.ID))
	connect("chatUser", fmt.Sprintf(`{"otherId":%q}`, alice.ID))
	connect("chatRoom", fmt.Sprintf(`{"roomId":%q}`, room.ID))
	connect("reversiGame", fmt.Sprintf(`{"gameId":%q}`, game.ID))
	for _, name := range []string{"drive", "admin", "serverStats", "queueStats", "reversi"} {
		connect(name, "{}")
	}

	note := bot.Post("x", misskeytest.WithPoll("a", "b"), misskeytest.ExpiresAfter(time.Second))
	c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
	c.sync()
	alice.Vote(note.ID, 0)
	alice.React(note.ID, "👍")
	srv.AddEmoji("cat")
	alice.React(note.ID, ":cat:")
	alice.Reply(note.ID, "@bot")
	alice.Renote(note.ID)
	alice.Quote(note.ID, "y")
	alice.Post("@bot")
	alice.Follow(bot)
	bot.Follow(alice)
	alice.Chat(bot, "hi")
	bot.Unfollow(alice)
	mods := srv.AddRole("mods", misskeytest.ForModerators(), misskeytest.AsBadge())
	mods.Assign(bot)
	alice.Report(bob, "spam")
	list.Add(alice)
	list.Remove(alice)
	room.Send(alice, "hi")
	bot.UploadFile(misskey.DriveFile{Name: "x.png", Type: "image/png"})
	bot.Announce("t", "x")
	srv.Announce("t", "x")
	srv.UpdateEmojis(misskey.EmojiDetailed{Name: "cat"})
	srv.DeleteEmojis("cat")
	bob.Invite(bot)
	bot.Invite(bob2)
	bob2.Accept(bot)
	bot.Notify(&misskey.NotificationLogin{})
	c.send(`{"type":"ch","body":{"id":"reversiGame","type":"updateSettings","body":{"key":"bw","value":"1"}}}`)
	c.send(`{"type":"ch","body":{"id":"reversiGame","type":"ready","body":true}}`)
	other := dial(t, srv, alice.Token())
	other.connect("reversiGame", "g", fmt.Sprintf(`{"gameId":%q}`, game.ID))
	other.send(`{"type":"ch","body":{"id":"g","type":"ready","body":true}}`)
	other.sync()
	clock.Advance(20 * time.Second)
	c.send(`{"type":"ch","body":{"id":"reversiGame","type":"putStone","body":{"pos":19,"id":"m"}}}`)
	c.send(`{"type":"ch","body":{"id":"serverStats","type":"requestLog","body":{"id":"m","length":1}}}`)
	c.send(`{"type":"readNotification"}`)
	c.sync()
	game.Surrender(alice)
	bot.Delete(note.ID)
	bot.RegenerateToken()
	c.sync()

	recorded, got := recordedShapes(t), map[string]map[string]bool{}
	shapesOf(got, channels, c.all(anyFrame))
	compared := 0
	for _, event := range slices.Sorted(maps.Keys(got)) {
		if recorded[event] == nil {
			t.Errorf("%s is no event of the recording", event)
			continue
		}
		compared++
		for s := range got[event] {
			if !recorded[event][s] {
				t.Errorf("%s has the keys\n%s\nrecorded are\n%s", event, s, strings.Join(slices.Sorted(maps.Keys(recorded[event])), "\n"))
			}
		}
	}
	if compared < 45 {
		t.Errorf("only %d events compared: %q", compared, slices.Sorted(maps.Keys(got)))
	}
	t.Logf("%d of %d recorded events compared", compared, len(recorded))
}
