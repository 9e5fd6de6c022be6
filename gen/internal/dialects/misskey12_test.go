package dialects_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/gen/internal/dialects/misskey12"
	"github.com/misskeyactor/misskeyactor/gen/internal/dialects/misskey12/entities"
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// older is a server of Misskey 12 with three accounts.
type older struct {
	*misskeytest.Server
	t                 *testing.T
	alice, bob, carol *misskeytest.User
}

func newOlder(t *testing.T, opts ...misskeytest.Option) *older {
	t.Helper()
	srv := newServer(t, append(opts, misskeytest.WithRelease(misskeytest.Release12))...)
	return &older{Server: srv, t: t, alice: srv.AddUser("alice"), bob: srv.AddUser("bob"), carol: srv.AddUser("carol")}
}

// connect opens alice's client.
func (s *older) connect(opts ...misskey12.Option) *misskey12.Client {
	s.t.Helper()
	opts = append([]misskey12.Option{misskey12.WithToken(s.alice.Token()), misskey12.WithBackoff(time.Millisecond, 5*time.Millisecond)}, opts...)
	c, err := misskey12.Connect(bounded(s.t), s.URL, opts...)
	return open(s.t, c, err)
}

// TestMisskey12Decodes provokes what a server of Misskey 12 sends, and has the
// bindings of that dialect find nothing in it that they do not know.
func TestMisskey12Decodes(t *testing.T) {
	s := newOlder(t, misskeytest.WithUnreadDelay(time.Millisecond))
	alice, bob, carol := s.alice, s.bob, s.carol
	w := newWitness(t)
	c, ctx := s.connect(misskey12.WithHooks(w)), bounded(t)

	list := alice.AddList()
	list.Add(bob)
	antenna := alice.AddAntenna([]string{"caught"})
	place := alice.AddChannel("place")
	group := bob.AddGroup("bob's")
	group.Add(alice)

	main, err := c.Main(ctx, nil)
	hear(w, main, err)
	home, err := c.HomeTimeline(ctx, nil)
	hear(w, home, err)
	local, err := c.LocalTimeline(ctx, nil)
	hear(w, local, err)
	hybrid, err := c.HybridTimeline(ctx, nil)
	hear(w, hybrid, err)
	global, err := c.GlobalTimeline(ctx, nil)
	hear(w, global, err)
	users, err := c.UserList(ctx, misskey12.UserListParams{ListID: list.ID}, nil)
	hear(w, users, err)
	tagged, err := c.Hashtag(ctx, misskey12.HashtagParams{Query: [][]string{{"tag"}}}, nil)
	hear(w, tagged, err)
	caught, err := c.Antenna(ctx, misskey12.AntennaParams{AntennaID: antenna.ID}, nil)
	hear(w, caught, err)
	there, err := c.Channel(ctx, misskey12.ChannelParams{ChannelID: place.ID}, nil)
	hear(w, there, err)
	drive, err := c.Drive(ctx, nil)
	hear(w, drive, err)
	queues, err := c.QueueStats(ctx, nil)
	hear(w, queues, err)
	if err := queues.RequestLog(ctx, misskey12.QueueStatsRequestLog{ID: "log", Length: 1}); err != nil {
		t.Error(err)
	}
	machine, err := c.ServerStats(ctx, nil)
	hear(w, machine, err)
	if err := machine.RequestLog(ctx, misskey12.ServerStatsRequestLog{ID: []byte("1"), Length: 1}); err != nil {
		t.Error(err)
	}
	withBob, err := c.Messaging(ctx, misskey12.MessagingParams{Otherparty: opt.Of(bob.ID)}, nil)
	hear(w, withBob, err)
	inGroup, err := c.Messaging(ctx, misskey12.MessagingParams{Group: opt.Of(entities.UserGroupID(group.ID))}, nil)
	hear(w, inGroup, err)
	index, err := c.MessagingIndex(ctx, nil)
	hear(w, index, err)
	broadcasts, err := c.Broadcasts(ctx, nil)
	hear(w, broadcasts, err)

	// Misskey 12 acknowledges a channel before it is open.
	s.until("the channels", func() bool {
		return !slices.ContainsFunc(alice.Sockets()[0].Connects(), func(c misskeytest.Connect) bool { return c.Refusal == misskeytest.Opening })
	})

	// Notes, and what becomes of them.
	mine := alice.Post("a poll", misskeytest.WithPoll("tea", "coffee"))
	watched, err := c.Capture(ctx, mine.ID, nil)
	hear(w, watched, err)
	s.until("the capture", func() bool {
		return slices.ContainsFunc(alice.Sockets(), func(k *misskeytest.Socket) bool { return k.Captures()[mine.ID] > 0 })
	})
	file := bob.Upload("a.png", []byte("not really"), misskeytest.Sensitive())
	note := bob.Post("hello @alice, you are caught #tag", misskeytest.WithFiles(file), misskeytest.WithCW("greetings"))
	bob.Post("in the place", misskeytest.InChannel(place))
	bob.Post("for you", misskeytest.WithVisibility(misskey.NoteVisibilitySpecified), misskeytest.To(alice))
	bob.Reply(mine.ID, "tea")
	bob.Renote(mine.ID)
	bob.Quote(mine.ID, "coffee")
	bob.React(mine.ID, "👍")
	bob.Unreact(mine.ID)
	bob.Vote(mine.ID, 0)
	alice.Reply(note.ID, "hello")
	alice.Delete(mine.ID)

	// People.
	alice.Follow(bob)
	bob.Follow(alice)
	alice.Unfollow(bob)
	list.Remove(bob)
	list.Add(carol)
	alice.Update(alice.Profile())
	alice.SetRegistry("key", map[string]int{"a": 1}, "client")
	alice.SignIn()
	alice.NotifyApp("body", "header", "")

	// Files.
	mineToo := alice.Upload("b.txt", []byte("b"))
	folder := alice.AddFolder("folder", "")
	alice.UpdateFile(mineToo)
	alice.UpdateFolder(folder)
	alice.DeleteFolder(folder.ID)
	alice.DeleteFile(mineToo.ID)

	// Messages.
	toMe := bob.Message(alice, "a message")
	fromMe := alice.Message(bob, "an answer")
	inTheGroup := group.Message(bob, "to all")
	bob.Type(alice)
	group.Type(bob)
	place.Type(bob)
	bob.ReadMessage(fromMe.ID)
	w.await("main.unreadMessagingMessage") // before it is read
	for sub, id := range map[*misskey12.MessagingSubscription]string{withBob: toMe.ID, inGroup: inTheGroup.ID} {
		if err := sub.Read(ctx, misskey12.MessagingRead{ID: entities.MessagingMessageID(id)}); err != nil {
			t.Error(err)
		}
	}
	bob.DeleteMessage(toMe.ID)

	s.AddEmoji("blob")
	w.await(strings.Fields(`
		main.notification main.unreadNotification main.mention main.reply main.renote main.follow main.followed main.unfollow
		main.meUpdated main.registryUpdated main.signin main.driveFileCreated
		main.messagingMessage main.unreadMessagingMessage main.readAllMessagingMessages
		homeTimeline.note localTimeline.note hybridTimeline.note globalTimeline.note hashtag.note antenna.note
		userList.note userList.userAdded userList.userRemoved channel.note channel.typers
		drive.fileCreated drive.fileUpdated drive.fileDeleted drive.folderCreated drive.folderUpdated drive.folderDeleted
		queueStats.statsLog serverStats.statsLog note.reacted note.unreacted note.pollVoted note.deleted
		messaging.message messaging.read messaging.typers messaging.deleted messagingIndex.message messagingIndex.read
		broadcast.emojiAdded`)...)
}

// Bodies with the keys that 12.109.2 writes, by its source: the server of the
// tests has those of later releases.
const (
	olderUser = `{"id":"u1","name":null,"username":"ada","host":null,"avatarUrl":"https://x.test/a","avatarBlurhash":null,"avatarColor":null,
		"isAdmin":true,"isCat":true,"emojis":[{"name":"blob","url":"https://x.test/blob"}],"onlineStatus":"online"}`
	olderNote = `{"id":"n1","createdAt":"2022-04-01T00:00:00.000Z","userId":"u1","user":` + olderUser + `,"text":":blob:","cw":null,
		"visibility":"public","renoteCount":0,"repliesCount":0,"reactions":{"👍":1},"emojis":[{"name":"blob","url":"https://x.test/blob"}],
		"fileIds":[],"files":[],"replyId":null,"renoteId":null,"channelId":"c1","channel":{"id":"c1","name":"place"}}`
	olderNotification = `{"id":"t1","createdAt":"2022-04-01T00:00:00.000Z","isRead":false,`
)

func TestMisskey12DecodesBodiesOfItsTime(t *testing.T) {
	s := newOlder(t)
	w := newWitness(t)
	c, ctx := s.connect(misskey12.WithHooks(w)), bounded(t)
	home, err := c.HomeTimeline(ctx, nil)
	hear(w, home, err)
	kinds := make(chan entities.Notification, 3)
	main, err := c.Main(ctx, misskey12.MainFuncs{
		Notification: func(_ context.Context, e *misskey12.MainNotification) error { kinds <- e.Notification; return nil },
		Unknown:      func(_ context.Context, e *misskey12.UnknownEvent) error { t.Error(e.Err); return nil },
	})
	live(t, main, err)

	s.Publish("homeTimeline", "note", json.RawMessage(olderNote))
	for _, n := range []string{
		`"type":"pollVote","userId":"u1","user":` + olderUser + `,"note":` + olderNote + `,"choice":1}`,
		`"type":"groupInvited","userId":"u1","user":` + olderUser + `,"invitation":{"id":"i1",
			"group":{"id":"g1","createdAt":"2022-04-01T00:00:00.000Z","name":"group","ownerId":"u1","userIds":["u1"]}}}`,
		`"type":"app","userId":null,"user":null,"body":"b","header":null,"icon":null}`,
	} {
		s.alice.PublishMain("notification", json.RawMessage(olderNotification+n))
	}
	w.await("homeTimeline.note")
	for _, want := range []string{"*entities.NotificationPollVote", "*entities.NotificationGroupInvited", "*entities.NotificationApp"} {
		select {
		case n := <-kinds:
			if got := fmt.Sprintf("%T", n); got != want {
				t.Errorf("got a %s, want a %s", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("no %s came", want)
		}
	}
}

// TestMisskey12Requests sends what only that dialect has.
func TestMisskey12Requests(t *testing.T) {
	s := newOlder(t, misskeytest.WithUnreadDelay(time.Millisecond))
	place := s.alice.AddChannel("place")
	w := newWitness(t)
	c, ctx := s.connect(misskey12.WithHooks(w)), bounded(t)
	notified := make(chan misskey.NotificationID, 10)
	read := make(chan []misskey.NotificationID, 1)
	main, err := c.Main(ctx, misskey12.MainFuncs{
		Notification: func(_ context.Context, e *misskey12.MainNotification) error {
			if n, ok := e.Notification.(*entities.NotificationReaction); ok {
				notified <- n.ID
			}
			return nil
		},
		ReadNotifications: func(_ context.Context, e *misskey12.MainReadNotifications) error {
			read <- e.NotificationIDs
			return nil
		},
	})
	live(t, main, err)
	there, err := c.Channel(ctx, misskey12.ChannelParams{ChannelID: place.ID}, nil)
	hear(w, there, err)

	first, second := s.alice.Post("a"), s.alice.Post("b")
	s.bob.React(first.ID, "👍")
	s.bob.React(second.ID, "👍")
	one := <-notified
	if err := c.ReadNotification(ctx, misskey12.ReadNotificationRequest{ID: one}); err != nil {
		t.Fatal(err)
	}
	select {
	case ids := <-read:
		if len(ids) != 1 || ids[0] != one {
			t.Errorf("read %v, want %v", ids, one)
		}
	case <-ctx.Done():
		t.Error("the notification was not read")
	}

	bobs, err := misskey12.Connect(ctx, s.URL, misskey12.WithToken(s.bob.Token()), misskey12.WithHooks(w))
	bobs = open(t, bobs, err)
	messages, err := bobs.Messaging(ctx, misskey12.MessagingParams{Otherparty: opt.Of(s.alice.ID)}, nil)
	hear(w, messages, err)
	s.until("the channel", func() bool { return s.bob.Sockets()[0].Connects()[0].Refusal == misskeytest.Accepted })
	if err := c.TypingOnMessaging(ctx, misskey12.TypingOnMessagingRequest{Partner: opt.Of(s.bob.ID)}); err != nil {
		t.Error(err)
	}
	if err := c.TypingOnChannel(ctx, misskey12.TypingOnChannelRequest{Channel: place.ID}); err != nil {
		t.Error(err)
	}
	w.await("messaging.typers", "channel.typers")
}

// TestMisskey12AnswersTextPings has the client ask for signs of life by text,
// and take no pong for rubbish. On a busy machine a pong may come too late, and
// cost a socket; what that takes is tested in package runtime.
func TestMisskey12AnswersTextPings(t *testing.T) {
	s := newOlder(t)
	c := s.connect(misskey12.WithHooks(newWitness(t)), misskey12.WithLiveness(20*time.Millisecond, wait))
	s.until("text pings", func() bool {
		pings := 0
		for _, k := range slices.Concat(s.Sockets(), s.PastSockets()) {
			for _, f := range k.Received() {
				if string(f.Data) == "ping" {
					pings++
				}
			}
		}
		return pings >= 3
	})
	eventually(t, "pongs", func() bool { return c.Status().Stats.FramesIn >= 3 })
	if st := c.Status().Stats; st.Malformed != 0 || st.UnknownFrames != 0 {
		t.Errorf("%+v", st)
	}
}

// until waits until something is so on the server.
func (s *older) until(what string, condition func() bool) {
	s.t.Helper()
	if err := s.Wait(bounded(s.t), condition); err != nil {
		s.t.Fatalf("waiting for %s: %v", what, err)
	}
}
