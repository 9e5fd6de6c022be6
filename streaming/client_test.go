package streaming_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// wait bounds everything a test waits for.
const wait = 10 * time.Second

// world is a server with a bot and a person.
type world struct {
	*misskeytest.Server
	t          *testing.T
	bot, alice *misskeytest.User
}

func newWorld(t *testing.T, opts ...misskeytest.Option) *world {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	s := misskeytest.NewServer(opts...)
	t.Cleanup(func() {
		s.Close()
		goleak.VerifyNone(t, leaks)
	})
	return &world{Server: s, t: t, bot: s.AddUser("bot"), alice: s.AddUser("alice")}
}

// connect opens a client for a token, or for nobody, that is closed with the
// test.
func (w *world) connect(token string, opts ...streaming.Option) *streaming.Client {
	w.t.Helper()
	opts = append([]streaming.Option{streaming.WithBackoff(time.Millisecond, 5*time.Millisecond)}, opts...)
	if token != "" {
		opts = append(opts, streaming.WithToken(token))
	}
	c, err := streaming.Connect(bounded(w.t), w.URL, opts...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := c.Close(bounded(w.t)); err != nil {
			w.t.Error(err)
		}
	})
	return c
}

// bounded returns a context for one call. It outlives the test, as cleanups
// need it.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	return ctx
}

// live waits until a subscription just made is live.
func live[S interface{ WaitLive(context.Context) error }](t *testing.T, sub S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := sub.WaitLive(bounded(t)); err != nil {
		t.Fatal(err)
	}
	return sub
}

// receive waits for a value on a channel.
func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(wait):
		t.Fatalf("waited %v for a %T", wait, *new(T))
		panic("unreachable")
	}
}

func TestEveryChannelIsAcknowledged(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	list, antenna, room := w.bot.AddList(), w.bot.AddAntenna([]string{"go"}), w.bot.AddRoom("lounge")
	channel, role, game := w.bot.AddChannel("cats"), w.AddRole("friends"), w.AddGame(w.bot, w.alice)
	ctx := bounded(t)
	subs := map[string]*streaming.Subscription{}
	add := func(sub any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		s := reflect.ValueOf(sub).Elem().FieldByName("Subscription").Interface().(*streaming.Subscription)
		subs[s.Channel()] = s
	}
	add(c.Main(ctx, nil))
	add(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil))
	add(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil))
	add(c.HybridTimeline(ctx, streaming.HybridTimelineParams{}, nil))
	add(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{}, nil))
	add(c.UserList(ctx, streaming.UserListParams{ListID: list.ID}, nil))
	add(c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{"go", "actor"}}}, nil))
	add(c.RoleTimeline(ctx, streaming.RoleTimelineParams{RoleID: role.ID}, nil))
	add(c.Antenna(ctx, streaming.AntennaParams{AntennaID: antenna.ID}, nil))
	add(c.Channel(ctx, streaming.ChannelParams{ChannelID: channel.ID}, nil))
	add(c.Drive(ctx, nil))
	add(c.ServerStats(ctx, nil))
	add(c.QueueStats(ctx, nil))
	add(c.Admin(ctx, nil))
	add(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: w.alice.ID}, nil))
	add(c.ChatRoom(ctx, streaming.ChatRoomParams{RoomID: room.ID}, nil))
	add(c.Reversi(ctx, nil))
	add(c.ReversiGame(ctx, streaming.ReversiGameParams{GameID: game.ID}, nil))
	if len(subs) != 18 {
		t.Fatalf("%d channels", len(subs))
	}
	for name, sub := range subs {
		if err := sub.WaitLive(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, connect := range w.bot.Sockets()[0].Connects() {
		if connect.Refusal != misskeytest.Accepted {
			t.Errorf("%s: refused: %s", connect.Channel, connect.Refusal)
		}
	}
}

// One handler serves the timelines, since they share an event set.
func TestOneHandlerServesEveryTimeline(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	type heard struct {
		channel string
		id      misskey.NoteID
	}
	notes := make(chan heard, 10)
	h := streaming.TimelineFuncs{Note: func(_ context.Context, e *streaming.TimelineNote) error {
		notes <- heard{e.Channel, e.Note.ID}
		return nil
	}}
	ctx := bounded(t)
	home, err := c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, h)
	live(t, home, err)
	local, err := c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, h)
	live(t, local, err)
	tag, err := c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{"go"}}}, h)
	live(t, tag, err)
	note := w.bot.Post("hello #go")
	got := map[string]bool{}
	for range 3 {
		h := receive(t, notes)
		if h.id != note.ID {
			t.Errorf("note %s on %s", h.id, h.channel)
		}
		got[h.channel] = true
	}
	if len(got) != 3 {
		t.Errorf("heard on %v", got)
	}
}

func TestListHasTheTimelinesEventsAndTwoMore(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	list := w.bot.AddList()
	sub, err := c.UserList(bounded(t), streaming.UserListParams{ListID: list.ID}, nil)
	live(t, sub, err)
	list.Add(w.alice)
	note := w.alice.Post("hi")
	list.Remove(w.alice)
	var got []string
	for event, err := range sub.Events(bounded(t)) {
		if err != nil {
			t.Fatal(err)
		}
		switch e := event.(type) {
		case *streaming.UserListUserAdded:
			got = append(got, "added "+e.User.Username)
		case *streaming.TimelineNote:
			got = append(got, "note "+string(e.Note.ID))
		case *streaming.UserListUserRemoved:
			got = append(got, "removed "+e.User.Username)
			sub.Close()
		default:
			t.Errorf("unexpected %T", e)
		}
	}
	if want := []string{"added alice", "note " + string(note.ID), "removed alice"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTypedSendsPlayAGame(t *testing.T) {
	w := newWorld(t, misskeytest.WithGameDelay(0))
	me, other := w.connect(w.bot.Token()), w.connect(w.alice.Token())
	game := w.AddGame(w.bot, w.alice)
	ctx := bounded(t)
	events := make(chan streaming.ReversiGameEvent, 100)
	players := streaming.ReversiGameFuncs{
		Started:  func(_ context.Context, e *streaming.ReversiGameStarted) error { events <- e; return nil },
		Log:      func(_ context.Context, e *streaming.ReversiGameLog) error { events <- e; return nil },
		Canceled: func(_ context.Context, e *streaming.ReversiGameCanceled) error { events <- e; return nil },
	}
	mine, err := me.ReversiGame(ctx, streaming.ReversiGameParams{GameID: game.ID}, players)
	live(t, mine, err)
	theirs, err := other.ReversiGame(ctx, streaming.ReversiGameParams{GameID: game.ID}, nil)
	live(t, theirs, err)
	for _, err := range []error{
		mine.UpdateSettings(ctx, streaming.ReversiGameUpdateSettings{Key: "bw", Value: []byte(`"1"`)}),
		mine.Ready(ctx, true),
		theirs.Ready(ctx, true),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	started, ok := receive(t, events).(*streaming.ReversiGameStarted)
	if !ok || started.Game.ID != game.ID {
		t.Fatalf("got %+v", started)
	}
	if err := mine.PutStone(ctx, streaming.ReversiGamePutStone{Pos: 19, ID: "move1"}); err != nil {
		t.Fatal(err)
	}
	log, ok := receive(t, events).(*streaming.ReversiGameLog)
	if !ok || log.Pos != 19 || log.ID != "move1" || !log.Player {
		t.Errorf("got %+v", log)
	}
}

func TestCaptureHearsOfOneNote(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	note := w.alice.Post("tea?", misskeytest.WithPoll("yes", "no"))
	capture, err := c.Capture(bounded(t), note.ID, nil)
	live(t, capture, err)
	if err := w.Wait(bounded(t), func() bool { return w.bot.Sockets()[0].Captures()[note.ID] == 1 }); err != nil {
		t.Fatal(err)
	}
	w.bot.React(note.ID, "👍")
	w.bot.Unreact(note.ID)
	w.bot.Vote(note.ID, 1)
	w.alice.Delete(note.ID)
	var got []string
	for event, err := range capture.Events(bounded(t)) {
		if err != nil {
			t.Fatal(err)
		}
		switch e := event.(type) {
		case *streaming.NoteReacted:
			got = append(got, "reacted "+e.Reaction)
		case *streaming.NoteUnreacted:
			got = append(got, "unreacted "+e.Reaction)
		case *streaming.NotePollVoted:
			got = append(got, fmt.Sprint("voted ", e.Choice))
		case *streaming.NoteDeleted:
			got = append(got, "deleted")
		}
	}
	if want := "[reacted 👍 unreacted 👍 voted 1 deleted]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if !errors.Is(capture.Err(), streaming.ErrEnded) {
		t.Errorf("reason %v", capture.Err())
	}
}

func TestBroadcastsReachTheirHandler(t *testing.T) {
	w := newWorld(t)
	c := w.connect("")
	events := make(chan string, 10)
	sub, err := c.Broadcasts(bounded(t), streaming.BroadcastFuncs{
		EmojiAdded: func(_ context.Context, e *streaming.BroadcastEmojiAdded) error {
			events <- "added " + e.Emoji.Name
			return nil
		},
		EmojiUpdated: func(_ context.Context, e *streaming.BroadcastEmojiUpdated) error {
			events <- "updated " + e.Emojis[0].Name
			return nil
		},
		EmojiDeleted: func(_ context.Context, e *streaming.BroadcastEmojiDeleted) error {
			events <- "deleted " + e.Emojis[0].Name
			return nil
		},
		AnnouncementCreated: func(_ context.Context, e *streaming.BroadcastAnnouncementCreated) error {
			events <- "announced " + e.Announcement.Title
			return nil
		},
	})
	live(t, sub, err)
	emoji := w.AddEmoji("blobcat")
	w.UpdateEmojis(emoji)
	w.DeleteEmojis("blobcat")
	w.Announce("Hello", "world")
	for _, want := range []string{"added blobcat", "updated blobcat", "deleted blobcat", "announced Hello"} {
		if got := receive(t, events); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMoreChannelsThanOneSocketTakes(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	notes := make(chan misskey.NoteID, 200)
	var subs []*streaming.LocalTimelineSubscription
	for range 70 {
		sub, err := c.LocalTimeline(bounded(t), streaming.LocalTimelineParams{}, streaming.TimelineFuncs{
			Note: func(_ context.Context, e *streaming.TimelineNote) error { notes <- e.Note.ID; return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		subs = append(subs, sub)
	}
	for _, sub := range subs {
		live(t, sub, nil)
	}
	if n := len(w.bot.Sockets()); n != 3 {
		t.Errorf("%d sockets for 70 channels, want 3", n)
	}
	for _, sock := range w.bot.Sockets() {
		for _, connect := range sock.Connects() {
			if connect.Refusal != misskeytest.Accepted {
				t.Errorf("refused: %s", connect.Refusal)
			}
		}
	}
	note := w.alice.Post("once each")
	for range 70 {
		if id := receive(t, notes); id != note.ID {
			t.Errorf("note %s", id)
		}
	}
}

func TestSubscriptionsComeBackAfterARestart(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	events := make(chan streaming.TimelineEvent, 10)
	sub, err := c.LocalTimeline(bounded(t), streaming.LocalTimelineParams{}, streaming.TimelineFuncs{
		Note: func(_ context.Context, e *streaming.TimelineNote) error { events <- e; return nil },
		Gap:  func(_ context.Context, e *streaming.Gap) error { events <- e; return nil },
	})
	live(t, sub, err)
	w.Stop()
	for sub.State() == streaming.StateLive {
		c.Status() // the state changes as soon as the socket is seen to be gone
	}
	w.alice.Post("while away")
	w.Start()
	live(t, sub, nil)
	gap, ok := receive(t, events).(*streaming.Gap)
	if !ok || gap.Cause != streaming.GapReconnect {
		t.Fatalf("got %+v", gap)
	}
	note := w.alice.Post("back again")
	if e, ok := receive(t, events).(*streaming.TimelineNote); !ok || e.Note.ID != note.ID {
		t.Errorf("got %+v", e)
	}
	if n := w.Listening("localTimeline"); n != 1 {
		t.Errorf("subscribed %d times", n)
	}
}

func TestRequestsAndCalls(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	read := make(chan struct{}, 1)
	main, err := c.Main(bounded(t), streaming.MainFuncs{
		ReadAllNotifications: func(context.Context, *streaming.MainReadAllNotifications) error { read <- struct{}{}; return nil },
	})
	live(t, main, err)
	w.alice.Post("@bot hello")
	if err := c.ReadNotifications(bounded(t), streaming.ReadNotificationsRequest{}); err != nil {
		t.Fatal(err)
	}
	receive(t, read)
	var me misskey.MeDetailed
	if err := c.Call(bounded(t), "i", nil, &me); err != nil || me.ID != w.bot.ID {
		t.Errorf("i: %v, %q", err, me.ID)
	}
	var api *streaming.APIError
	err = c.Call(bounded(t), "notes/show", map[string]string{"noteId": "nosuch"}, nil)
	if !errors.As(err, &api) || api.Code != "NO_SUCH_NOTE" || api.Status != 400 {
		t.Errorf("notes/show: %v", err)
	}
	w.LimitRate("notes/create", 7*time.Second)
	err = c.Call(bounded(t), "notes/create", map[string]string{"text": "x"}, nil)
	if !errors.As(err, &api) || api.Status != 429 || api.RetryAfter <= 0 || api.RetryAfter > 7*time.Second {
		t.Errorf("rate limit: %v", err)
	}
	if err := c.Call(bounded(t), "no/such/endpoint", nil, nil); !errors.As(err, &api) || api.Status != 404 {
		t.Errorf("endpoint: %v", err)
	}
}

func TestBadParamsAreErrorsAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.connect(w.bot.Token())
	ctx := bounded(t)
	for name, subscribe := range map[string]func() error{
		"userList listId": func() error { _, err := c.UserList(ctx, streaming.UserListParams{}, nil); return err },
		"hashtag q":       func() error { _, err := c.Hashtag(ctx, streaming.HashtagParams{}, nil); return err },
		"hashtag q ": func() error {
			_, err := c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{}}}, nil)
			return err
		},
		"homeTimeline withFiles": func() error {
			_, err := c.HomeTimeline(ctx, streaming.HomeTimelineParams{WithFiles: opt.Null[bool]()}, nil)
			return err
		},
		"note id": func() error { _, err := c.Capture(ctx, "", nil); return err },
	} {
		var param *streaming.ParamError
		if err := subscribe(); !errors.As(err, &param) || param.Channel+" "+param.Param != strings.TrimSpace(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(w.bot.Sockets()[0].Received()); n != 0 {
		t.Errorf("%d frames were sent", n)
	}
	anonymous := w.connect("")
	if _, err := anonymous.Main(ctx, nil); !errors.Is(err, streaming.ErrCredentialRequired) {
		t.Errorf("anonymous main: %v", err)
	}
	local, err := anonymous.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)
	live(t, local, err)
}

func TestHandshakeFailuresSayWhich(t *testing.T) {
	w := newWorld(t)
	suspended := w.AddUser("suspended")
	suspended.Suspend()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello</html>") }))
	defer page.Close()
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer gateway.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	const secret = "0123456789abcdef"
	for _, tt := range []struct {
		name, url, token string
		kind             string
		is               error
		status           int
		final            bool
	}{
		{"unknown token", w.URL, secret, "unauthorized", streaming.ErrUnauthorized, 401, true},
		{"suspended", w.URL, suspended.Token(), "forbidden", streaming.ErrForbidden, 403, true},
		{"app without read:account", w.URL, w.bot.AppToken("write:notes"), "unauthorized", streaming.ErrUnauthorized, 401, true},
		{"a page", page.URL, secret, "not a websocket", streaming.ErrNotWebSocket, 200, false},
		{"a gateway", gateway.URL, secret, "server error", nil, 503, false},
		{"unknown host", "https://misskey.invalid", secret, "unknown host", nil, 0, false},
		{"nobody listens", "http://" + closed.Addr().String(), secret, "connection refused", nil, 0, false},
		{"a certificate nobody knows", secure.URL, secret, "TLS failed", nil, 0, false},
		{"TLS to a server without", strings.Replace(page.URL, "http:", "https:", 1), secret, "TLS failed", nil, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := streaming.Connect(bounded(t), tt.url, streaming.WithToken(tt.token))
			var h *streaming.HandshakeError
			if !errors.As(err, &h) {
				t.Fatalf("got %v", err)
			}
			if string(h.Kind) != tt.kind || h.Status != tt.status || h.Final != tt.final || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %s, status %d, final %v: %v", h.Kind, h.Status, h.Final, err)
			}
			if tt.status == 503 && h.RetryAfter != 2*time.Minute {
				t.Errorf("retry after %v", h.RetryAfter)
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, h), tt.token) {
				t.Errorf("the error has the token: %v", err)
			}
		})
	}
}
