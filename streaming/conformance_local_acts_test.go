package streaming_test

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Notes.

func (b *testBackend) post(by person, d draft) (misskey.NoteID, error) {
	var opts []misskeytest.NoteOption
	if d.visibility != "" {
		opts = append(opts, misskeytest.WithVisibility(d.visibility))
	}
	if d.channel != "" {
		opts = append(opts, misskeytest.InChannel(b.place))
	}
	if len(d.choices) > 0 {
		opts = append(opts, misskeytest.WithPoll(d.choices...))
	}
	if d.expires > 0 {
		opts = append(opts, misskeytest.ExpiresAfter(d.expires))
	}
	var n misskey.Note
	switch u := b.user(by); {
	case d.reply != "":
		n = u.Reply(d.reply, d.text, opts...)
	case d.renote != "":
		n = u.Quote(d.renote, d.text, opts...)
	default:
		n = u.Post(d.text, opts...)
	}
	return n.ID, nil
}

func (b *testBackend) deleteNote(by person, id misskey.NoteID) error {
	b.user(by).Delete(id)
	return nil
}

func (b *testBackend) react(by person, id misskey.NoteID, emoji string) error {
	b.user(by).React(id, emoji)
	return nil
}

func (b *testBackend) unreact(by person, id misskey.NoteID) error {
	b.user(by).Unreact(id)
	return nil
}

func (b *testBackend) vote(by person, id misskey.NoteID, choice int) error {
	b.user(by).Vote(id, choice)
	return nil
}

// People.

func (b *testBackend) follow(by, other person) error {
	if !b.follows(by, other) {
		b.user(by).Follow(b.user(other))
	}
	return nil
}

func (b *testBackend) unfollow(by, other person) error {
	if b.follows(by, other) {
		b.user(by).Unfollow(b.user(other))
	}
	return nil
}

// follows asks the server as a client would.
func (b *testBackend) follows(by, other person) bool {
	var shown struct{ IsFollowing bool }
	if err := b.ask(by, "users/show", map[string]any{"userId": other.id}, &shown); err != nil {
		panic(err)
	}
	return shown.IsFollowing
}

func (b *testBackend) lock(by person, locked bool) error {
	p := b.user(by).Profile()
	p.Locked = locked
	b.user(by).Update(p)
	return nil
}

func (b *testBackend) request(by, other person) error {
	b.user(by).Follow(b.user(other))
	return nil
}

func (b *testBackend) accept(by, from person) error {
	b.user(by).AcceptFollow(b.user(from))
	return nil
}

func (b *testBackend) watch(by, other person, on bool) error {
	var opts []misskeytest.FollowOption
	if on {
		opts = append(opts, misskeytest.WithNotes())
	}
	b.user(by).Refollow(b.user(other), opts...)
	return nil
}

// Accounts.

func (b *testBackend) rename(by person, name string) error {
	p := b.user(by).Profile()
	p.Name = name
	b.user(by).Update(p)
	return nil
}

func (b *testBackend) signIn(by person) error {
	b.user(by).SignIn()
	return nil
}

func (b *testBackend) makeToken(by person) error {
	b.user(by).AppToken()
	return nil
}

func (b *testBackend) newcomer() (person, error) {
	return b.person(b.srv.AddUser(fresh())), nil
}

func (b *testBackend) setRegistry(by person, scope []string, key string, value any) error {
	b.user(by).SetRegistry(key, value, scope...)
	return nil
}

func (b *testBackend) makePage(by person, name string) (misskey.PageID, error) {
	return b.user(by).AddPage(name, name).ID, nil
}

func (b *testBackend) pushPage(visitor person, page misskey.PageID, event string, value any) error {
	b.user(visitor).PushToPage(page, event, value)
	return nil
}

func (b *testBackend) regenerate(by person) error {
	b.user(by).RegenerateToken()
	return nil
}

func (b *testBackend) appToken(by person, lacking string) (string, error) {
	var permissions []string
	for _, p := range appPermissions {
		if p != lacking {
			permissions = append(permissions, p)
		}
	}
	return b.user(by).AppToken(permissions...), nil
}

func (b *testBackend) suspend(who person) error {
	b.user(who).Suspend()
	return nil
}

// Notifications.

func (b *testBackend) readNotifications(by person) error {
	b.user(by).ReadNotifications()
	return nil
}

func (b *testBackend) flushNotifications(by person) error {
	b.user(by).FlushNotifications()
	return nil
}

func (b *testBackend) notifyByApp(by person, body string) error {
	b.user(by).NotifyApp(body, "conformance", "")
	return nil
}

func (b *testBackend) notifyTest(by person) error {
	b.user(by).TestNotification()
	return nil
}

func (b *testBackend) claimAchievement(by person, name misskey.AchievementName) error {
	b.user(by).ClaimAchievement(name)
	return nil
}

func (b *testBackend) export(by person) error {
	b.user(by).Export(misskey.ExportedEntityFollowing)
	return nil
}

func (b *testBackend) schedule(by person, text string, fails bool) error {
	const soon = 50 * time.Millisecond
	if !fails {
		b.user(by).Schedule(soon, text)
		return nil
	}
	bob := b.srv.User("bob")
	answered := bob.Post(fresh()).ID
	b.user(by).ScheduleReply(soon, answered, text)
	bob.Delete(answered)
	return nil
}

// Places.

func (b *testBackend) makeList(by person) (misskey.UserListID, error) {
	l := b.user(by).AddList()
	keep(b, b.lists, l.ID, l)
	return l.ID, nil
}

func (b *testBackend) addToList(_ person, id misskey.UserListID, who person) error {
	kept(b, b.lists, id).Add(b.user(who))
	return nil
}

func (b *testBackend) removeFromList(_ person, id misskey.UserListID, who person) error {
	kept(b, b.lists, id).Remove(b.user(who))
	return nil
}

func (b *testBackend) makeAntenna(by person, word string) (misskey.AntennaID, error) {
	return b.user(by).AddAntenna([]string{word}).ID, nil
}

func (b *testBackend) someList() misskey.UserListID   { return b.started.list.ID }
func (b *testBackend) someAntenna() misskey.AntennaID { return b.started.antenna.ID }
func (b *testBackend) someRole() misskey.RoleID       { return b.started.role.ID }
func (b *testBackend) someChannel() misskey.ChannelID { return b.place.ID }

func (b *testBackend) makeRole(name string, moderator bool) (misskey.RoleID, error) {
	var opts []misskeytest.RoleOption
	if moderator {
		opts = append(opts, misskeytest.ForModerators())
	}
	r := b.srv.AddRole(name, opts...)
	keep(b, b.roles, r.ID, r)
	return r.ID, nil
}

func (b *testBackend) assign(id misskey.RoleID, who person) error {
	kept(b, b.roles, id).Assign(b.user(who))
	return nil
}

// Chat.

func (b *testBackend) say(by, to person, text string) (misskey.ChatMessageID, error) {
	return b.user(by).Chat(b.user(to), text).ID, nil
}

func (b *testBackend) makeRoom(by person, name string) (misskey.ChatRoomID, error) {
	r := b.user(by).AddRoom(name)
	keep(b, b.rooms, r.ID, r)
	return r.ID, nil
}

func (b *testBackend) inviteToRoom(_ person, id misskey.ChatRoomID, who person) error {
	kept(b, b.rooms, id).Invite(b.user(who))
	return nil
}

func (b *testBackend) joinRoom(by person, id misskey.ChatRoomID) error {
	kept(b, b.rooms, id).Join(b.user(by))
	return nil
}

func (b *testBackend) sayInRoom(by person, id misskey.ChatRoomID, text string) (misskey.ChatMessageID, error) {
	return kept(b, b.rooms, id).Send(b.user(by), text).ID, nil
}

func (b *testBackend) reactToMessage(by person, id misskey.ChatMessageID, emoji string) error {
	b.user(by).ReactToChat(id, emoji)
	return nil
}

func (b *testBackend) unreactToMessage(by person, id misskey.ChatMessageID, emoji string) error {
	b.user(by).UnreactToChat(id, emoji)
	return nil
}

func (b *testBackend) deleteMessage(by person, id misskey.ChatMessageID) error {
	b.user(by).DeleteChat(id)
	return nil
}

// Drive.

func (b *testBackend) upload(by person, name string) (misskey.DriveFileID, error) {
	f := b.user(by).Upload(name, []byte(fresh())) // the same again would make no second file
	keep(b, b.files, f.ID, f)
	return f.ID, nil
}

func (b *testBackend) renameFile(by person, id misskey.DriveFileID, name string) error {
	f := kept(b, b.files, id)
	f.Name = name
	b.user(by).UpdateFile(f)
	return nil
}

func (b *testBackend) deleteFile(by person, id misskey.DriveFileID) error {
	b.user(by).DeleteFile(id)
	return nil
}

func (b *testBackend) makeFolder(by person, name string) (misskey.DriveFolderID, error) {
	f := b.user(by).AddFolder(name, "")
	keep(b, b.folders, f.ID, f)
	return f.ID, nil
}

func (b *testBackend) renameFolder(by person, id misskey.DriveFolderID, name string) error {
	f := kept(b, b.folders, id)
	f.Name = name
	b.user(by).UpdateFolder(f)
	return nil
}

func (b *testBackend) deleteFolder(by person, id misskey.DriveFolderID) error {
	b.user(by).DeleteFolder(id)
	return nil
}

func (b *testBackend) fetch(by person, marker string) error {
	url := "https://elsewhere.example/" + marker
	b.srv.ServeURL(url, []byte(marker))
	b.user(by).UploadFromURL(url, marker)
	return nil
}

// Reversi.

func (b *testBackend) invite(by, other person) error {
	b.user(by).Invite(b.user(other))
	return nil
}

func (b *testBackend) withdraw(by, other person) error {
	return b.ask(by, "reversi/cancel-match", params{"userId": other.id}, nil)
}

func (b *testBackend) acceptGame(by, other person) (misskey.ReversiGameID, error) {
	return b.user(by).Accept(b.user(other)).ID, nil
}

// Administration.

func (b *testBackend) announce(title string) error {
	b.announced(b.srv.Announce(title, "text").ID, "")
	return nil
}

func (b *testBackend) announceTo(who person, title string) error {
	b.announced(b.user(who).Announce(title, "text").ID, who.id)
	return nil
}

func (b *testBackend) announced(id misskey.AnnouncementID, who misskey.UserID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.announcements = append(b.announcements, announced{id, who})
}

func (b *testBackend) readAnnouncements(by person) error {
	b.mu.Lock()
	all := slices.Clone(b.announcements)
	b.mu.Unlock()
	for _, a := range all {
		if a.who == "" || a.who == by.id {
			b.user(by).ReadAnnouncement(a.id)
		}
	}
	return nil
}

func (b *testBackend) addEmoji(name string) error {
	keep(b, b.emojis, name, b.srv.AddEmoji(name))
	return nil
}

func (b *testBackend) updateEmoji(name string) error {
	e := kept(b, b.emojis, name)
	e.Aliases = []string{"other"}
	b.srv.UpdateEmojis(e)
	return nil
}

func (b *testBackend) deleteEmoji(name string) error {
	b.srv.DeleteEmojis(name)
	return nil
}

func (b *testBackend) reportAbuse(by, other person, comment string) error {
	b.user(by).Report(b.user(other), comment)
	return nil
}
