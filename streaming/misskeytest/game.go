package misskeytest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const defaultTurnLimit = 90 * time.Second

// Game is a game of reversi. Its players, and anybody who looks on, connect to
// the channel reversiGame with its id.
type Game struct {
	ID misskey.ReversiGameID

	server  *Server
	created time.Time
	players [2]*User

	// Guarded by Server.mu.
	ready       [2]bool
	starting    *call
	started     time.Time // zero = not yet
	ended       time.Time // zero = not yet
	winner      *User     // nil = nobody
	surrendered *User
	timedOut    *User
	canceled    bool
	rows        []string
	first       misskey.ReversiFirstMove
	llotheo     bool // the fewer stones win
	everywhere  bool
	looped      bool
	turnLimit   time.Duration
	turnBegan   time.Time
	black       int // 0 = first player, 1 = second; once started
	board       *board
	moves       []move
}

type move struct {
	at    time.Time
	color bool
	pos   int
}

// invitation is that one user waits for another to play with.
type invitation struct{ from, to misskey.UserID }

const (
	// invitationLasts is how long after an invitation it can be accepted, and
	// after a call for anybody somebody can answer it.
	invitationLasts = 20 * time.Second
	// unstartedLasts is how long two users are given the same game again
	// instead of a new one.
	unstartedLasts = 3 * time.Minute
)

// Invite makes u invite another user to a game: `invited` on their reversi
// channels. It panics when the two have a game already that has not begun and is
// less than three minutes old, or other has invited u: the server gives u that
// game instead.
func (u *User) Invite(other *User) {
	u.server.mustOwn("Invite", "other", other)
	act(u, "Invite", func() (struct{}, *apiError) {
		g, refused := u.server.match(u, other, false, nil)
		if refused == nil && g != nil {
			panic("misskeytest: Invite by @" + u.Username + ": there is a game with @" + other.Username + " already")
		}
		return struct{}{}, refused
	})
}

// Accept makes u take up an invitation of other's, which lasts for twenty
// seconds: `matched` on other's reversi channels. It panics when other has not
// invited u. With [WithID] the game gets an id of the test's choice.
func (u *User) Accept(other *User, options ...IDOption) *Game {
	u.server.mustOwn("Accept", "other", other)
	return act(u, "Accept", func() (*Game, *apiError) {
		if !u.server.waits(invitation{other.ID, u.ID}) {
			panic("misskeytest: Accept by @" + u.Username + ": not invited by @" + other.Username)
		}
		return u.server.match(u, other, true, options)
	})
}

// match is what asking for a game with somebody comes to: the game that the two
// have not begun, of several the latest; a game that other has asked for; or,
// with no game, an invitation. several asks for another game although there is
// one.
func (s *Server) match(u, other *User, several bool, options []IDOption) (*Game, *apiError) {
	if u == other {
		return nil, errMatchYourself
	}
	if !several {
		if g := s.unstarted(func(g *Game) bool { return g.has(u) && g.has(other) }); g != nil {
			return g, nil
		}
	}
	if asked := (invitation{other.ID, u.ID}); s.waits(asked) {
		delete(s.invitations, asked)
		return s.matched(other, u, options), nil
	}
	s.invitations[invitation{u.ID, other.ID}] = s.now()
	s.publish(topic{"reversi", string(other.ID)}, "invited", map[string]any{"user": s.packUser(u)})
	return nil, nil
}

// matchAny is the same with whoever else asks for a game with anybody.
func (s *Server) matchAny(u *User, several bool) *Game {
	if !several {
		if g := s.unstarted(func(g *Game) bool { return g.has(u) }); g != nil {
			return g
		}
	}
	for _, other := range s.users.all {
		if asked := (invitation{from: other.ID}); other != u && s.waits(asked) {
			delete(s.invitations, asked)
			delete(s.invitations, invitation{from: u.ID})
			return s.matched(other, u, nil)
		}
	}
	s.invitations[invitation{from: u.ID}] = s.now()
	return nil
}

func (s *Server) waits(i invitation) bool {
	since, ok := s.invitations[i]
	return ok && s.now().Sub(since) <= invitationLasts
}

// unstarted finds the latest game that players may still be given.
func (s *Server) unstarted(wanted func(*Game) bool) *Game {
	for _, g := range slices.Backward(s.games.all) {
		if g.open() && s.now().Sub(g.created) < unstartedLasts && wanted(g) {
			return g
		}
	}
	return nil
}

// matched makes the game and tells the one who waited for it.
func (s *Server) matched(waiting, other *User, options []IDOption) *Game {
	g := s.newGame(waiting, other, options)
	s.publish(topic{"reversi", string(waiting.ID)}, "matched", gameBody{s.packGame(g)})
	return g
}

func (g *Game) has(u *User) bool { return g.players[0] == u || g.players[1] == u }

// AddGame makes a game between two users without any invitation.
func (s *Server) AddGame(first, second *User, options ...IDOption) *Game {
	s.mustOwn("AddGame", "first", first)
	s.mustOwn("AddGame", "second", second)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	return s.newGame(first, second, options)
}

func (s *Server) newGame(first, second *User, options []IDOption) *Game {
	id := s.pickID(options)
	g := &Game{
		ID:        misskey.ReversiGameID(id),
		server:    s,
		created:   s.madeAt(id),
		players:   [2]*User{first, second},
		rows:      standardMap,
		first:     misskey.ReversiFirstMoveRandom,
		turnLimit: defaultTurnLimit,
	}
	s.games.add(g.ID, g)
	return g
}

type gameBody struct {
	Game misskey.ReversiGameDetailed `json:"game"`
}

// Surrender makes u, one of the players, lose the game: `ended`. It panics when
// the game is over or not u's.
func (g *Game) Surrender(u *User) {
	g.server.mustOwn("Surrender", "u", u)
	act(u, "Surrender", func() (struct{}, *apiError) { return struct{}{}, g.surrender(u) })
}

func (g *Game) surrender(u *User) *apiError {
	switch {
	case !g.ended.IsZero():
		return errGameEnded
	case !g.has(u):
		return errGameOfOthers
	}
	g.server.stop(g.starting)
	g.surrendered = u
	g.end(g.players[1-slices.Index(g.players[:], u)])
	return nil
}

func (g *Game) running() bool { return !g.started.IsZero() && g.ended.IsZero() }

func (g *Game) open() bool { return g.started.IsZero() && g.ended.IsZero() && !g.canceled }

func (g *Game) publish(typ string, body any) {
	g.server.publish(topic{"reversiGame", string(g.ID)}, typ, body)
}

// reversiReceive acts on what a player sends. Everybody else is ignored.
func reversiReceive(c *channelConn, typ string, body json.RawMessage) {
	g, ok := c.socket.server.games.get(misskey.ReversiGameID(c.topic.key))
	if !ok {
		return
	}
	player := slices.IndexFunc(g.players[:], func(u *User) bool { return u == c.socket.who.user })
	if player < 0 {
		return
	}
	switch typ {
	case "ready":
		if ready, ok := toBoolean(body); ok {
			g.setReady(player, ready)
		}
	case "updateSettings":
		if setting, ok := toObject(body); ok {
			g.set(player, setting)
		}
	case "cancel":
		g.cancel(player)
	case "putStone":
		if stone, ok := toObject(body); ok {
			g.put(player, stone)
		}
	case "claimTimeIsUp":
		g.checkTime()
	}
}

// setReady starts the game a while after both are ready, unless one takes it
// back.
func (g *Game) setReady(player int, ready bool) {
	if !g.open() {
		return
	}
	g.ready[player] = ready
	g.publish("changeReadyStates", readyStates{g.ready[0], g.ready[1]})
	g.server.stop(g.starting)
	g.starting = nil
	if g.ready[0] && g.ready[1] {
		g.starting = g.server.after(g.server.config.gameDelay, g.start)
	}
}

type readyStates struct {
	User1 bool `json:"user1"`
	User2 bool `json:"user2"`
}

func (g *Game) start() {
	if !g.open() {
		return
	}
	// The server throws a coin for "random". Here it always falls for the
	// first player, so that a test knows who begins.
	g.black = 0
	if g.first == misskey.ReversiFirstMoveUser2 {
		g.black = 1
	}
	g.started = g.server.now()
	g.turnBegan = g.started
	g.board = newBoard(g.rows, g.looped, g.everywhere)
	g.publish("started", gameBody{g.server.packGame(g)})
	g.endIfOver()
}

// set changes a setting, if the player has not said to be ready. The value has
// to be of the setting's type.
func (g *Game) set(player int, setting object) {
	key, ok := setting.text("key")
	if !ok || !g.open() || g.ready[player] {
		return
	}
	value := setting["value"]
	switch key {
	case "map":
		var rows []string
		if err := json.Unmarshal(value, &rows); err != nil || len(rows) == 0 {
			return
		}
		g.rows = rows
	case "bw":
		first, ok := toText(value)
		if !ok {
			return
		}
		g.first = misskey.ReversiFirstMove(first)
	case "isLlotheo", "canPutEverywhere", "loopedBoard":
		on, ok := toBoolean(value)
		if !ok {
			return
		}
		switch key {
		case "isLlotheo":
			g.llotheo = on
		case "canPutEverywhere":
			g.everywhere = on
		case "loopedBoard":
			g.looped = on
		}
	case "timeLimitForEachTurn":
		limit, ok := setting.span("value", time.Second)
		if !ok {
			return
		}
		g.turnLimit = limit
	default:
		return
	}
	g.publish("updateSettings", settingsUpdate{UserID: g.players[player].ID, Key: key, Value: value})
}

type settingsUpdate struct {
	UserID misskey.UserID  `json:"userId"`
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
}

func (g *Game) cancel(player int) {
	if !g.open() {
		return
	}
	g.canceled = true
	g.server.stop(g.starting)
	g.publish("canceled", map[string]any{"userId": g.players[player].ID})
}

func (g *Game) put(player int, request object) {
	pos, ok := request.number("pos")
	id, isText := request.text("id")
	if !ok || !isText || !g.running() || float64(whole(pos)) != pos {
		return
	}
	color := player == g.black
	if g.board.turn != color || !g.board.put(int(pos)) {
		return
	}
	now := g.server.now()
	g.turnBegan = now
	g.moves = append(g.moves, move{at: now, color: color, pos: int(pos)})
	g.publish("log", gameLog{Time: now.UnixMilli(), Player: color, Operation: "put", Pos: int(pos), ID: id})
	g.endIfOver()
}

type gameLog struct {
	Time      int64  `json:"time"`
	Player    bool   `json:"player"` // true = black
	Operation string `json:"operation"`
	Pos       int    `json:"pos"`
	ID        string `json:"id"` // what the player called the move
}

func (g *Game) endIfOver() {
	if !g.board.over {
		return
	}
	blacks, whites := g.board.count(true), g.board.count(false)
	if g.llotheo {
		blacks, whites = whites, blacks
	}
	switch {
	case blacks > whites:
		g.end(g.players[g.black])
	case whites > blacks:
		g.end(g.players[1-g.black])
	default:
		g.end(nil)
	}
}

// checkTime ends the game when the turn has lasted too long. A game that has
// not started has no turn that could last: the recorded server lets the second
// player lose it.
func (g *Game) checkTime() {
	loser := 1
	switch {
	case !g.ended.IsZero() || g.canceled:
		return
	case g.running():
		if g.server.now().Sub(g.turnBegan) <= g.turnLimit {
			return
		}
		if g.board.turn == (g.black == 0) {
			loser = 0
		}
	}
	g.server.stop(g.starting)
	g.timedOut = g.players[loser]
	g.end(g.players[1-loser])
}

func (g *Game) end(winner *User) {
	g.ended = g.server.now()
	g.winner = winner
	body := gameEnd{Game: g.server.packGame(g)}
	if winner != nil {
		body.WinnerID = &winner.ID
	}
	g.publish("ended", body)
}

type gameEnd struct {
	WinnerID *misskey.UserID             `json:"winnerId"`
	Game     misskey.ReversiGameDetailed `json:"game"`
}
