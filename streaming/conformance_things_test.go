package streaming_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Files and folders come, change and go. A new file comes to main as well.
func driveTellsOfFilesAndFolders(x *stage) {
	alice := x.cast().alice
	c := x.connect(alice.token)
	main := x.main(c, alice)
	drive := hear(c.Drive(bounded(x.T), nil)).live(x)

	var file misskey.DriveFileID
	if e, ok := after(x, drive, "drive.fileCreated", func() (func(*streaming.DriveFileCreated) bool, error) {
		id, err := x.upload(alice, "one.txt")
		file = id
		return func(e *streaming.DriveFileCreated) bool { return e.File.ID == id }, err
	}); ok {
		if e.File.Name != "one.txt" {
			x.Errorf("file %q", e.File.Name)
		}
		then(x, main, "main.driveFileCreated", func(e *streaming.MainDriveFileCreated) bool { return e.File.ID == file })
		after(x, drive, "drive.fileUpdated", func() (func(*streaming.DriveFileUpdated) bool, error) {
			return func(e *streaming.DriveFileUpdated) bool { return e.File.ID == file && e.File.Name == "two.txt" },
				x.renameFile(alice, file, "two.txt")
		})
		if x.possible(x.deleteFile(alice, file), "drive.fileDeleted") {
			then(x, drive, "drive.fileDeleted", func(e *streaming.DriveFileDeleted) bool { return e.FileID == file })
		}
	} else {
		for _, fact := range []string{"main.driveFileCreated", "drive.fileUpdated", "drive.fileDeleted"} {
			x.report.depends(fact, "drive.fileCreated")
		}
	}

	var folder misskey.DriveFolderID
	if _, ok := after(x, drive, "drive.folderCreated", func() (func(*streaming.DriveFolderCreated) bool, error) {
		id, err := x.makeFolder(alice, "one")
		folder = id
		return func(e *streaming.DriveFolderCreated) bool { return e.Folder.ID == id && e.Folder.Name == "one" }, err
	}); ok {
		after(x, drive, "drive.folderUpdated", func() (func(*streaming.DriveFolderUpdated) bool, error) {
			return func(e *streaming.DriveFolderUpdated) bool { return e.Folder.ID == folder && e.Folder.Name == "two" },
				x.renameFolder(alice, folder, "two")
		})
		if x.possible(x.deleteFolder(alice, folder), "drive.folderDeleted") {
			then(x, drive, "drive.folderDeleted", func(e *streaming.DriveFolderDeleted) bool { return e.FolderID == folder })
		}
	} else {
		x.report.depends("drive.folderUpdated", "drive.folderCreated")
		x.report.depends("drive.folderDeleted", "drive.folderCreated")
	}

	marker := fresh()
	after(x, main, "main.urlUploadFinished", func() (func(*streaming.MainURLUploadFinished) bool, error) {
		return func(e *streaming.MainURLUploadFinished) bool { return e.Marker.OrZero() == marker }, x.fetch(alice, marker)
	})
}

// A chat with one other user: what either says, reactions, and a message that
// goes. A message that is not read in time comes to main.
func chatWithAUser(x *stage) {
	if x.traits().lacks("chatUser") {
		return
	}
	who := x.cast()
	c := x.connect(who.alice.token)
	main := x.main(c, who.alice)
	theirs := hear(x.connect(who.bob.token).Main(bounded(x.T), nil)).live(x)
	sub, err := c.ChatUser(bounded(x.T), streaming.ChatUserParams{OtherID: who.bob.id}, nil)
	chat := hear(sub, err).live(x)

	var read misskey.ChatMessageID
	text := fresh()
	e, ok := after(x, chat, "chatUser.message", func() (func(*streaming.ChatUserMessage) bool, error) {
		id, err := x.say(who.bob, who.alice, text)
		read = id
		return func(e *streaming.ChatUserMessage) bool { return e.Message.ID == id }, err
	})
	if !ok {
		for _, fact := range []string{"chatUser.react", "chatUser.unreact", "chatUser.deleted", "chatUser<-read", "main.newChatMessage"} {
			x.report.depends(fact, "chatUser.message")
		}
		return
	}
	if e.Message.Text.OrZero() != text || e.Message.FromUserID != who.bob.id {
		x.Errorf("message %q by %s", e.Message.Text, e.Message.FromUserID)
	}
	read = e.Message.ID
	x.must(sub.Read(bounded(x.T), streaming.ChatUserRead{}))

	if x.possible(x.reactToMessage(who.alice, read, "👍"), "chatUser.react", "chatUser.unreact") {
		then(x, chat, "chatUser.react", func(e *streaming.ChatUserReact) bool { return e.MessageID == read && e.Reaction == "👍" })
		x.must(x.unreactToMessage(who.alice, read, "👍"))
		then(x, chat, "chatUser.unreact", func(e *streaming.ChatUserUnreact) bool { return e.MessageID == read && e.Reaction == "👍" })
	}

	unread, err := x.say(who.alice, who.bob, fresh())
	x.must(err)
	x.onlyUnread(main, read, theirs, unread)
	x.sent("chatUser<-read")

	if x.possible(x.deleteMessage(who.alice, unread), "chatUser.deleted") {
		then(x, chat, "chatUser.deleted", func(e *streaming.ChatUserDeleted) bool { return e.MessageID == unread })
	}
}

// onlyUnread waits until a message comes to the main of somebody who has not read
// it. One that was said before and read must not have come by then.
func (x *stage) onlyUnread(main *feed, read misskey.ChatMessageID, theirs *feed, unread misskey.ChatMessageID) {
	x.Helper()
	then(x, theirs, "main.newChatMessage", func(e *streaming.MainNewChatMessage) bool { return e.Message.ID == unread })
	if found, _ := find(main, func(e *streaming.MainNewChatMessage) bool { return e.Message.ID == read }); len(found) > 0 {
		x.Error("a message that was read came to main as unread")
	}
}

// The same in a room, where it matters who did it.
func chatInARoom(x *stage) {
	if x.traits().lacks("chatRoom") {
		return
	}
	all := []string{"chatRoom.message", "chatRoom.react", "chatRoom.unreact", "chatRoom.deleted", "chatRoom<-read"}
	who := x.cast()
	room, err := x.makeRoom(who.alice, fresh())
	if !x.possible(err, all...) ||
		!x.possible(x.inviteToRoom(who.alice, room, who.bob), all...) ||
		!x.possible(x.joinRoom(who.bob, room), all...) {
		return
	}
	c := x.connect(who.alice.token)
	main := x.main(c, who.alice)
	theirs := hear(x.connect(who.bob.token).Main(bounded(x.T), nil)).live(x)
	sub, err := c.ChatRoom(bounded(x.T), streaming.ChatRoomParams{RoomID: room}, nil)
	chat := hear(sub, err).live(x)

	text := fresh()
	e, ok := after(x, chat, "chatRoom.message", func() (func(*streaming.ChatRoomMessage) bool, error) {
		id, err := x.sayInRoom(who.bob, room, text)
		return func(e *streaming.ChatRoomMessage) bool { return e.Message.ID == id }, err
	})
	if !ok {
		for _, fact := range all[1:] {
			x.report.depends(fact, all[0])
		}
		return
	}
	if e.Message.Text.OrZero() != text || e.Message.FromUser == nil || e.Message.FromUser.ID != who.bob.id {
		x.Errorf("message %q by %+v", e.Message.Text, e.Message.FromUser)
	}
	read := e.Message.ID
	x.must(sub.Read(bounded(x.T), streaming.ChatRoomRead{}))

	if x.possible(x.reactToMessage(who.alice, read, "👍"), "chatRoom.react", "chatRoom.unreact") {
		then(x, chat, "chatRoom.react", func(e *streaming.ChatRoomReact) bool {
			return e.MessageID == read && e.Reaction == "👍" && e.User.ID == who.alice.id
		})
		x.must(x.unreactToMessage(who.alice, read, "👍"))
		then(x, chat, "chatRoom.unreact", func(e *streaming.ChatRoomUnreact) bool {
			return e.MessageID == read && e.Reaction == "👍" && e.User.ID == who.alice.id
		})
	}

	unread, err := x.sayInRoom(who.alice, room, fresh())
	x.must(err)
	x.onlyUnread(main, read, theirs, unread)
	x.sent("chatRoom<-read")

	if x.possible(x.deleteMessage(who.alice, unread), "chatRoom.deleted") {
		then(x, chat, "chatRoom.deleted", func(e *streaming.ChatRoomDeleted) bool { return e.MessageID == unread })
	}
}

// A game: invited, matched, agreed upon, begun, one move, and lost by time; and
// another that is called off.
func reversiIsPlayed(x *stage) {
	if x.traits().lacks("reversi") {
		return
	}
	all := []string{
		"reversi.matched", "reversiGame.changeReadyStates", "reversiGame.updateSettings", "reversiGame.started", "reversiGame.log",
		"reversiGame.ended", "reversiGame.canceled", "reversiGame<-ready", "reversiGame<-updateSettings", "reversiGame<-putStone",
		"reversiGame<-claimTimeIsUp", "reversiGame<-cancel",
	}
	who := x.cast()
	mine, theirs := x.connect(who.alice.token), x.connect(who.bob.token)
	ctx := bounded(x.T)
	lobby := hear(mine.Reversi(ctx, nil)).live(x)

	if _, ok := after(x, lobby, "reversi.invited", func() (func(*streaming.ReversiInvited) bool, error) {
		return func(e *streaming.ReversiInvited) bool { return e.User.ID == who.bob.id }, x.invite(who.bob, who.alice)
	}); !ok {
		for _, fact := range all {
			x.report.depends(fact, "reversi.invited")
		}
		return
	}
	x.must(x.withdraw(who.bob, who.alice))
	match := func() misskey.ReversiGameID {
		x.Helper()
		x.must(x.invite(who.alice, who.bob))
		id, err := x.acceptGame(who.bob, who.alice)
		x.must(err)
		then(x, lobby, "reversi.matched", func(e *streaming.ReversiMatched) bool {
			return e.Game.ID == id && e.Game.User1ID == who.alice.id && e.Game.User2ID == who.bob.id
		})
		return id
	}
	type player struct {
		*streaming.ReversiGameSubscription
		feed *feed
	}
	join := func(c *streaming.Client, id misskey.ReversiGameID) player {
		x.Helper()
		sub, err := c.ReversiGame(ctx, streaming.ReversiGameParams{GameID: id}, nil)
		return player{sub, hear(sub, err).live(x)}
	}

	// Called off before it begins.
	game := match()
	me := join(mine, game)
	if _, ok := after(x, me.feed, "reversiGame.canceled", func() (func(*streaming.ReversiGameCanceled) bool, error) {
		return func(e *streaming.ReversiGameCanceled) bool { return e.UserID == who.alice.id }, me.Cancel(ctx)
	}); ok {
		x.sent("reversiGame<-cancel")
	}

	// Played.
	game = match()
	me, other := join(mine, game), join(theirs, game)
	set := func(key, value string) {
		x.Helper()
		if _, ok := after(x, me.feed, "reversiGame.updateSettings", func() (func(*streaming.ReversiGameSettingsUpdated) bool, error) {
			return func(e *streaming.ReversiGameSettingsUpdated) bool {
				return e.Key == key && string(e.Value) == value && e.UserID == who.alice.id
			}, me.UpdateSettings(ctx, streaming.ReversiGameUpdateSettings{Key: key, Value: json.RawMessage(value)})
		}); ok {
			x.sent("reversiGame<-updateSettings")
		}
	}
	set("bw", `"1"`) // alice begins
	set("timeLimitForEachTurn", "1")

	for _, ready := range []struct {
		player
		both bool
	}{{me, false}, {other, true}} {
		after(x, me.feed, "reversiGame.changeReadyStates", func() (func(*streaming.ReversiGameChangeReadyStates) bool, error) {
			return func(e *streaming.ReversiGameChangeReadyStates) bool { return e.User1 && e.User2 == ready.both }, ready.Ready(ctx, true)
		})
	}
	x.sent("reversiGame<-ready")
	then(x, me.feed, "reversiGame.started", func(e *streaming.ReversiGameStarted) bool { return e.Game.ID == game && e.Game.IsStarted })

	move := fresh()
	x.must(me.PutStone(ctx, streaming.ReversiGamePutStone{Pos: 19, ID: move}))
	for _, p := range []player{me, other} {
		then(x, p.feed, "reversiGame.log", func(e *streaming.ReversiGameLog) bool {
			return e.ID == move && e.Pos == 19 && e.Player && e.Operation == misskey.ReversiOperationPut
		})
	}
	x.sent("reversiGame<-putStone")

	// bob lets his turn pass; claims before it is up are ignored.
	over := func(*streaming.ReversiGameEnded) bool { return true }
	for range 10 {
		x.must(me.ClaimTimeIsUp(ctx))
		if _, ended := await(me.feed, over, 500*time.Millisecond); ended {
			break
		}
	}
	end := then(x, me.feed, "reversiGame.ended", over)
	if end.WinnerID.OrZero() != who.alice.id || !end.Game.IsEnded {
		x.Errorf("ended: winner %s, %+v", end.WinnerID, end.Game)
	}
	x.sent("reversiGame<-claimTimeIsUp")
}

// Reports reach the holders of a moderator's role.
func adminTellsOfReports(x *stage) {
	who := x.cast()
	const fact = "admin.newAbuseUserReport"
	role, err := x.makeRole(fresh(), true)
	if !x.possible(err, fact) || !x.possible(x.assign(role, who.admin), fact) {
		return
	}
	c := x.connect(who.admin.token)
	hear(c.Admin(bounded(x.T), nil)).live(x).end(x) // it leaks, which must not show
	admin := hear(c.Admin(bounded(x.T), nil)).live(x)
	comment := fresh()
	if e, ok := after(x, admin, fact, func() (func(*streaming.AdminNewAbuseUserReport) bool, error) {
		return func(e *streaming.AdminNewAbuseUserReport) bool { return e.Comment == comment },
			x.reportAbuse(who.bob, who.carol, comment)
	}); ok && (e.TargetUserID != who.carol.id || e.ReporterID != who.bob.id) {
		x.Errorf("%s reports %s", e.ReporterID, e.TargetUserID)
	} else if ok {
		once(x, admin, "a report", func(other *streaming.AdminNewAbuseUserReport) bool { return other.ID == e.ID })
	}
}

// A capture hears of reactions, votes and the deletion, with which it ends; one
// that was closed can be taken again.
func capturesFollowANote(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	reached := x.barrier(c)
	id, err := x.post(who.bob, draft{text: fresh(), choices: []string{"tea", "coffee"}})
	x.must(err)
	ctx := bounded(x.T)
	reacts := func(f *feed) {
		x.Helper()
		emojis := emojis()
		e, _ := after(x, f, "note.reacted", func() (func(*streaming.NoteReacted) bool, error) {
			emoji := emojis()
			return func(e *streaming.NoteReacted) bool { return e.UserID == who.carol.id && e.Reaction == emoji }, x.react(who.carol, id, emoji)
		})
		x.must(x.unreact(who.carol, id))
		then(x, f, "note.unreacted", func(u *streaming.NoteUnreacted) bool {
			return u.UserID == who.carol.id && u.Reaction == e.Reaction
		})
	}

	first := hear(c.Capture(ctx, id, nil)).live(x)
	reached()
	reacts(first)
	first.end(x)
	n := first.count()

	again := hear(c.Capture(ctx, id, nil)).live(x)
	reached()
	reacts(again)
	if first.count() != n {
		x.Error("a closed capture hears of its note")
	}
	x.must(x.vote(who.carol, id, 1))
	then(x, again, "note.pollVoted", func(e *streaming.NotePollVoted) bool { return e.Choice == 1 && e.UserID == who.carol.id })
	x.must(x.deleteNote(who.bob, id))
	then(x, again, "note.deleted", func(e *streaming.NoteDeleted) bool { return !e.DeletedAt.IsZero() })
	eventually(x, "the capture has ended", func() bool { return again.Err() != nil })
	if err := again.Err(); err != streaming.ErrEnded {
		x.Errorf("ended for %v", err)
	}
}

// emojis returns another emoji each time: the same again is refused.
func emojis() func() string {
	left := []string{"👍", "🎉", "😆", "🍮"}
	return func() (emoji string) {
		emoji, left = left[0], left[1:]
		return emoji
	}
}

// Broadcasts need no account.
func broadcastsReachEverybody(x *stage) {
	f := hear(x.connect("").Broadcasts(bounded(x.T), nil)).live(x)
	title := fresh()
	after(x, f, "broadcast.announcementCreated", func() (func(*streaming.BroadcastAnnouncementCreated) bool, error) {
		return func(e *streaming.BroadcastAnnouncementCreated) bool { return e.Announcement.Title == title }, x.announce(title)
	})

	name := fresh()
	if _, ok := after(x, f, "broadcast.emojiAdded", func() (func(*streaming.BroadcastEmojiAdded) bool, error) {
		name = fresh()
		return func(e *streaming.BroadcastEmojiAdded) bool { return e.Emoji.Name == name }, x.addEmoji(name)
	}); !ok {
		x.report.depends("broadcast.emojiUpdated", "broadcast.emojiAdded")
		x.report.depends("broadcast.emojiDeleted", "broadcast.emojiAdded")
		return
	}
	if x.possible(x.updateEmoji(name), "broadcast.emojiUpdated") {
		then(x, f, "broadcast.emojiUpdated", func(e *streaming.BroadcastEmojiUpdated) bool {
			return len(e.Emojis) == 1 && e.Emojis[0].Name == name && fmt.Sprint(e.Emojis[0].Aliases) == "[other]"
		})
	}
	if x.possible(x.deleteEmoji(name), "broadcast.emojiDeleted") {
		then(x, f, "broadcast.emojiDeleted", func(e *streaming.BroadcastEmojiDeleted) bool {
			return len(e.Emojis) == 1 && e.Emojis[0].Name == name
		})
	}
}

// Statistics come every two and every ten seconds, and the past when asked for.
func statisticsComeByTheClock(x *stage) (end func(*stage)) {
	c := x.connect("")
	ctx := bounded(x.T)
	server, err := c.ServerStats(ctx, nil)
	machine := hear(server, err).live(x)
	queue, err := c.QueueStats(ctx, nil)
	jobs := hear(queue, err).live(x)
	return func(x *stage) { statisticsHaveCome(x, server, queue, machine, jobs) }
}

func statisticsHaveCome(x *stage, server *streaming.ServerStatsSubscription, queue *streaming.QueueStatsSubscription, machine, jobs *feed) {
	x.Helper()
	come := func() error { return nil } // it comes by itself
	if _, ok := after(x, machine, "serverStats.stats", func() (func(*streaming.ServerStatsStats) bool, error) {
		return func(e *streaming.ServerStatsStats) bool { return e.Stats.Mem.Used > 0 }, come()
	}); ok {
		x.must(server.RequestLog(bounded(x.T), streaming.ServerStatsRequestLog{ID: json.RawMessage(`1`), Length: 1}))
		then(x, machine, "serverStats.statsLog", func(e *streaming.ServerStatsStatsLog) bool { return len(e.Log) == 1 })
		x.sent("serverStats<-requestLog")
	} else {
		x.report.depends("serverStats.statsLog", "serverStats.stats")
		x.report.depends("serverStats<-requestLog", "serverStats.stats")
	}

	after(x, jobs, "queueStats.stats", func() (func(*streaming.QueueStatsStats) bool, error) {
		return func(*streaming.QueueStatsStats) bool { return true }, come()
	})
	x.must(queue.RequestLog(bounded(x.T), streaming.QueueStatsRequestLog{ID: fresh(), Length: 1}))
	then(x, jobs, "queueStats.statsLog", func(e *streaming.QueueStatsStatsLog) bool { return len(e.Log) == 1 })
	x.sent("queueStats<-requestLog")
}
