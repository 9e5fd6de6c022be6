package misskeytest

import (
	"strconv"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var reversiEndpoints = []*endpoint{
	{name: "reversi/match", credential: true, permission: "write:account", params: schema{
		{name: "userId", kind: anID, nullable: true},
		{name: "noIrregularRules", kind: aBoolean},
		{name: "multiple", kind: aBoolean},
	}, run: matchGame},
	{name: "reversi/cancel-match", credential: true, permission: "write:account",
		params: schema{{name: "userId", kind: anID, nullable: true}}, run: cancelMatch},
	{name: "reversi/invitations", credential: true, permission: "read:account", run: listGameInvitations},
	{name: "reversi/games",
		params: paged(param{name: "my", kind: aBoolean}), run: listGames},
	{name: "reversi/show-game", params: oneGame, run: showGame},
	{name: "reversi/surrender", credential: true, permission: "write:account", params: oneGame, run: surrenderGame},
	{name: "reversi/verify",
		params: append(oneGame[:1:1], param{name: "crc32", kind: aText, required: true}), run: verifyGame},
}

var oneGame = schema{{name: "gameId", kind: anID, required: true}}

var (
	errNoSuchOpponent      = refusal("NO_SUCH_USER", "0b4f0559-b484-4e31-9581-3f73cee89b28", "No such user.")
	errMatchYourself       = refusal("TARGET_IS_YOURSELF", "96fd7bd6-d2bc-426c-a865-d055dcd2828e", "Target user is yourself.")
	errNoSuchGameShow      = refusal("NO_SUCH_GAME", "f13a03db-fae1-46c9-87f3-43c8165419e1", "No such game.")
	errNoSuchGameSurrender = refusal("NO_SUCH_GAME", "ace0b11f-e0a6-4076-a30d-e8284c81b2df", "No such game.")
	errGameEnded           = refusal("ALREADY_ENDED", "6c2ad4a6-cbf1-4a5b-b187-b772826cfc6d", "That game has already ended.")
	errGameOfOthers        = refusal("ACCESS_DENIED", "6e04164b-a992-4c93-8489-2123069973e1", "Access denied.")
	errNoSuchGameVerify    = refusal("NO_SUCH_GAME", "8fb05624-b525-43dd-90f7-511852bdfeee", "No such game.")
)

func (g *Game) key() string { return string(g.ID) }

// matchGame answers with the game, or with nothing where the caller has to wait
// for `matched`.
func matchGame(r *request) (any, *apiError) {
	var g *Game
	if id, given := r.params.text("userId"); given {
		if id == string(r.user.ID) {
			return nil, errMatchYourself
		}
		other, ok := r.server.users.get(misskey.UserID(id))
		if !ok {
			return nil, errNoSuchOpponent
		}
		var refused *apiError
		if g, refused = r.server.match(r.user, other, r.boolean("multiple", false), nil); refused != nil {
			return nil, refused
		}
	} else {
		g = r.server.matchAny(r.user, r.boolean("multiple", false))
	}
	if g == nil {
		return nil, nil
	}
	return r.server.packGame(g), nil
}

func cancelMatch(r *request) (any, *apiError) {
	delete(r.server.invitations, invitation{r.user.ID, misskey.UserID(r.text("userId"))})
	return nil, nil
}

func listGameInvitations(r *request) (any, *apiError) {
	all := []misskey.UserLite{}
	for _, u := range r.server.users.all {
		if r.server.waits(invitation{u.ID, r.user.ID}) {
			all = append(all, r.server.packUser(u))
		}
	}
	return all, nil
}

// listGames lists the caller's games, or everybody's that have begun, without
// their moves.
func listGames(r *request) (any, *apiError) {
	my := r.boolean("my", false) && r.user != nil
	all := []object{}
	for _, g := range page(r, sortedByID(r.server.games.all, (*Game).key), (*Game).key, func(g *Game) bool {
		if my {
			return g.has(r.user)
		}
		return !g.started.IsZero()
	}) {
		all = append(all, r.server.packGameLite(g))
	}
	return all, nil
}

// packGameLite writes a game out as lists have it, which is without some of the
// whole game.
func (s *Server) packGameLite(g *Game) object {
	m, _ := toObject(marshal(s.packGame(g)))
	for _, key := range []string{"logs", "map", "form1", "form2", "user1Ready", "user2Ready"} {
		delete(m, key)
	}
	return m
}

func (r *request) game() (*Game, bool) {
	return r.server.games.get(misskey.ReversiGameID(r.text("gameId")))
}

func showGame(r *request) (any, *apiError) {
	g, ok := r.game()
	if !ok {
		return nil, errNoSuchGameShow
	}
	return r.server.packGame(g), nil
}

func surrenderGame(r *request) (any, *apiError) {
	g, ok := r.game()
	if !ok {
		return nil, errNoSuchGameSurrender
	}
	return nil, g.surrender(r.user)
}

// verifyGame compares the caller's board with the server's, by its checksum, and
// sends the game to whoever has another. Before the first move nobody has.
func verifyGame(r *request) (any, *apiError) {
	g, ok := r.game()
	if !ok {
		return nil, errNoSuchGameVerify
	}
	if len(g.moves) == 0 || strconv.Itoa(int(g.board.checksum())) == r.text("crc32") {
		return map[string]any{"desynced": false}, nil
	}
	return map[string]any{"desynced": true, "game": r.server.packGame(g)}, nil
}
