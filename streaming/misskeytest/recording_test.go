package misskeytest_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

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

// Everything that was sent to the real server, sent to this one, is
// acknowledged or ignored as it was there.
func TestRecordedConnectsAreAnsweredAsRecorded(t *testing.T) {
	frames := readRecording(t)
	srv := newServer(t)
	got := play(t, srv, recordedWorld(srv), frames)
	compareAcks(t, got, recordedAcks(t, frames), func(format string, args ...any) { t.Errorf(format, args...) })
}

// The comparison finds what it is for: a server where a list is missing, a
// permission too many, and one channel shared that should not be.
func TestRecordedConnectsCanDiffer(t *testing.T) {
	frames := readRecording(t)
	srv := newServer(t)
	tokens := recordedWorld(srv)
	tokens["carol"], tokens["anon"] = "", tokens["carol"]
	var found []string
	compareAcks(t, play(t, srv, tokens, frames), recordedAcks(t, frames), func(format string, args ...any) {
		found = append(found, fmt.Sprintf(format, args...))
	})
	// As nobody, carol-1 lacks main, homeTimeline and chatUser; as carol, anon-1
	// gets homeTimeline.
	if len(found) != 4 {
		t.Errorf("differences found: %q, want 4", found)
	}
}

// play opens the recorded sockets, sends every outbound frame in its order and
// returns the acknowledgements.
func play(t *testing.T, srv *misskeytest.Server, tokens map[string]string, frames []recordedFrame) map[connectKey]int {
	t.Helper()
	clients := map[string]*testClient{}
	sent := 0
	for _, r := range frames {
		if r.Dir != "out" {
			continue
		}
		c := clients[r.Conn]
		if c == nil {
			user, _, _ := strings.Cut(r.Conn, "-")
			c = dial(t, srv, tokens[user])
			clients[r.Conn] = c
		}
		if err := c.ws.WriteMessage(websocket.TextMessage, []byte(r.Frame)); err != nil {
			t.Fatal(err)
		}
		sent++
	}
	acks := map[connectKey]int{}
	for conn, c := range clients {
		c.sync()
		for _, f := range c.all(ofType("connected")) {
			if id := f.inner().ID; !strings.HasPrefix(id, "sync-") {
				acks[connectKey{conn, id}]++
			}
		}
	}
	t.Logf("%d frames sent on %d sockets, %d connects acknowledged", sent, len(clients), len(acks))
	return acks
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
