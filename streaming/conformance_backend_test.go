package streaming_test

import (
	"context"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// backend is a server that the suite runs against, and the hands to make things
// happen there. An error of type cannot means that this server does not let it
// happen: the suite lists what depends on it and goes on. Any other error fails
// the test.
type backend interface {
	traits() traits
	cast() cast
	// url is where the server is, for streaming.Connect.
	url() string
	// dial opens a client on the server, at url or what forwards to it.
	dial(ctx context.Context, url string, opts ...streaming.Option) (*streaming.Client, error)
	// patience is how long to wait for an event before provoking it again; the
	// last wait is the longest that any event takes.
	patience() []time.Duration
	// excuse is why an event may not come although nobody has refused
	// anything; "" = it has to come.
	excuse(fact string) string
	// cleanUp takes back what the suite has made.
	cleanUp(t *testing.T)

	notes
	people
	accounts
	notifier
	places
	chats
	drives
	games
	administration
}

// traits are what tells servers apart as far as the suite needs it.
type traits struct {
	version string
	// old is a server before the API as it is now: its handshakes have no
	// statuses, it sends no pings, readNotification reads one notification.
	old bool
	// without has the reasons why the server cannot have a fact, or any of a
	// channel.
	without map[string]string
	// silentRefusals: a list, antenna or room that is not the client's is not
	// acknowledged. Otherwise it is, and sends nothing or what it should not.
	// Nil where nobody has measured it.
	silentRefusals *bool
}

// lacks reports whether the server has no such channel.
func (tr traits) lacks(channel string) bool {
	_, lacks := tr.without[channel]
	return lacks
}

// cannot says why something cannot be provoked on a server.
type cannot string

func (c cannot) Error() string { return string(c) }

// person is an account.
type person struct {
	id       misskey.UserID
	username string
	token    string
	password string // "" = nobody knows
	// ours is an account that the suite has made, and may spoil.
	ours bool
}

// cast are the accounts that are there from the start. alice is whom the suite
// listens as; alice and bob follow each other. admin runs the server.
type cast struct{ admin, alice, bob, carol person }

// draft is a note to post.
type draft struct {
	text          string
	visibility    misskey.NoteVisibility // "" = public
	reply, renote misskey.NoteID
	channel       misskey.ChannelID
	choices       []string      // of a poll
	expires       time.Duration // of the poll; 0 = never
}

type notes interface {
	post(by person, d draft) (misskey.NoteID, error)
	deleteNote(by person, id misskey.NoteID) error
	react(by person, id misskey.NoteID, emoji string) error
	unreact(by person, id misskey.NoteID) error
	vote(by person, id misskey.NoteID, choice int) error
}

type people interface {
	// follow and unfollow do nothing where it is so already.
	follow(by, other person) error
	unfollow(by, other person) error
	// lock makes an account ask before it is followed, or stop asking.
	lock(by person, locked bool) error
	// request asks a locked account to be followed, accept lets it happen.
	request(by, other person) error
	accept(by, from person) error
	// watch has by notified of what a followed account posts, or no longer.
	watch(by, other person, on bool) error
}

type accounts interface {
	// newcomer makes an account for one theme.
	newcomer() (person, error)
	rename(by person, name string) error
	signIn(by person) error
	// regenerate makes the person's token invalid.
	regenerate(by person) error
	setRegistry(by person, scope []string, key string, value any) error
	makePage(by person, name string) (misskey.PageID, error)
	pushPage(visitor person, page misskey.PageID, event string, value any) error
	// appToken makes an app's token that lacks one permission.
	appToken(by person, lacking string) (string, error)
	// suspend blocks the account for good.
	suspend(who person) error
}

type notifier interface {
	readNotifications(by person) error
	flushNotifications(by person) error
	notifyByApp(by person, body string) error
	notifyTest(by person) error
	claimAchievement(by person, name misskey.AchievementName) error
	makeToken(by person) error
	export(by person) error
	// schedule has a note posted in a moment; one that fails cannot be.
	schedule(by person, text string, fails bool) error
}

type places interface {
	// These are there from the start, and alice's where they are anybody's.
	someList() misskey.UserListID
	someAntenna() misskey.AntennaID
	someRole() misskey.RoleID
	someChannel() misskey.ChannelID

	makeList(by person) (misskey.UserListID, error)
	addToList(by person, list misskey.UserListID, who person) error
	removeFromList(by person, list misskey.UserListID, who person) error
	// makeAntenna hears notes that have the word.
	makeAntenna(by person, word string) (misskey.AntennaID, error)
	makeRole(name string, moderator bool) (misskey.RoleID, error)
	assign(role misskey.RoleID, who person) error
}

type chats interface {
	say(by, to person, text string) (misskey.ChatMessageID, error)
	makeRoom(by person, name string) (misskey.ChatRoomID, error)
	inviteToRoom(by person, room misskey.ChatRoomID, who person) error
	joinRoom(by person, room misskey.ChatRoomID) error
	sayInRoom(by person, room misskey.ChatRoomID, text string) (misskey.ChatMessageID, error)
	reactToMessage(by person, id misskey.ChatMessageID, emoji string) error
	unreactToMessage(by person, id misskey.ChatMessageID, emoji string) error
	deleteMessage(by person, id misskey.ChatMessageID) error
}

type drives interface {
	upload(by person, name string) (misskey.DriveFileID, error)
	renameFile(by person, id misskey.DriveFileID, name string) error
	deleteFile(by person, id misskey.DriveFileID) error
	makeFolder(by person, name string) (misskey.DriveFolderID, error)
	renameFolder(by person, id misskey.DriveFolderID, name string) error
	deleteFolder(by person, id misskey.DriveFolderID) error
	// fetch has the server put a file of its own into the drive, by URL.
	fetch(by person, marker string) error
}

type games interface {
	invite(by, other person) error
	// withdraw takes an invitation back.
	withdraw(by, other person) error
	// acceptGame takes up an invitation of other's.
	acceptGame(by, other person) (misskey.ReversiGameID, error)
}

type administration interface {
	announce(title string) error
	announceTo(who person, title string) error
	readAnnouncements(by person) error
	addEmoji(name string) error
	updateEmoji(name string) error
	deleteEmoji(name string) error
	reportAbuse(by, other person, comment string) error
}

// disturber is a backend that can send what no real server sends.
type disturber interface {
	disturb(who person, frames ...string) error
}

// witness is a backend that sees what clients send.
type witness interface {
	// wireIDs are the ids that an account's open sockets have connected
	// channels under.
	wireIDs(who person) []string
}

// pinger is a backend that has a server whose pings come often.
type pinger interface {
	quickPings(t *testing.T) backend
}
