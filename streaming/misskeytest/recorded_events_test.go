package misskeytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Every kind of event in the recording is provoked, and its body has the
// recorded keys with the recorded kinds of values; what differs is named, with
// the reason. A reason that has gone is a fault too.
func TestEveryRecordedEventIsProvoked(t *testing.T) {
	recorded, here := seeRecording(t, readRecording(t)), provokeEverything(t)
	excused := map[difference]bool{}
	for _, group := range differences {
		for _, d := range group.what {
			if _, twice := excused[d]; twice {
				t.Errorf("%v has two reasons", d)
			}
			excused[d] = false
		}
	}
	for _, d := range compare(here, recorded) {
		if _, ok := excused[d]; !ok {
			t.Errorf("%v has no reason", d)
		}
		excused[d] = true
	}
	for d, needed := range excused {
		if !needed {
			t.Errorf("%v differs no more", d)
		}
	}
	events := 0
	for name := range recorded {
		if isEvent(name) {
			events++
		}
	}
	t.Logf("%d recorded kinds of events and %d of entities provoked; %d differences with reasons", events, len(recorded)-events, len(excused))
	if events != 106 {
		t.Errorf("%d kinds of events recorded, want 106", events)
	}
}

// isEvent tells the kinds of events from those of entities, which begin with a
// capital, or with how a note is written out.
func isEvent(name string) bool {
	return !strings.HasSuffix(name, "Note") && strings.ToLower(name[:1]) == name[:1]
}

// stage is a world in which everything can happen, seen through the sockets of
// alice, who has everything done to her, and bob, who does it.
type stage struct {
	t                 *testing.T
	srv               *misskeytest.Server
	clock             *misskeytest.ManualClock
	alice, bob, carol *misskeytest.User
	admin             *misskeytest.User
	a, b              *testClient

	list    *misskeytest.List
	antenna *misskeytest.Antenna
	channel *misskeytest.Channel
	role    string
	room    *misskeytest.Room
	game    *misskeytest.Game
	picture misskey.DriveFile
}

// onStage are the channels by wire id, the same on both sockets.
var onStage = []string{
	"main", "homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline", "userList", "hashtag",
	"roleTimeline", "antenna", "channel", "drive", "serverStats", "queueStats", "admin", "chatUser", "chatRoom",
	"reversi", "reversiGame",
}

func provokeEverything(t *testing.T) shapes {
	t.Helper()
	s := newStage(t)
	for _, act := range []func(){
		s.files, s.notes, s.updates, s.account, s.follows, s.lists, s.chats, s.announcements, s.emojis, s.games, s.statistics,
	} {
		act()
		s.clock.Advance(misskeytest.DefaultUnreadDelay)
		s.settle()
	}
	s.alice.RegenerateToken()
	s.settle()
	all, channels := shapes{}, map[string]string{}
	for _, name := range onStage {
		channels[name] = name
	}
	for _, c := range []*testClient{s.a, s.b} {
		for _, f := range c.all(anyFrame) {
			if f.Type != "connected" || !strings.Contains(string(f.Body), "sync") {
				all.see(t, f, channels)
			}
		}
	}
	return all
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, clock: misskeytest.NewManualClock(time.Now())}
	s.srv = newServer(t, misskeytest.WithClock(s.clock), misskeytest.WithPingInterval(0))
	s.alice = s.srv.AddUser("alice", misskeytest.WithName("Alice"))
	s.bob = s.srv.AddUser("bob", misskeytest.AsBot())
	s.carol = s.srv.AddUser("carol", misskeytest.AsCat(), misskeytest.AsLocked())
	s.admin = s.srv.AddUser("admin", misskeytest.AsAdmin())
	for _, u := range []*misskeytest.User{s.alice, s.bob, s.carol} {
		u.Update(u.Profile()) // who has done something has been updated
	}
	s.list, s.room = s.alice.AddList(), s.alice.AddRoom("room")
	s.list.Add(s.bob)
	s.antenna = s.alice.AddAntenna([]string{"antennaword"})
	s.channel = s.alice.AddChannel("channel")
	s.role = s.addBadge()
	s.game = s.srv.AddGame(s.alice, s.bob)
	s.a, s.b = dial(t, s.srv, s.alice.Token()), dial(t, s.srv, s.bob.Token())
	s.connect(s.a, s.bob)
	s.connect(s.b, s.alice)
	for _, u := range []*misskeytest.User{s.alice, s.bob} {
		s.rest(s.admin, "admin/roles/assign", map[string]any{"roleId": s.role, "userId": u.ID}, nil)
	}
	s.srv.AddRole("plain", misskeytest.ForModerators()).Assign(s.alice, s.bob)
	return s
}

// rest does what only the endpoints have all the params for.
func (s *stage) rest(u *misskeytest.User, endpoint string, params, response any) {
	s.t.Helper()
	if status := call(s.t, s.srv, u.Token(), endpoint, params, response); status/100 != 2 {
		s.t.Fatalf("%s: %d", endpoint, status)
	}
}

func (s *stage) addBadge() string {
	s.t.Helper()
	var made struct{ ID string }
	s.rest(s.admin, "admin/roles/create", map[string]any{
		"name": "badge", "description": "", "color": "#ff8800", "iconUrl": "https://example.com/icon.png",
		"target": "manual", "condFormula": map[string]any{}, "isPublic": true, "isModerator": false,
		"isAdministrator": false, "isExplorable": true, "asBadge": true, "canEditMembersByModerator": false,
		"displayOrder": 3, "policies": map[string]any{},
	}, &made)
	return made.ID
}

// connect connects a socket to every channel that it may connect to.
func (s *stage) connect(c *testClient, other *misskeytest.User) {
	params := map[string]string{
		"userList":     fmt.Sprintf(`{"listId":%q}`, s.list.ID),
		"hashtag":      `{"q":[["tag"]]}`,
		"roleTimeline": fmt.Sprintf(`{"roleId":%q}`, s.role),
		"antenna":      fmt.Sprintf(`{"antennaId":%q}`, s.antenna.ID),
		"channel":      fmt.Sprintf(`{"channelId":%q}`, s.channel.ID),
		"chatUser":     fmt.Sprintf(`{"otherId":%q}`, other.ID),
		"chatRoom":     fmt.Sprintf(`{"roomId":%q}`, s.room.ID),
		"reversiGame":  fmt.Sprintf(`{"gameId":%q}`, s.game.ID),
	}
	for _, name := range onStage {
		if p := params[name]; p != "" {
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"params":%s,"pong":true}}`, name, name, p)
		} else {
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"pong":true}}`, name, name)
		}
	}
	c.sync()
}

func (s *stage) settle() {
	s.a.sync()
	s.b.sync()
}

// tell sends to a channel.
func (s *stage) tell(c *testClient, channel, typ, body string) {
	c.send(`{"type":"ch","body":{"id":%q,"type":%q,"body":%s}}`, channel, typ, body)
	c.sync()
}

func (s *stage) files() {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		s.t.Fatal(err)
	}
	s.picture = s.bob.Upload("picture.png", b.Bytes())
	s.alice.Upload("words.txt", []byte("words"), misskeytest.WithComment("what they say"))
	folder := s.alice.AddFolder("folder", "")
	child := s.alice.AddFolder("child", folder.ID)
	child.Name = "renamed"
	s.alice.UpdateFolder(child)
	file := s.alice.Upload("picture.png", b.Bytes(), misskeytest.InFolder(folder.ID))
	file.Name, file.IsSensitive = "renamed.png", true
	s.alice.UpdateFile(file)
	s.alice.DeleteFile(file.ID)
	s.alice.DeleteFolder(child.ID)
	s.srv.ServeURL("https://example.com/picture.png?size=1", b.Bytes())
	s.alice.UploadFromURL("https://example.com/picture.png?size=1", "marker")
	s.alice.UploadFromURL("https://example.com/nothing.png", "never")
}

// notes are of every sort: each timeline gets some of each it can get.
func (s *stage) notes() {
	s.alice.Follow(s.bob, misskeytest.WithNotes())
	cat := s.srv.AddEmoji("cat", "neko")
	mine := s.alice.Post("mine @carol #tag", misskeytest.InChannel(s.channel))
	s.bob.React(mine.ID, ":"+cat.Name+":")
	s.alice.React(mine.ID, "👍")
	answer := s.alice.Reply(mine.ID, "to myself")
	s.bob.React(answer.ID, "👍")
	for _, options := range [][]misskeytest.NoteOption{
		nil,
		{misskeytest.WithCW("careful"), misskeytest.WithFiles(s.picture)},
		{misskeytest.WithPoll("a", "b"), misskeytest.ExpiresAfter(time.Hour), misskeytest.MultipleChoice()},
		{misskeytest.WithPoll("a", "b"), misskeytest.LocalOnly()},
		{misskeytest.WithReactionAcceptance(misskey.ReactionAcceptanceLikeOnly)},
		{misskeytest.InChannel(s.channel)},
		{misskeytest.To(s.alice)},
		{misskeytest.WithVisibility(misskey.NoteVisibilityHome)},
		{misskeytest.WithVisibility(misskey.NoteVisibilityFollowers)},
	} {
		s.bob.Post("plain", options...)
		tagged := s.bob.Post("@alice #tag antennaword", options...)
		s.alice.React(tagged.ID, "👍")
		for _, to := range []misskey.NoteID{mine.ID, answer.ID} {
			s.bob.Reply(to, "antennaword #tag", options...)
			s.bob.Quote(to, "antennaword #tag", options...)
		}
	}
	own := s.bob.Post("of my own #tag", misskeytest.WithFiles(s.picture))
	s.bob.Renote(own.ID)
	s.bob.Renote(mine.ID)
	s.carol.Post("by a cat antennaword")
}

// updates change notes that are captured.
func (s *stage) updates() {
	note := s.alice.Post("x", misskeytest.WithPoll("a", "b"), misskeytest.ExpiresAfter(time.Second))
	s.a.send(`{"type":"s","body":{"id":%q}}`, note.ID)
	s.a.sync()
	s.bob.Vote(note.ID, 0)
	s.bob.React(note.ID, "👍")
	s.bob.React(note.ID, ":cat:")
	s.bob.Unreact(note.ID)
	s.clock.Advance(time.Second)
	s.alice.Delete(note.ID)
	kept := s.alice.Post("y")
	s.alice.Schedule(time.Second, "later")
	s.alice.ScheduleReply(time.Second, kept.ID, "too late")
	s.alice.Delete(kept.ID)
	s.clock.Advance(time.Second)
}

func (s *stage) follows() {
	s.bob.Follow(s.alice)
	s.alice.Unfollow(s.bob)
	open := s.bob.Profile()
	told := open
	told.Description, told.Location, told.Lang, told.Birthday = "a bot", "here", "en", "2000-01-01"
	told.FollowedMessage = "thanks"
	told.Fields = []misskey.UserField{{Name: "name", Value: "value"}}
	s.bob.Update(told)
	s.alice.Follow(s.bob)
	s.alice.Follow(s.carol)
	s.carol.AcceptFollow(s.alice)
	mine := s.alice.Profile()
	mine.Locked = true
	mine.MutedWords = []json.RawMessage{json.RawMessage(`["a","b"]`), json.RawMessage(`"/c/"`)}
	mine.HardMutedWords, mine.MutedInstances = mine.MutedWords[:1], []string{"example.com"}
	s.alice.Update(mine)
	s.admin.Follow(s.alice)
}

func (s *stage) lists() {
	s.list.Add(s.carol)
	s.list.Remove(s.carol)
}

func (s *stage) chats() {
	m := s.bob.Chat(s.alice, "", misskeytest.WithFile(s.picture))
	s.alice.ReactToChat(m.ID, "👍")
	s.alice.UnreactToChat(m.ID, "👍")
	s.alice.ReactToChat(m.ID, ":cat:")
	s.bob.DeleteChat(m.ID)
	s.clock.Advance(time.Second)
	s.alice.ReadChats()
	s.clock.Advance(2 * time.Second)
	s.bob.Chat(s.alice, "again")
	s.clock.Advance(3 * time.Second)

	s.room.Invite(s.bob)
	s.room.Join(s.bob)
	s.b.connect("chatRoom", "chatRoom", fmt.Sprintf(`{"roomId":%q}`, s.room.ID))
	m = s.room.Send(s.bob, "hello", misskeytest.WithFile(s.picture))
	s.alice.ReactToChat(m.ID, "👍")
	s.alice.UnreactToChat(m.ID, "👍")
	s.bob.DeleteChat(m.ID)
	s.alice.ReadChats()
	s.clock.Advance(3 * time.Second)
	s.room.Send(s.alice, "again")
	s.clock.Advance(3 * time.Second)
}

func (s *stage) announcements() {
	one := s.srv.Announce("title", "to everybody")
	var pictured struct{ ID misskey.AnnouncementID }
	s.rest(s.admin, "admin/announcements/create", map[string]any{
		"title": "title", "text": "with a picture", "imageUrl": "https://example.com/picture.png",
	}, &pictured)
	s.alice.Update(s.alice.Profile()) // with what is unread
	other := s.alice.Announce("title", "to alice")
	for _, id := range []misskey.AnnouncementID{one.ID, other.ID, pictured.ID} {
		s.alice.ReadAnnouncement(id)
	}
}

func (s *stage) emojis() {
	dog := s.srv.AddEmoji("dog", "inu", "wan")
	dog.Aliases = []string{"inu"}
	dog.Category, dog.License = opt.Of("animals"), opt.Of("MIT")
	s.srv.UpdateEmojis(dog)
	s.srv.DeleteEmojis("dog")
}

func (s *stage) account() {
	s.alice.SignIn()
	s.alice.AppToken("read:account")
	s.alice.SetRegistry("key", map[string]any{"a": []any{1, nil}}, "client", "base")
	page := s.alice.AddPage("title", "page")
	s.bob.PushToPage(page.ID, "pressed", map[string]any{"n": 1})
	s.alice.NotifyApp("body", "header", "")
	s.alice.TestNotification()
	s.alice.ClaimAchievement(misskey.AchievementNameNotes1)
	s.alice.Export(misskey.ExportedEntityNote)
	s.bob.Report(s.carol, "spam")
	s.clock.Advance(misskeytest.DefaultUnreadDelay)
	s.alice.TestNotification()
	s.a.send(`{"type":"readNotification"}`)
	s.a.sync()
	s.alice.FlushNotifications()
}

// games are one that is played to its end by surrender, and what comes before
// and instead.
func (s *stage) games() {
	s.tell(s.a, "reversiGame", "updateSettings", `{"key":"bw","value":"1"}`)
	s.tell(s.a, "reversiGame", "ready", "true")
	s.tell(s.b, "reversiGame", "ready", "true")
	s.clock.Advance(misskeytest.DefaultGameDelay)
	s.tell(s.a, "reversiGame", "putStone", `{"pos":19,"id":"move"}`)
	s.game.Surrender(s.bob)
	s.carol.Invite(s.alice)
	s.alice.Invite(s.bob)
	s.sitDown(s.bob.Accept(s.alice))
	s.tell(s.b, "reversiGame", "cancel", "null")
	s.sitDown(s.srv.AddGame(s.alice, s.bob))
	s.tell(s.b, "reversiGame", "claimTimeIsUp", "null")
}

// sitDown leaves one game for another.
func (s *stage) sitDown(g *misskeytest.Game) {
	for _, c := range []*testClient{s.a, s.b} {
		c.send(`{"type":"disconnect","body":{"id":"reversiGame"}}`)
		c.send(`{"type":"connect","body":{"channel":"reversiGame","id":"reversiGame","params":{"gameId":%q}}}`, g.ID)
		c.sync()
	}
}

func (s *stage) statistics() {
	s.clock.Advance(20 * time.Second)
	s.tell(s.a, "serverStats", "requestLog", `{"id":"x","length":5}`)
	s.tell(s.a, "queueStats", "requestLog", `{"id":"x","length":5}`)
}

// differences are those there are, by their reasons. Of an event that is made of
// entities only the entities are named.
var differences = []struct {
	reason string
	what   []difference
}{
	{"there are no other servers, and so no users, notes and emojis of theirs", []difference{
		{"Note", "emojis", "never here"},
		{"Note", "reactionEmojis.*", "never here"},
		{"Note", "uri", "never here"},
		{"Note", "url", "never here"},
		{"streamed Note", "emojis", "never here"},
		{"streamed Note", "reactionEmojis.*", "never here"},
		{"streamed Note", "uri", "never here"},
		{"streamed Note", "url", "never here"},
		{"brief streamed Note", "emojis", "never here"},
		{"brief streamed Note", "reactionEmojis.*", "never here"},
		{"brief streamed Note", "uri", "never here"},
		{"brief streamed Note", "url", "never here"},
		{"UserLite", "badgeRoles", "always here"}, // those of other servers have none
		{"UserLite", "emojis.*", "never here"},
		{"UserLite", "host", "never string here"},
		{"UserLite", "instance", "never here"},
	}},
	{"users have no pictures of their own, and nothing to decorate them with", []difference{
		{"UserLite", "avatarBlurhash", "never string here"},
		{"UserLite", "avatarDecorations[]", "never here"},
		{"UserDetailedNotMe", "avatarBlurhash", "never string here"},
		{"UserDetailedNotMe", "avatarDecorations[]", "never here"},
		{"UserDetailedNotMe", "bannerBlurhash", "never string here"},
		{"UserDetailedNotMe", "bannerUrl", "never string here"},
		{"MeDetailed", "avatarBlurhash", "never string here"},
		{"MeDetailed", "avatarDecorations[]", "never here"},
		{"MeDetailed", "avatarId", "never string here"},
		{"MeDetailed", "bannerBlurhash", "never string here"},
		{"MeDetailed", "bannerId", "never string here"},
		{"MeDetailed", "bannerUrl", "never string here"},
	}},
	{"pictures are not decoded, only measured", []difference{
		{"DriveFile", "blurhash", "never string here"},
	}},
	{"from whom somebody wants notifications cannot be set", []difference{
		{"MeDetailed", "notificationRecieveConfig.follow", "never here"},
	}},
}
