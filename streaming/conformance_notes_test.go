package streaming_test

import (
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Each timeline carries a note that belongs on it, with the text it was posted
// with.
func timelinesCarryNotes(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	ctx := bounded(x.T)
	word := fresh()
	carries := func(f *feed, d draft) {
		x.Helper()
		f.live(x)
		e, ok := after(x, f, f.Channel()+".note", func() (func(*streaming.TimelineNote) bool, error) {
			d.text = fresh() + " " + word + " #" + word
			id, err := x.post(who.bob, d)
			return noteIs(id), err
		})
		if !ok {
			return
		}
		if text := e.Note.Text.OrZero(); text != d.text {
			x.Errorf("%s: text %q, want %q", f.Channel(), text, d.text)
		}
		if e.Note.UserID != who.bob.id || e.Note.User.Username != who.bob.username {
			x.Errorf("%s: note by %s", f.Channel(), e.Note.User.Username)
		}
		f.end(x)
	}

	carries(hear(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil)), draft{visibility: misskey.NoteVisibilityHome})
	carries(hear(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)), draft{})
	carries(hear(c.HybridTimeline(ctx, streaming.HybridTimelineParams{}, nil)), draft{})
	carries(hear(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{}, nil)), draft{})
	carries(hear(c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{word}}}, nil)), draft{})

	carries(hear(c.Channel(ctx, streaming.ChannelParams{ChannelID: x.someChannel()}, nil)), draft{channel: x.someChannel()})
	if antenna, err := x.makeAntenna(who.alice, word); x.possible(err, "antenna.note") {
		carries(hear(c.Antenna(ctx, streaming.AntennaParams{AntennaID: antenna}, nil)), draft{})
	}
	if !x.traits().lacks("roleTimeline") {
		role, err := x.makeRole(fresh(), false)
		if x.possible(err, "roleTimeline.note") && x.possible(x.assign(role, who.bob), "roleTimeline.note") {
			carries(hear(c.RoleTimeline(ctx, streaming.RoleTimelineParams{RoleID: role}, nil)), draft{})
		}
	}

	list, err := x.makeList(who.alice)
	if !x.possible(err, "userList.note", "userList.userAdded", "userList.userRemoved") {
		return
	}
	f := hear(c.UserList(ctx, streaming.UserListParams{ListID: list}, nil)).live(x)
	_, ok := after(x, f, "userList.userAdded", func() (func(*streaming.UserListUserAdded) bool, error) {
		_ = x.removeFromList(who.alice, list, who.bob) // from an attempt before
		return func(e *streaming.UserListUserAdded) bool { return e.User.ID == who.bob.id }, x.addToList(who.alice, list, who.bob)
	})
	if !ok {
		x.report.depends("userList.note", "userList.userAdded")
		x.report.depends("userList.userRemoved", "userList.userAdded")
		return
	}
	after(x, f, "userList.note", func() (func(*streaming.TimelineNote) bool, error) {
		id, err := x.post(who.bob, draft{text: fresh()})
		return noteIs(id), err
	})
	after(x, f, "userList.userRemoved", func() (func(*streaming.UserListUserRemoved) bool, error) {
		return func(e *streaming.UserListUserRemoved) bool { return e.User.ID == who.bob.id }, x.removeFromList(who.alice, list, who.bob)
	})
}

// A mention, a reply, a renote and a quote come to main, in whatever order, each
// with a notification of its own kind.
func mainTellsOfNotes(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	main := x.main(c, who.alice)
	mine, err := x.post(who.alice, draft{text: fresh()})
	x.must(err)

	id, err := x.mention(who.alice)
	x.must(err)
	then(x, main, "main.mention", mentionIs(id))
	then(x, main, "notification.mention", func(e *streaming.MainNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationMention)
		return ok && n.Note.ID == id && n.UserID == who.bob.id
	})
	then(x, main, "main.unreadNotification", func(e *streaming.MainUnreadNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationMention)
		return ok && n.Note.ID == id
	})

	id, err = x.post(who.bob, draft{text: fresh(), reply: mine})
	x.must(err)
	reply := then(x, main, "main.reply", func(e *streaming.MainReply) bool { return e.Note.ID == id })
	if reply.Note.ReplyID.OrZero() != mine {
		x.Errorf("a reply to %s", reply.Note.ReplyID)
	}
	then(x, main, "main.mention", mentionIs(id))
	then(x, main, "notification.reply", func(e *streaming.MainNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationReply)
		return ok && n.Note.ID == id
	})

	id, err = x.post(who.bob, draft{renote: mine})
	x.must(err)
	renote := then(x, main, "main.renote", func(e *streaming.MainRenote) bool { return e.Note.ID == id })
	if renote.Note.RenoteID.OrZero() != mine {
		x.Errorf("a renote of %s", renote.Note.RenoteID)
	}
	then(x, main, "notification.renote", func(e *streaming.MainNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationRenote)
		return ok && n.Note.ID == id
	})

	id, err = x.post(who.bob, draft{text: fresh(), renote: mine})
	x.must(err)
	then(x, main, "main.renote", func(e *streaming.MainRenote) bool { return e.Note.ID == id })
	then(x, main, "notification.quote", func(e *streaming.MainNotification) bool {
		n, ok := e.Notification.(*misskey.NotificationQuote)
		return ok && n.Note.ID == id
	})
}
