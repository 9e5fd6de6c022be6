package misskeytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// misuse is something that a test does by mistake, and what it is told.
type misuse struct {
	says string
	do   func()
}

// panics checks that each misuse is told of at the call, and that the server goes
// on.
func panics(t *testing.T, all []misuse) {
	t.Helper()
	for _, m := range all {
		func() {
			defer func() {
				t.Helper()
				if got := fmt.Sprint(recover()); got != "misskeytest: "+m.says {
					t.Errorf("panicked with\n %s, want\n misskeytest: %s", got, m.says)
				}
			}()
			m.do()
		}()
	}
}

// What is nil, or another server's, is named at once.
func TestThingsThatAreNotThisServers(t *testing.T) {
	srv, other := newServer(t), newServer(t)
	alice, stranger := srv.AddUser("alice"), other.AddUser("stranger")
	older := newServer(t, misskeytest.WithRelease(misskeytest.Release12))
	group := older.AddUser("old").AddGroup("group")
	room, list, role, game := alice.AddRoom("room"), alice.AddList(), srv.AddRole("role"), srv.AddGame(alice, srv.AddUser("bob"))
	channel := alice.AddChannel("channel")
	dial(t, other, "").sync()
	far := other.Sockets()[0]
	panics(t, []misuse{
		{"Follow: other is nil", func() { alice.Follow(nil) }},
		{"Follow: other is of another server", func() { alice.Follow(stranger) }},
		{"Follow: option 1 is nil", func() { alice.Follow(alice, nil) }},
		{"Refollow: other is nil", func() { alice.Refollow(nil) }},
		{"Unfollow: other is nil", func() { alice.Unfollow(nil) }},
		{"RemoveFollower: other is nil", func() { alice.RemoveFollower(nil) }},
		{"AcceptFollow: follower is nil", func() { alice.AcceptFollow(nil) }},
		{"RejectFollow: follower is nil", func() { alice.RejectFollow(nil) }},
		{"CancelFollow: other is nil", func() { alice.CancelFollow(nil) }},
		{"Mute: other is of another server", func() { alice.Mute(stranger) }},
		{"MuteFor: other is nil", func() { alice.MuteFor(nil, time.Hour) }},
		{"Unmute: other is nil", func() { alice.Unmute(nil) }},
		{"MuteRenotes: other is nil", func() { alice.MuteRenotes(nil) }},
		{"UnmuteRenotes: other is nil", func() { alice.UnmuteRenotes(nil) }},
		{"Block: other is of another server", func() { alice.Block(stranger) }},
		{"Unblock: other is nil", func() { alice.Unblock(nil) }},
		{"Report: other is nil", func() { alice.Report(nil, "") }},
		{"Chat: other is of another server", func() { alice.Chat(stranger, "x") }},
		{"Chat: option 1 is nil", func() { alice.Chat(alice, "x", nil) }},
		{"Send: u is nil", func() { room.Send(nil, "x") }},
		{"Join: user 2 is of another server", func() { room.Join(alice, stranger) }},
		{"Leave: user 1 is nil", func() { room.Leave(nil) }},
		{"Room.Mute: u is nil", func() { room.Mute(nil, true) }},
		{"Room.Invite: u is of another server", func() { room.Invite(stranger) }},
		{"List.Add: user 2 is nil", func() { list.Add(alice, nil) }},
		{"List.Remove: user 1 is of another server", func() { list.Remove(stranger) }},
		{"List.ShowReplies: u is nil", func() { list.ShowReplies(nil, true) }},
		{"Assign: user 1 is of another server", func() { role.Assign(stranger) }},
		{"Unassign: user 1 is nil", func() { role.Unassign(nil) }},
		{"Group.Add: user 1 is nil", func() { group.Add(nil) }},
		{"Group.Remove: user 1 is of another server", func() { group.Remove(stranger) }},
		{"Message: u is of another server", func() { group.Message(stranger, "x") }},
		{"Message: to is of another server", func() { older.User("old").Message(stranger, "x") }},
		{"Type: u is nil", func() { group.Type(nil) }},
		{"Type: to is nil", func() { older.User("old").Type(nil) }},
		{"Type: u is of another server", func() { channel.Type(stranger) }},
		{"Invite: other is of another server", func() { alice.Invite(stranger) }},
		{"Accept: other is nil", func() { alice.Accept(nil) }},
		{"AddGame: first is nil", func() { srv.AddGame(nil, alice) }},
		{"AddGame: second is of another server", func() { srv.AddGame(alice, stranger) }},
		{"Surrender: u is nil", func() { game.Surrender(nil) }},
		{"FollowChannel: c is nil", func() { alice.FollowChannel(nil) }},
		{"UnfollowChannel: c is of another server", func() { alice.UnfollowChannel(stranger.AddChannel("far")) }},
		{"To: user 2 is nil", func() { misskeytest.To(alice, nil) }},
		{"Post: a user given to To is of another server", func() { alice.Post("x", misskeytest.To(stranger)) }},
		{"InChannel: channel 1 is nil", func() { misskeytest.InChannel(nil) }},
		{"Post: the channel given to InChannel is of another server", func() {
			alice.Post("x", misskeytest.InChannel(stranger.AddChannel("away")))
		}},
		{"Post: option 2 is nil", func() { alice.Post("x", misskeytest.LocalOnly(), nil) }},
		{"Schedule: option 1 is nil", func() { alice.Schedule(time.Hour, "x", nil) }},
		{"OnlyFrom: user 1 is nil", func() { misskeytest.OnlyFrom(nil) }},
		{"NotFrom: user 1 is of another server", func() { alice.AddAntenna(nil, misskeytest.NotFrom(stranger)) }},
		{"OnlyFromList: list 1 is nil", func() { misskeytest.OnlyFromList(nil) }},
		{"OnlyFromList: list is of another server", func() { alice.AddAntenna(nil, misskeytest.OnlyFromList(stranger.AddList())) }},
		{"AddAntenna: option 1 is nil", func() { alice.AddAntenna(nil, nil) }},
		{"AddRole: option 1 is nil", func() { srv.AddRole("x", nil) }},
		{"AddUser: option 1 is nil", func() { srv.AddUser("x", nil) }},
		{"Upload: option 1 is nil", func() { alice.Upload("x", nil, nil) }},
		{"NewServer: option 1 is nil", func() { misskeytest.NewServer(nil) }},
		{"WithClock: clock 1 is nil", func() { misskeytest.WithClock(nil) }},
		{"WithClock: clock 1 is nil", func() { misskeytest.WithClock((*misskeytest.ManualClock)(nil)) }},
		{"Post by a user that is nil", func() { srv.User("nobody").Post("x") }},
		{"OnSocket: socket 1 is nil", func() { misskeytest.OnSocket(nil) }},
		{"Inject: target 1 is nil", func() { srv.Inject(misskeytest.Drop(), nil) }},
		{"Inject: target 2, OfUser(@stranger), is of another server", func() {
			srv.Inject(misskeytest.Drop(), misskeytest.OnChannel("main"), misskeytest.OfUser(stranger))
		}},
		{"Publish: target 1, OnSocket, is of another server", func() { srv.Publish("main", "x", nil, misskeytest.OnSocket(far)) }},
		{"Connections: target 1 is nil", func() { srv.Connections(nil) }},
		{"Deliveries: target 1 is nil", func() { srv.Deliveries(nil) }},
		{`Deliveries: target 1, OnEndpoint("meta"), is met by no event`, func() { srv.Deliveries(misskeytest.OnEndpoint("meta")) }},
	})
	alice.Post("the server goes on")
}

// A fault that makes no sense, or could never strike, is told of at once.
func TestFaultsThatMakeNoSense(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	older := newServer(t, misskeytest.WithRelease(misskeytest.Release12))
	panics(t, []misuse{
		{"Inject: the zero Fault; Drop, HalfOpen and others make one", func() { srv.Inject(misskeytest.Fault{}.On(2)) }},
		{"Times(-1): less than 0", func() { misskeytest.Drop().Times(-1) }},
		{"SlowWrites(-1): less than 0", func() { misskeytest.SlowWrites(-1) }},
		{"Oversized(0): less than 1", func() { misskeytest.Oversized(0) }},
		{"ReorderedAcks(0): less than 1", func() { misskeytest.ReorderedAcks(0) }},
		{"LateAck(-1s): less than 0", func() { misskeytest.LateAck(-time.Second) }},
		{"SlowOpen(-1s): less than 0", func() { misskeytest.SlowOpen(-time.Second) }},
		{"LateAnswer(-1s): less than 0", func() { misskeytest.LateAnswer(-time.Second) }},
		{"RejectHandshake(101): no status from 200 to 599", func() { misskeytest.RejectHandshake(101, nil, "") }},
		{"RejectHandshake(600): no status from 200 to 599", func() { misskeytest.RejectHandshake(600, nil, "") }},
		{"CloseWith(1006): no code for a close frame", func() { misskeytest.CloseWith(1006, "") }},
		{"CloseWith(0): no code for a close frame", func() { misskeytest.CloseWith(0, "") }},
		{"CloseWith(5000): no code for a close frame", func() { misskeytest.CloseWith(5000, "") }},
		{"CloseWith(1000): a reason of 124 bytes, of which 123 fit", func() { misskeytest.CloseWith(1000, strings.Repeat("x", 124)) }},
		{`Inject: target 1, OnChannel("main"), is met by no handshake`, func() {
			srv.Inject(misskeytest.CutHandshake(), misskeytest.OnChannel("main"))
		}},
		{`Inject: target 2, WithParam("listId", "7"), is met by no handshake`, func() {
			srv.Inject(misskeytest.HangHandshake(), misskeytest.OfUser(alice), misskeytest.WithParam("listId", "7"))
		}},
		{`Inject: target 1, OnEndpoint("meta"), is met by no connect`, func() {
			srv.Inject(misskeytest.LostAck(), misskeytest.OnEndpoint("meta"))
		}},
		{`Inject: target 1, OnChannel("main"), is met by no call`, func() {
			older.Inject(misskeytest.LostAnswer(), misskeytest.OnChannel("main"))
		}},
		{"Inject: late answer: Misskey 2026.3.2 answers no calls over the socket", func() {
			srv.Inject(misskeytest.LateAnswer(time.Second), misskeytest.OnEndpoint("meta"))
		}},
	})
	older.Inject(misskeytest.LateAnswer(time.Second), misskeytest.OnEndpoint("meta"))
	for _, code := range []int{1000, 1003, 1007, 1014, 3000, 4999} {
		misskeytest.CloseWith(code, "")
	}
	misskeytest.RejectHandshake(http.StatusOK, nil, "")
}

// A world that Misskey would not have is not set up.
func TestThingsThatMakeNoSense(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice", misskeytest.WithToken("0123456789abcdef"))
	panics(t, []misuse{
		{`"" is no username`, func() { srv.AddUser("") }},
		{`"@bob" is no username`, func() { srv.AddUser("@bob") }},
		{`"bob@host" is no username`, func() { srv.AddUser("bob@host") }},
		{`"aaaaaaaaaaaaaaaaaaaaa" is no username`, func() { srv.AddUser(strings.Repeat("a", 21)) }},
		{"the token for @bob is @alice's already", func() { srv.AddUser("bob", misskeytest.WithToken(alice.Token())) }},
		{"the token for @bob is empty", func() { srv.AddUser("bob", misskeytest.WithToken("")) }},
		{"WithChannel: the name is empty", func() { misskeytest.NewServer(misskeytest.WithChannel("")) }},
		{"WithChannel: option 1 is nil", func() { misskeytest.WithChannel("x", nil) }},
		{"OnConnect: function 1 is nil", func() { misskeytest.OnConnect(nil) }},
		{"OnSend: function 1 is nil", func() { misskeytest.OnSend(nil) }},
		{"TakesParams: function 1 is nil", func() { misskeytest.TakesParams(nil) }},
		{`WithChannel("main"): there is such a channel already`, func() { misskeytest.NewServer(misskeytest.WithChannel("main")) }},
		{`WithChannel("x"): there is such a channel already`, func() {
			misskeytest.NewServer(misskeytest.WithChannel("x"), misskeytest.WithChannel("x"))
		}},
		{`WithAddr(":0"): no loopback address with a port`, func() { misskeytest.NewServer(misskeytest.WithAddr(":0")) }},
		{`WithAddr("0.0.0.0:0"): no loopback address with a port`, func() { misskeytest.NewServer(misskeytest.WithAddr("0.0.0.0:0")) }},
		{`WithAddr("127.0.0.1"): no loopback address with a port`, func() { misskeytest.NewServer(misskeytest.WithAddr("127.0.0.1")) }},
		{`LimitRate("/api/notes/create"): there is no such endpoint; they are named as in "notes/create"`, func() {
			srv.LimitRate("/api/notes/create", time.Minute)
		}},
		{`LimitRate("note/create"): there is no such endpoint; they are named as in "notes/create"`, func() {
			srv.LimitRate("note/create", time.Minute)
		}},
		{`LimitRate("messaging/history"): there is no such endpoint; they are named as in "notes/create"`, func() {
			srv.LimitRate("messaging/history", time.Minute) // there is in Misskey 12
		}},
	})
	// Nothing is left of a user that was not made.
	srv.AddUser("bob").Chat(srv.AddUser("carol", misskeytest.WithChatScope(misskey.ChatScopeEveryone)), "x")
	misskeytest.NewServer(misskeytest.WithAddr("localhost:0"), misskeytest.WithChannel("bubbleTimeline")).Close()
}

// What REST refuses, the methods of users refuse with the same code.
func TestRefusedByRESTAndByUsers(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	bob := srv.AddUser("bob", misskeytest.WithChatScope(misskey.ChatScopeEveryone))
	note := bob.Post("a note")
	type params = map[string]any
	poll := func(choices ...string) params { return params{"text": "x", "poll": params{"choices": choices}} }
	many := strings.Split(strings.Repeat("x", 11), "")
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	long := strings.Repeat("あ", 3001)
	for _, tt := range []struct {
		name, endpoint string
		params         params
		do             func()
	}{
		{"empty", "notes/create", params{"text": ""}, func() { alice.Post("") }},
		{"blank", "notes/create", params{"text": " \n"}, func() { alice.Post(" \n") }},
		{"empty reply", "notes/create", params{"text": "", "replyId": note.ID}, func() { alice.Reply(note.ID, "") }},
		{"scheduled, empty", "notes/create", params{"text": ""}, func() { alice.Schedule(time.Hour, "") }},
		{"too long", "notes/create", params{"text": long}, func() { alice.Post(long) }},
		{"quote too long", "notes/create", params{"text": long, "renoteId": note.ID}, func() { alice.Quote(note.ID, long) }},
		{"cw too long", "notes/create", params{"text": "x", "cw": long}, func() { alice.Post("x", misskeytest.WithCW(long)) }},
		{"visibility", "notes/create", params{"text": "x", "visibility": "friends"}, func() { alice.Post("x", misskeytest.WithVisibility("friends")) }},
		{"acceptance", "notes/create", params{"text": "x", "reactionAcceptance": "none"}, func() {
			alice.Post("x", misskeytest.WithReactionAcceptance("none"))
		}},
		{"poll of none", "notes/create", params{"text": "x", "poll": params{"choices": []string{}}}, func() { alice.Post("x", misskeytest.WithPoll()) }},
		{"poll of 1", "notes/create", poll("a"), func() { alice.Post("x", misskeytest.WithPoll("a")) }},
		{"poll of 11", "notes/create", poll(many...), func() { alice.Post("x", misskeytest.WithPoll(many...)) }},
		{"poll with a choice twice", "notes/create", poll("a", "a"), func() { alice.Post("x", misskeytest.WithPoll("a", "a")) }},
		{"poll with an empty choice", "notes/create", poll("a", ""), func() { alice.Post("x", misskeytest.WithPoll("a", "")) }},
		{"poll over at once", "notes/create", params{"text": "x", "poll": params{"choices": []string{"a", "b"}, "expiredAfter": 0}}, func() {
			alice.Post("x", misskeytest.WithPoll("a", "b"), misskeytest.ExpiresAfter(0))
		}},
		{"poll over before", "notes/create", params{"text": "x", "poll": params{"choices": []string{"a", "b"}, "expiredAfter": -1000}}, func() {
			alice.Post("x", misskeytest.ExpiresAfter(-time.Second), misskeytest.WithPoll("a", "b"))
		}},
		{"chat, empty", "chat/messages/create-to-user", params{"toUserId": bob.ID, "text": ""}, func() { alice.Chat(bob, "") }},
		{"chat, too long", "chat/messages/create-to-user", params{"toUserId": bob.ID, "text": long}, func() { alice.Chat(bob, long) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := refusalOf(t, srv, alice, tt.endpoint, tt.params)
			if code == "" {
				t.Fatal("REST takes it")
			}
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, " by @alice: "+code) {
					t.Errorf("panicked with %s, want %s", got, code)
				}
			}()
			tt.do()
		})
	}
	panics(t, []misuse{
		{"Post by @alice: the text is not UTF-8", func() { alice.Post("\xff") }},
		{"Post by @alice: the text is not UTF-8", func() { alice.Post("x", misskeytest.WithPoll("a", "\xff")) }},
		{"Post by @alice: ExpiresAfter without WithPoll", func() { alice.Post("x", misskeytest.ExpiresAfter(time.Hour)) }},
		{"Post by @alice: MultipleChoice without WithPoll", func() { alice.Post("x", misskeytest.MultipleChoice()) }},
		{"Post by @alice: INVALID_PARAM: #/properties/visibility/enum must be equal to one of the allowed values", func() {
			alice.Post("x", misskeytest.WithVisibility(""))
		}},
	})
	if n := len(alice.Notes()); n > 0 {
		t.Errorf("%d notes of refused ones", n)
	}
	// Without a text, what may be without one.
	alice.Renote(note.ID)
	alice.Post("", misskeytest.WithPoll("a", "b"))
	alice.Post("", misskeytest.WithFiles(alice.Upload("x", []byte("x"))))
	alice.Post(long[:len(long)-len("あ")])
}

// What an option or a call cannot mean is told of at once.
func TestCallsThatMakeNoSense(t *testing.T) {
	srv := newServer(t)
	dial(t, srv, "").sync()
	k := srv.Sockets()[0]
	panics(t, []misuse{
		{"canFly is no policy that can be true", func() { misskeytest.WithBasePolicy("canFly", true) }},
		{`ltlAvailable is no policy that can be "yes"`, func() { misskeytest.WithPolicy("ltlAvailable", "yes") }},
		{"ltlAvailable is no policy that can be null", func() { misskeytest.WithPolicy("ltlAvailable", nil) }},
		{"Socket.Close(1000): a reason of 124 bytes, of which 123 fit", func() { k.Close(1000, strings.Repeat("x", 124)) }},
		{"body cannot be encoded: json: unsupported type: chan int", func() { srv.Broadcast("any", make(chan int)) }},
		{"On(0): the first is 1", func() { misskeytest.Drop().On(0) }},
		{`there is no release "1.0"`, func() { newServer(t, misskeytest.WithRelease("1.0")) }},
	})
}
