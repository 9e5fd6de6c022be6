package misskeytest_test

import (
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Asking for a game gives the one there is, takes up an invitation, or invites:
// in this order, and only the last two are told of.
func TestMatch(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	ac, bc := dial(t, srv, alice.Token()), dial(t, srv, bob.Token())
	ac.connect("reversi", "r", "{}")
	bc.connect("reversi", "r", "{}")
	withBob, withAlice := map[string]any{"userId": bob.ID}, map[string]any{"userId": alice.ID}
	invited := func() []misskey.UserLite {
		t.Helper()
		var users []misskey.UserLite
		b.get("reversi/invitations", nil, &users)
		return users
	}

	a.refused("reversi/match", withAlice, 400, "TARGET_IS_YOURSELF")
	a.refused("reversi/match", map[string]any{"userId": "nobody"}, 400, "NO_SUCH_USER")
	a.do("reversi/match", withBob)
	bc.waitFor("the invitation", event("r", "invited"))
	if users := invited(); len(users) != 1 || users[0].ID != alice.ID {
		t.Errorf("invited by %+v, want alice", users)
	}
	a.do("reversi/cancel-match", withBob)
	if users := invited(); len(users) != 0 {
		t.Errorf("invited by %+v after it was taken back", users)
	}

	a.do("reversi/match", withBob)
	clock.Advance(21 * time.Second) // an invitation lasts for twenty
	b.do("reversi/match", withAlice)
	var game, again misskey.ReversiGameDetailed
	a.get("reversi/match", withBob, &game)
	if game.User1ID != bob.ID || game.User2ID != alice.ID {
		t.Errorf("players %s and %s, want bob, who waited, first", game.User1ID, game.User2ID)
	}
	bc.waitFor("the match", event("r", "matched"))
	if n := ac.count("r", "matched"); n != 0 {
		t.Error("matched came to who got the game in answer")
	}

	for _, c := range []restClient{a, b} {
		c.get("reversi/match", map[string]any{"userId": map[restClient]misskey.UserID{a: bob.ID, b: alice.ID}[c]}, &again)
		if again.ID != game.ID {
			t.Errorf("another game, %s", again.ID)
		}
	}
	if i, m := ac.count("r", "invited")+bc.count("r", "invited"), bc.count("r", "matched"); i != 3 || m != 1 {
		t.Errorf("%d invited and %d matched, want none for a game there is", i-3, m-1)
	}
	clock.Advance(3 * time.Minute)
	a.do("reversi/match", withBob) // that game is too old
	if n := bc.count("r", "invited"); n != 3 {
		t.Errorf("%d invited, want a new one", n)
	}
}

// Who asks for anybody gets whoever else does.
func TestMatchAnybody(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	a.do("reversi/match", nil)
	a.do("reversi/cancel-match", nil)
	b.do("reversi/match", nil)
	var game, again misskey.ReversiGameDetailed
	a.get("reversi/match", nil, &game)
	b.get("reversi/match", nil, &again)
	if game.User1ID != bob.ID || again.ID != game.ID {
		t.Errorf("games %s of %s and %s", game.ID, game.User1ID, again.ID)
	}
	var other misskey.ReversiGameDetailed
	b.do("reversi/match", map[string]any{"multiple": true})
	a.get("reversi/match", map[string]any{"multiple": true}, &other)
	if other.ID == game.ID {
		t.Error("multiple gave the same game")
	}
}

func TestReversiByREST(t *testing.T) {
	g := newTable(t)
	srv := g.srv
	a, eve := restClient{t, srv, g.users[0]}, restClient{t, srv, srv.AddUser("eve")}
	id := map[string]any{"gameId": g.game.ID}
	var games []map[string]any
	eve.get("reversi/games", nil, &games)
	if len(games) != 0 {
		t.Errorf("games %v before one has begun", games)
	}
	a.get("reversi/games", map[string]any{"my": true}, &games)
	if len(games) != 1 || games[0]["logs"] != nil || games[0]["map"] != nil || games[0]["bw"] != "random" {
		t.Errorf("games %v", games)
	}
	g.start()
	g.send(g.alice, "putStone", `{"pos":19,"id":"m"}`)

	// The board after the first move, and white's turn.
	squares := make([]byte, 0, 512)
	for pos := range 64 {
		square := "null"
		switch pos {
		case 19, 27, 28, 35:
			square = "true"
		case 36:
			square = "false"
		}
		if pos > 0 {
			squares = append(squares, ',')
		}
		squares = append(squares, square...)
	}
	sum := int32(crc32.ChecksumIEEE(fmt.Appendf(nil, `{"board":[%s],"turn":false}`, squares)))
	verify := func(sum int32, want bool) {
		t.Helper()
		var answer struct {
			Desynced bool
			Game     *misskey.ReversiGameDetailed
		}
		eve.get("reversi/verify", map[string]any{"gameId": g.game.ID, "crc32": fmt.Sprint(sum)}, &answer)
		if answer.Desynced != want || (answer.Game != nil) != want {
			t.Errorf("verify: %+v, want desynced %v", answer, want)
		}
	}
	verify(sum, false)
	verify(sum+1, true)

	eve.refused("reversi/surrender", id, 400, "ACCESS_DENIED")
	a.do("reversi/surrender", id)
	a.refused("reversi/surrender", id, 400, "ALREADY_ENDED")
	var game misskey.ReversiGameDetailed
	eve.get("reversi/show-game", id, &game)
	if game.SurrenderedUserID.OrZero() != g.users[0].ID || game.WinnerID.OrZero() != g.users[1].ID || len(game.Logs) != 1 {
		t.Errorf("game %+v", game)
	}
	for _, endpoint := range []string{"reversi/show-game", "reversi/surrender", "reversi/verify"} {
		a.refused(endpoint, map[string]any{"gameId": "nothing", "crc32": "0"}, 400, "NO_SUCH_GAME")
	}
}
