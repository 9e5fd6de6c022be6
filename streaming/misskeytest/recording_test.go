package misskeytest_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// recordedFrame is a line of the recording.
type recordedFrame struct {
	T     int64  `json:"t"`
	Conn  string `json:"conn"`
	Dir   string `json:"dir"`
	Frame string `json:"frame"`
}

func readRecording(t *testing.T) []recordedFrame {
	t.Helper()
	f, err := os.Open("../testdata/misskey-2026.3.2.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var frames []recordedFrame
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r recordedFrame
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return frames
}

// recordedWorld is what the recorded server had, under the recorded ids, and
// returns the token of each user by the name of their sockets.
func recordedWorld(srv *misskeytest.Server) map[string]string {
	alice := srv.AddUser("alice", misskeytest.WithID("attbia3z36lv0002"))
	bob := srv.AddUser("bob", misskeytest.WithID("attbia7v36lv0003"), misskeytest.AsBot())
	carol := srv.AddUser("carol", misskeytest.WithID("attbiabu36lv0004"), misskeytest.AsCat())
	admin := srv.AddUser("admin")
	alice.AddList(misskeytest.WithID("attbian036lv000e"))
	alice.AddAntenna([]string{"antennaword"}, misskeytest.WithID("attbiaox36lv000m"))
	alice.AddChannel("c1", misskeytest.WithID("attbianq36lv000g"))
	alice.AddRoom("部屋 room", misskeytest.WithID("attc713mgpgf0017")).Join(bob)
	srv.AddRole("Badge 2026 ✨", misskeytest.WithID("attc7107gpgf0012"))
	for _, id := range []string{"attc8gktgpgf00a7", "attc8mfegpgf00ac", "attc8qjygpgf00ah", "attc8raigpgf00am"} {
		srv.AddGame(alice, bob, misskeytest.WithID(id))
	}
	return map[string]string{
		"alice": alice.Token(), "bob": bob.Token(), "carol": carol.Token(), "admin": admin.Token(), "anon": "",
	}
}

// connectKey is one `connect` of the recording: ids are never used twice there.
type connectKey struct{ conn, id string }

// acks returns how often each connect was acknowledged, zeros included.
func recordedAcks(t *testing.T, frames []recordedFrame) map[connectKey]int {
	t.Helper()
	acks := map[connectKey]int{}
	for _, r := range frames {
		var f testFrame
		if json.Unmarshal([]byte(r.Frame), &f) != nil {
			continue
		}
		key := connectKey{r.Conn, f.inner().ID}
		switch {
		case r.Dir == "out" && f.Type == "connect":
			acks[key] += 0
		case r.Dir == "in" && f.Type == "connected":
			if _, asked := acks[key]; !asked {
				t.Fatalf("the recording acknowledges what was not asked: %v", key)
			}
			acks[key]++
		}
	}
	return acks
}

// newRecorded makes a server on the recording's clock.
func newRecorded(t *testing.T) (*misskeytest.Server, *misskeytest.ManualClock) {
	t.Helper()
	clock := misskeytest.NewManualClock(time.Now())
	return newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0)), clock
}

// Everything that was sent to the real server, sent to this one, is
// acknowledged or ignored as it was there.
func TestRecordedConnectsAreAnsweredAsRecorded(t *testing.T) {
	frames := readRecording(t)
	srv, clock := newRecorded(t)
	got := acksOf(play(t, srv, clock, recordedWorld(srv), frames))
	compareAcks(t, got, recordedAcks(t, frames), func(format string, args ...any) { t.Errorf(format, args...) })
}

// The comparison finds what it is for: a server where a list is missing, a
// permission too many, and one channel shared that should not be.
func TestRecordedConnectsCanDiffer(t *testing.T) {
	frames := readRecording(t)
	srv, clock := newRecorded(t)
	tokens := recordedWorld(srv)
	tokens["carol"], tokens["anon"] = "", tokens["carol"]
	var found []string
	got := acksOf(play(t, srv, clock, tokens, frames))
	compareAcks(t, got, recordedAcks(t, frames), func(format string, args ...any) {
		found = append(found, fmt.Sprintf(format, args...))
	})
	// As nobody, carol-1 lacks main, homeTimeline and chatUser; as carol, anon-1
	// gets homeTimeline.
	if len(found) != 4 {
		t.Errorf("differences found: %q, want 4", found)
	}
}

// play opens the recorded sockets and sends every outbound frame, each at its
// time and when the one before has been dealt with. The one thing that was done
// by REST and is answered on a channel of the recording's, giving up a game, is
// done as well.
func play(t *testing.T, srv *misskeytest.Server, clock *misskeytest.ManualClock, tokens map[string]string, frames []recordedFrame) map[string]*testClient {
	t.Helper()
	clients := map[string]*testClient{}
	var now int64
	sent, given := 0, map[string]bool{}
	for _, r := range frames {
		if r.Dir == "in" {
			if game, loser := surrender(r); loser != "" && !given[game] {
				given[game] = true
				clock.Advance(time.Duration(r.T-now) * time.Millisecond)
				now = r.T
				name := map[string]string{"attbia3z36lv0002": "alice", "attbia7v36lv0003": "bob"}[loser]
				if status := call(t, srv, tokens[name], "reversi/surrender", map[string]any{"gameId": game}, nil); status != 204 {
					t.Errorf("reversi/surrender: %d", status)
				}
			}
			continue
		}
		clock.Advance(time.Duration(r.T-now) * time.Millisecond)
		now = r.T
		c := clients[r.Conn]
		if c == nil {
			user, _, _ := strings.Cut(r.Conn, "-")
			c = dial(t, srv, tokens[user])
			clients[r.Conn] = c
		}
		if err := c.ws.WriteMessage(websocket.TextMessage, []byte(r.Frame)); err != nil {
			t.Fatal(err)
		}
		c.sync()
		sent++
	}
	for _, c := range clients {
		c.sync()
	}
	t.Logf("%d frames sent on %d sockets", sent, len(clients))
	return clients
}

// surrender reads who gave up which game, where a frame tells of it.
func surrender(r recordedFrame) (game, loser string) {
	var f struct {
		Body struct {
			Type string
			Body json.RawMessage
		}
	}
	var ended struct {
		Game struct{ ID, SurrenderedUserID string }
	}
	if json.Unmarshal([]byte(r.Frame), &f) != nil || f.Body.Type != "ended" || json.Unmarshal(f.Body.Body, &ended) != nil {
		return "", ""
	}
	return ended.Game.ID, ended.Game.SurrenderedUserID
}

func acksOf(clients map[string]*testClient) map[connectKey]int {
	acks := map[connectKey]int{}
	for conn, c := range clients {
		for _, f := range c.all(ofType("connected")) {
			if id := f.inner().ID; !strings.HasPrefix(id, "sync-") {
				acks[connectKey{conn, id}]++
			}
		}
	}
	return acks
}

// What the client's messages to channels bring about, game by game and log by
// log, comes to everyone who saw it there, in the recorded order and with the
// recorded contents. Where it does not, the reason is here.
func TestRecordedMessagesHaveTheRecordedEffect(t *testing.T) {
	differences := map[string]string{
		"reversiGame attc8raigpgf00am": "two ready at the same moment: the real server lost one of them, and the game did not begin",
	}
	frames := readRecording(t)
	srv, clock := newRecorded(t)
	clients := play(t, srv, clock, recordedWorld(srv), frames)
	recorded, here := effects{}, effects{}
	topics := map[connectKey]string{}
	for _, r := range frames {
		var f testFrame
		if json.Unmarshal([]byte(r.Frame), &f) != nil {
			continue
		}
		if r.Dir == "in" {
			recorded.add(t, r.Conn, f, topics)
			continue
		}
		var connect struct {
			Channel, ID string
			Params      struct{ GameID string }
		}
		if f.Type == "connect" && json.Unmarshal(f.Body, &connect) == nil {
			topics[connectKey{r.Conn, connect.ID}] = strings.TrimSpace(connect.Channel + " " + connect.Params.GameID)
		}
	}
	for conn, c := range clients {
		for _, f := range c.all(anyFrame) {
			here.add(t, conn, f, topics)
		}
	}
	if len(recorded) != 17 || len(here) != len(recorded) {
		t.Errorf("%d games and logs here, %d recorded, want 17", len(here), len(recorded))
	}
	for key, want := range recorded {
		_, topic, _ := strings.Cut(key, " ")
		same := slices.Equal(here[key], want)
		switch reason, excused := differences[topic]; {
		case !same && !excused:
			t.Errorf("%s:\n%s\nrecorded:\n%s", key, strings.Join(here[key], "\n"), strings.Join(want, "\n"))
		case same && excused:
			t.Errorf("%s does not differ any more: %s", key, reason)
		}
	}
}

// effects are the events that messages bring about, by socket and channel.
type effects map[string][]string

func (e effects) add(t *testing.T, conn string, f testFrame, topics map[connectKey]string) {
	t.Helper()
	i := f.inner()
	topic := topics[connectKey{conn, i.ID}]
	if f.Type != "channel" || i.Type != "statsLog" && !strings.HasPrefix(topic, "reversiGame ") {
		return
	}
	text := i.Type
	if i.Type != "statsLog" { // of the machine there is nothing to compare
		var body any
		if err := json.Unmarshal(i.Body, &body); err != nil {
			t.Fatal(err)
		}
		text += " " + string(mustMarshal(t, timeless(body)))
	}
	e[conn+" "+topic] = append(e[conn+" "+topic], text)
}

// timeless drops from a body what is of its moment: times, and users as they
// were.
func timeless(body any) any {
	switch v := body.(type) {
	case map[string]any:
		for _, key := range []string{"time", "createdAt", "startedAt", "endedAt", "user1", "user2", "winner"} {
			if _, ready := v[key].(bool); !ready {
				delete(v, key)
			}
		}
		if logs, ok := v["logs"].([]any); ok {
			for _, move := range logs {
				move.([]any)[0] = 0
			}
		}
		for _, value := range v {
			timeless(value)
		}
	case []any:
		for _, value := range v {
			timeless(value)
		}
	}
	return body
}

func mustMarshal(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func compareAcks(t *testing.T, got, want map[connectKey]int, report func(string, ...any)) {
	t.Helper()
	acked := 0
	for key, n := range want {
		if got[key] != n {
			report("%s %s: acknowledged %d times, recorded %d", key.conn, key.id, got[key], n)
		}
		acked += n
	}
	for key := range got {
		if _, asked := want[key]; !asked {
			report("%s %s: acknowledged without having been asked", key.conn, key.id)
		}
	}
	if acked == 0 || acked == len(want) {
		t.Errorf("%d of %d recorded connects acknowledged: the recording shows nothing", acked, len(want))
	}
	t.Logf("%d connects recorded, %d of them acknowledged", len(want), acked)
}
