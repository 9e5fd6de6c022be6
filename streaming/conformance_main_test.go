package streaming_test

import (
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Follows, unfollows and requests come to main of whoever they concern.
func mainTellsOfPeople(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	main := x.main(c, who.alice)
	defer func() {
		_ = x.lock(who.alice, false)
		_ = x.lock(who.carol, false)
		x.must(x.unfollow(who.alice, who.carol))
		x.must(x.unfollow(who.carol, who.alice))
	}()

	x.must(x.unfollow(who.alice, who.carol))
	after(x, main, "main.follow", func() (func(*streaming.MainFollow) bool, error) {
		x.must(x.unfollow(who.alice, who.carol))
		return func(e *streaming.MainFollow) bool { return e.User.ID == who.carol.id }, x.follow(who.alice, who.carol)
	})
	x.must(x.unfollow(who.alice, who.carol))
	then(x, main, "main.unfollow", func(e *streaming.MainUnfollow) bool { return e.User.ID == who.carol.id })

	x.must(x.unfollow(who.carol, who.alice))
	x.must(x.follow(who.carol, who.alice))
	then(x, main, "main.followed", func(e *streaming.MainFollowed) bool { return e.User.Username == who.carol.username })
	then(x, main, "notification.follow", func(e *streaming.MainNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationFollow)
		return ok && n.UserID == who.carol.id
	})

	x.must(x.unfollow(who.carol, who.alice))
	if x.possible(x.lock(who.alice, true), "main.receiveFollowRequest", "notification.receiveFollowRequest") &&
		x.possible(x.request(who.carol, who.alice), "main.receiveFollowRequest", "notification.receiveFollowRequest") {
		then(x, main, "main.receiveFollowRequest", func(e *streaming.MainReceiveFollowRequest) bool { return e.User.ID == who.carol.id })
		then(x, main, "notification.receiveFollowRequest", func(e *streaming.MainNotification) bool {
			n, ok := e.Notification.(*misskey.NotificationReceiveFollowRequest)
			return ok && n.UserID == who.carol.id
		})
		x.must(x.accept(who.alice, who.carol))
		x.must(x.unfollow(who.carol, who.alice)) // a follower is accepted unasked
	}

	if x.possible(x.lock(who.carol, true), "notification.followRequestAccepted") &&
		x.possible(x.request(who.alice, who.carol), "notification.followRequestAccepted") &&
		x.possible(x.accept(who.carol, who.alice), "notification.followRequestAccepted") {
		then(x, main, "notification.followRequestAccepted", func(e *streaming.MainNotification) bool {
			n, ok := e.Notification.(*misskey.NotificationFollowRequestAccepted)
			return ok && n.UserID == who.carol.id
		})
	}
}

// What happens to the account itself comes to its main; the account is a new
// one, because some of it cannot be taken back.
func mainTellsOfTheAccount(x *stage) {
	who, err := x.newcomer()
	if reason, none := err.(cannot); none {
		x.report.cannot("a new account", string(reason))
		who, err = x.cast().alice, nil
	}
	x.must(err)
	c := x.connect(who.token)
	main := x.main(c, who)

	name := fresh()
	after(x, main, "main.meUpdated", func() (func(*streaming.MainMeUpdated) bool, error) {
		return func(e *streaming.MainMeUpdated) bool { return e.Me.Name.OrZero() == name }, x.rename(who, name)
	})

	key := fresh()
	if e, ok := after(x, main, "main.registryUpdated", func() (func(*streaming.MainRegistryUpdated) bool, error) {
		return func(e *streaming.MainRegistryUpdated) bool { return e.Key == key },
			x.setRegistry(who, []string{"client", "base"}, key, map[string]any{"n": 1})
	}); ok && (len(e.Scope) != 2 || e.Scope[0] != "client" || string(e.Value) != `{"n":1}`) {
		x.Errorf("registry: %q %s", e.Scope, e.Value)
	}

	title := fresh()
	if _, ok := after(x, main, "main.announcementCreated", func() (func(*streaming.MainAnnouncementCreated) bool, error) {
		return func(e *streaming.MainAnnouncementCreated) bool { return e.Announcement.Title == title }, x.announceTo(who, title)
	}); !ok {
		x.report.depends("main.readAllAnnouncements", "main.announcementCreated")
	} else {
		after(x, main, "main.readAllAnnouncements", func() (func(*streaming.MainReadAllAnnouncements) bool, error) {
			return func(*streaming.MainReadAllAnnouncements) bool { return true }, x.readAnnouncements(who)
		})
	}

	if page, err := x.makePage(who, fresh()); x.possible(err, "main.pageEvent") {
		visitor := x.cast().bob
		if e, ok := after(x, main, "main.pageEvent", func() (func(*streaming.MainPageEvent) bool, error) {
			return func(e *streaming.MainPageEvent) bool { return e.PageID == page }, x.pushPage(visitor, page, "pressed", "yes")
		}); ok && (e.Event != "pressed" || string(e.Var) != `"yes"` || e.UserID != visitor.id || e.User.Username != visitor.username) {
			x.Errorf("page: %+v", e)
		}
	}

	after(x, main, "main.signin", func() (func(*streaming.MainSignin) bool, error) {
		return func(e *streaming.MainSignin) bool { return e.Signin.Success }, x.signIn(who)
	})

	after(x, main, "main.notificationFlushed", func() (func(*streaming.MainNotificationFlushed) bool, error) {
		return func(*streaming.MainNotificationFlushed) bool { return true }, x.flushNotifications(who)
	})

	// The socket outlives its token; the next dial needs the new one.
	if _, ok := after(x, main, "main.myTokenRegenerated", func() (func(*streaming.MainMyTokenRegenerated) bool, error) {
		return func(*streaming.MainMyTokenRegenerated) bool { return true }, x.regenerate(who)
	}); ok && main.State() != streaming.StateLive {
		x.Errorf("main is %s", main.State())
	}
}

// A kind of notification for each thing there is to tell; those of notes and
// follows are seen elsewhere.
func notificationsOfEveryKind(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	main := x.main(c, who.alice)
	tells := func(to *feed, kind misskey.NotificationKind, provoke func() error) misskey.Notification {
		x.Helper()
		since := time.Now().Add(-time.Minute) // clocks differ
		e, ok := after(x, to, "notification."+string(kind), func() (func(*streaming.MainNotification) bool, error) {
			return func(e *streaming.MainNotification) bool {
				return e.Notification.Kind() == kind && e.Notification.Common().CreatedAt.After(since)
			}, provoke()
		})
		if !ok {
			return nil
		}
		return e.Notification
	}

	mine, err := x.post(who.alice, draft{text: fresh()})
	x.must(err)
	emojis := emojis()
	if n, ok := tells(main, misskey.NotificationKindReaction, func() error {
		return x.react(who.carol, mine, emojis())
	}).(*misskey.NotificationReaction); ok && (n.Note.ID != mine || n.Reaction == "" || n.UserID != who.carol.id) {
		x.Errorf("reaction %s by %s to %s", n.Reaction, n.UserID, n.Note.ID)
	}
	tells(main, misskey.NotificationKindPollEnded, func() error {
		_, err := x.post(who.alice, draft{text: fresh(), choices: []string{"tea", "coffee"}, expires: time.Second})
		return err
	})
	text := fresh()
	if x.possible(x.watch(who.alice, who.bob, true), "notification.note") {
		if n, ok := tells(main, misskey.NotificationKindNote, func() error {
			_, err := x.post(who.bob, draft{text: text})
			return err
		}).(*misskey.NotificationNote); ok && n.Note.Text.OrZero() != text {
			x.Errorf("note %q", n.Note.Text)
		}
		x.must(x.watch(who.alice, who.bob, false))
	}
	tells(main, misskey.NotificationKindRoleAssigned, func() error {
		role, err := x.makeRole(fresh(), false)
		if err != nil {
			return err
		}
		return x.assign(role, who.alice)
	})
	body := fresh()
	if n, ok := tells(main, misskey.NotificationKindApp, func() error { return x.notifyByApp(who.alice, body) }).(*misskey.NotificationApp); ok && n.Body != body {
		x.Errorf("app says %q", n.Body)
	}
	tells(main, misskey.NotificationKindTest, func() error { return x.notifyTest(who.alice) })
	if !x.traits().lacks("notification.chatRoomInvitationReceived") {
		room, err := x.makeRoom(who.bob, fresh())
		if x.possible(err, "notification.chatRoomInvitationReceived") {
			if n, ok := tells(main, misskey.NotificationKindChatRoomInvitationReceived, func() error {
				return x.inviteToRoom(who.bob, room, who.alice)
			}).(*misskey.NotificationChatRoomInvitationReceived); ok && n.Invitation.RoomID != room {
				x.Errorf("invitation to %s", n.Invitation.RoomID)
			}
		}
	}

	// The client marks them read. Older servers read just the one that is named,
	// so it is the only unread one.
	if _, ok := after(x, main, "main.readAllNotifications", func() (func(*streaming.MainReadAllNotifications) bool, error) {
		x.must(x.readNotifications(who.alice))
		id, err := x.mention(who.alice)
		x.must(err)
		e := then(x, main, "notification.mention", func(e *streaming.MainNotification) bool {
			n, ok := e.Notification.(*misskey.NotificationMention)
			return ok && n.Note.ID == id
		})
		sent := time.Now()
		err = c.ReadNotifications(bounded(x.T), streaming.ReadNotificationsRequest{ID: opt.Of(string(e.Notification.Common().ID))})
		return func(e *streaming.MainReadAllNotifications) bool { return e.Received.After(sent) }, err
	}); ok {
		x.sent("request.readNotification")
	}

	// These are rationed per account, so they go to a new one.
	who.alice, err = x.newcomer()
	if _, none := err.(cannot); none {
		who.alice, err = x.cast().alice, nil
	}
	x.must(err)
	main = x.main(x.connect(who.alice.token), who.alice)
	tells(main, misskey.NotificationKindCreateToken, func() error { return x.makeToken(who.alice) })
	if !x.traits().lacks("notification.login") {
		tells(main, misskey.NotificationKindLogin, func() error { return x.signIn(who.alice) })
	}
	tells(main, misskey.NotificationKindAchievementEarned, func() error {
		return x.claimAchievement(who.alice, "outputHelloWorldOnScratchpad")
	})
	tells(main, misskey.NotificationKindExportCompleted, func() error { return x.export(who.alice) })
	tells(main, misskey.NotificationKindScheduledNotePosted, func() error { return x.schedule(who.alice, fresh(), false) })
	tells(main, misskey.NotificationKindScheduledNotePostFailed, func() error { return x.schedule(who.alice, fresh(), true) })
}
