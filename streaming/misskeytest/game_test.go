package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// table is a game with both players and an onlooker at it.
type table struct {
	t          *testing.T
	srv        *misskeytest.Server
	clock      *misskeytest.ManualClock
	game       *misskeytest.Game
	alice, bob *testClient
	onlooker   *testClient
	users      [2]*misskeytest.User
}

func newTable(t *testing.T) *table {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	g := &table{
		t: t, srv: srv, clock: clock, users: [2]*misskeytest.User{alice, bob},
		alice: dial(t, srv, alice.Token()), bob: dial(t, srv, bob.Token()), onlooker: dial(t, srv, ""),
	}
	g.alice.connect("reversi", "r", "{}")
	g.bob.connect("reversi", "r", "{}")
	alice.Invite(bob)
	g.bob.waitFor("the invitation", event("r", "invited"))
	g.game = bob.Accept(alice)
	g.alice.waitFor("the match", event("r", "matched"))
	for _, c := range g.all() {
		c.connect("reversiGame", "g", fmt.Sprintf(`{"gameId":%q}`, g.game.ID))
	}
	return g
}

func (g *table) all() []*testClient { return []*testClient{g.alice, g.bob, g.onlooker} }

// send sends a message and waits until it has been dealt with.
func (g *table) send(c *testClient, typ, body string) {
	g.t.Helper()
	c.send(`{"type":"channel","body":{"id":"g","type":%q,"body":%s}}`, typ, body)
	c.sync()
}

// events returns the types of the game's events, which have to be the same for
// everyone.
func (g *table) events() []string {
	g.t.Helper()
	var first []string
	for i, c := range g.all() {
		c.sync()
		var types []string
		for _, f := range c.all(event("g", "")) {
			types = append(types, f.inner().Type)
		}
		if i == 0 {
			first = types
		} else if !slices.Equal(types, first) {
			g.t.Errorf("players see %q and %q", first, types)
		}
	}
	return first
}

func (g *table) start() {
	g.t.Helper()
	g.send(g.alice, "ready", "true")
	g.send(g.bob, "ready", "true")
	g.clock.Advance(misskeytest.DefaultGameDelay)
}

func (g *table) ended() (winner string, game misskey.ReversiGameDetailed) {
	g.t.Helper()
	f := g.onlooker.waitFor("the end", event("g", "ended"))
	var body struct {
		WinnerID *string
		Game     misskey.ReversiGameDetailed
	}
	if err := json.Unmarshal(f.inner().Body, &body); err != nil {
		g.t.Fatal(err)
	}
	if body.WinnerID == nil {
		return "", body.Game
	}
	return *body.WinnerID, body.Game
}

// A game of the recording, move by move: it ends with the sixtieth, and the
// second player wins, as there.
func TestRecordedGame(t *testing.T) {
	g := newTable(t)
	g.send(g.alice, "updateSettings", `{"key":"bw","value":"1"}`)
	g.start()
	moves := recordedMoves(t)
	for i, pos := range moves {
		player := g.alice
		if i%2 == 1 {
			player = g.bob
		}
		g.clock.Advance(25 * time.Millisecond)
		g.send(player, "putStone", fmt.Sprintf(`{"pos":%d,"id":"m%d"}`, pos, i))
	}
	winner, game := g.ended()
	if winner != string(g.users[1].ID) || game.WinnerID.OrZero() != g.users[1].ID {
		t.Errorf("winner %s, want the second player, %s", winner, g.users[1].ID)
	}
	if len(game.Logs) != len(moves) || !slices.Equal(game.Logs[1], []int64{25, 0, 0, int64(moves[1])}) {
		t.Errorf("logs %v", game.Logs)
	}
	if n := len(g.onlooker.all(event("g", "log"))); n != len(moves) {
		t.Errorf("%d moves seen, want %d", n, len(moves))
	}
}

// recordedMoves are the positions of the recording's first game, each player's
// in turn.
func recordedMoves(t *testing.T) []int {
	var moves []int
	for _, r := range readRecording(t) {
		var f struct {
			Body struct {
				Type string
				Body json.RawMessage
			}
		}
		var put struct{ Pos int }
		if r.Dir == "out" && json.Unmarshal([]byte(r.Frame), &f) == nil && f.Body.Type == "putStone" &&
			json.Unmarshal(f.Body.Body, &put) == nil {
			moves = append(moves, put.Pos)
		}
	}
	if len(moves) != 60 {
		t.Fatalf("%d moves recorded, want 60", len(moves))
	}
	return moves
}

func TestGameBeforeItStarts(t *testing.T) {
	g := newTable(t)
	for _, ignored := range []string{
		`{"key":"nonsense","value":1}`, `{"key":"isLlotheo","value":"yes"}`, `{"key":"map","value":5}`, `{"key":5}`, `[]`,
	} {
		g.send(g.alice, "updateSettings", ignored)
	}
	g.send(g.onlooker, "ready", "true")
	g.send(g.alice, "putStone", `{"pos":19,"id":"x"}`)
	if got := g.events(); got != nil {
		t.Fatalf("events %q, want none", got)
	}
	g.send(g.bob, "updateSettings", `{"key":"loopedBoard","value":true}`)
	g.send(g.bob, "updateSettings", `{"key":"timeLimitForEachTurn","value":5}`)
	g.send(g.alice, "ready", "true")
	g.send(g.alice, "updateSettings", `{"key":"loopedBoard","value":false}`) // too late for her
	g.send(g.bob, "ready", "true")
	g.send(g.alice, "ready", "false") // in time
	g.clock.Advance(misskeytest.DefaultGameDelay)
	g.send(g.bob, "cancel", "null")
	g.send(g.alice, "ready", "true")
	want := []string{"updateSettings", "updateSettings", "changeReadyStates", "changeReadyStates", "changeReadyStates", "canceled"}
	if got := g.events(); !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

func TestGameMovesAndTime(t *testing.T) {
	g := newTable(t)
	g.send(g.alice, "updateSettings", `{"key":"timeLimitForEachTurn","value":5}`)
	g.start()
	for _, ignored := range []string{
		`{"pos":0,"id":"turns nothing"}`, `{"pos":64,"id":"off the board"}`, `{"pos":-1,"id":"off the board"}`,
		`{"pos":27,"id":"taken"}`, `{"pos":19.5,"id":"between"}`, `{"pos":19}`, `{"id":"x"}`,
	} {
		g.send(g.alice, "putStone", ignored)
	}
	g.send(g.bob, "putStone", `{"pos":19,"id":"not his turn"}`)
	g.send(g.alice, "putStone", `{"pos":19,"id":"m1"}`)
	g.clock.Advance(5 * time.Second)
	g.send(g.alice, "claimTimeIsUp", "null") // not yet
	if got := g.events(); got[len(got)-1] != "log" {
		t.Fatalf("events %q, want a move last", got)
	}
	g.clock.Advance(time.Millisecond)
	g.send(g.alice, "claimTimeIsUp", "null")
	winner, game := g.ended()
	if winner != string(g.users[0].ID) || game.TimeoutUserID.OrZero() != g.users[1].ID {
		t.Errorf("winner %s, timed out %s; want the first by time", winner, game.TimeoutUserID)
	}
	if len(game.Logs) != 1 {
		t.Errorf("logs %v, want one move", game.Logs)
	}
}

func TestSurrender(t *testing.T) {
	g := newTable(t)
	g.start()
	g.game.Surrender(g.users[0])
	winner, game := g.ended()
	if winner != string(g.users[1].ID) || game.SurrenderedUserID.OrZero() != g.users[0].ID {
		t.Errorf("winner %s, surrendered %s", winner, game.SurrenderedUserID)
	}
}
