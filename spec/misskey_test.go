package spec

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func misskey(t *testing.T) *Spec {
	t.Helper()
	s, err := Misskey()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// allEvents returns the events of a set, those it includes first.
func allEvents(set *EventSet) []*Message {
	var events []*Message
	for _, ref := range set.Includes {
		events = append(events, allEvents(ref.Set)...)
	}
	return append(events, set.Events...)
}

// The tables below are written by hand from what was measured on servers, and
// not from the files they check.

// TestMisskeyChannels holds every channel to what it asks for and how it
// behaves.
func TestMisskeyChannels(t *testing.T) {
	const timeline = "withRenotes?: boolean = true, withFiles?: boolean = false"
	const replies = "withRenotes?: boolean = true, withReplies?: boolean = false, withFiles?: boolean = false"
	want := map[string]string{
		"main":           "account read:account shared leaks end()",
		"homeTimeline":   "account read:account dropOldest(" + timeline + ")",
		"localTimeline":  "dropOldest(" + replies + ")",
		"hybridTimeline": "account read:account dropOldest(" + replies + ")",
		"globalTimeline": "dropOldest(" + timeline + ")",
		"userList":       "dropOldest(listId: UserListID, " + timeline + ")",
		"hashtag":        "dropOldest(q: string[][])",
		"roleTimeline":   "dropOldest(roleId: RoleID)",
		"antenna":        "account read:account dropOldest(antennaId: AntennaID)",
		"channel":        "dropOldest(channelId: ChannelID)",
		"drive":          "account read:account shared leaks dropOldest()",
		"serverStats":    "shared dropOldest()",
		"queueStats":     "shared dropOldest()",
		"admin":          "account read:admin:stream shared leaks dropOldest()",
		"chatUser":       "account read:chat end(otherId: UserID)",
		"chatRoom":       "account read:chat end(roomId: ChatRoomID)",
		"reversi":        "account read:account shared dropOldest()",
		"reversiGame":    "dropOldest(gameId: ReversiGameID)",
	}
	got := map[string]string{}
	for _, c := range misskey(t).Channels {
		var words []string
		if c.Credential {
			words = append(words, "account")
		}
		if c.Permission != "" {
			words = append(words, c.Permission)
		}
		if c.Shared {
			words = append(words, "shared")
		}
		if c.Leaks {
			words = append(words, "leaks")
		}
		got[c.Name] = strings.Join(append(words, string(c.Overflow)), " ") + "(" + describeFields(c.Params) + ")"
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if len(got) != 18 {
		t.Errorf("%d channels, want 18", len(got))
	}
}

func TestMisskeyEvents(t *testing.T) {
	note := map[string]string{"note": "Note"}
	want := map[string]map[string]string{
		"main": {
			"notification": "Notification", "unreadNotification": "Notification",
			"mention": "Note", "reply": "Note", "renote": "Note",
			"follow": "UserDetailedNotMe", "followed": "UserLite", "unfollow": "UserDetailedNotMe",
			"meUpdated":            "MeDetailed",
			"readAllNotifications": "null", "notificationFlushed": "null", "readAllAnnouncements": "null",
			"announcementCreated": "{announcement: Announcement}",
			"registryUpdated":     "{scope: string[], key: string, value: any}",
			"signin":              "Signin", "myTokenRegenerated": "null",
			"newChatMessage": "ChatMessage", "receiveFollowRequest": "UserLite", "driveFileCreated": "DriveFile",
			"urlUploadFinished": "{marker: string | null, file: DriveFile}",
			"pageEvent":         "{pageId: PageID, event: string, var?: any, userId: UserID, user: UserDetailedNotMe}",
			"unreadAntenna":     "unpublished Antenna", "readAntenna": "unpublished Antenna",
		},
		"homeTimeline": note, "localTimeline": note, "hybridTimeline": note, "globalTimeline": note,
		"hashtag": note, "roleTimeline": note, "antenna": note, "channel": note,
		"userList": {"note": "Note", "userAdded": "UserLite", "userRemoved": "UserLite"},
		"drive": {
			"fileCreated": "DriveFile", "fileUpdated": "DriveFile", "fileDeleted": "DriveFileID",
			"folderCreated": "DriveFolder", "folderUpdated": "DriveFolder", "folderDeleted": "DriveFolderID",
		},
		"serverStats": {"stats": "ServerStats", "statsLog": "ServerStats[]"},
		"queueStats":  {"stats": "QueueStats", "statsLog": "QueueStats[]"},
		"admin": {
			"newAbuseUserReport": "{id: AbuseReportID, targetUserId: UserID, reporterId: UserID, comment: string}",
		},
		"chatUser": {
			"message": "ChatMessageLite", "deleted": "ChatMessageID",
			"react":   "{messageId: ChatMessageID, reaction: string}",
			"unreact": "{messageId: ChatMessageID, reaction: string}",
		},
		"chatRoom": {
			"message": "ChatMessageLite", "deleted": "ChatMessageID",
			"react":   "{messageId: ChatMessageID, user: UserLite, reaction: string}",
			"unreact": "{messageId: ChatMessageID, user: UserLite, reaction: string}",
		},
		"reversi": {"invited": "{user: UserLite}", "matched": "{game: ReversiGameDetailed}"},
		"reversiGame": {
			"changeReadyStates": "{user1: boolean, user2: boolean}",
			"updateSettings":    "{userId: UserID, key: string, value: any}",
			"started":           "{game: ReversiGameDetailed}",
			"log":               "{time: integer, player: boolean, operation: ReversiOperation, pos: integer, id: string}",
			"ended":             "{winnerId: UserID | null, game: ReversiGameDetailed}",
			"canceled":          "{userId: UserID}",
		},
	}
	got := map[string]map[string]string{}
	for _, c := range misskey(t).Channels {
		got[c.Name] = describeMessages(allEvents(c.Events))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestMisskeySends(t *testing.T) {
	want := map[string]map[string]string{
		"serverStats": {"requestLog": "{id: any, length: integer}"},
		"queueStats":  {"requestLog": "{id: string, length: integer}"},
		"chatUser":    {"read": "{id?: ChatMessageID}"},
		"chatRoom":    {"read": "{id?: ChatMessageID}"},
		"reversiGame": {
			"ready": "boolean", "updateSettings": "{key: string, value: any}",
			"putStone": "{pos: integer, id: string}", "cancel": "null", "claimTimeIsUp": "null",
		},
	}
	got := map[string]map[string]string{}
	for _, c := range misskey(t).Channels {
		if len(c.Sends) > 0 {
			got[c.Name] = describeMessages(c.Sends)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("sends (-want +got):\n%s", diff)
	}
}

func TestMisskeyCapturesAndBroadcasts(t *testing.T) {
	s := misskey(t)
	if len(s.Captures) != 1 {
		t.Fatalf("%d captures, want 1", len(s.Captures))
	}
	c := s.Captures[0]
	if got, want := fmt.Sprint(c.Name, c.Method, c.Subscribe, c.Unsubscribe, c.Update, describeFields([]*Field{c.Key}), c.EndsWith),
		fmt.Sprint("note", "Capture", "subNote", "unsubNote", "noteUpdated", "id: NoteID", "deleted"); got != want {
		t.Errorf("capture %s, want %s", got, want)
	}
	if diff := gocmp.Diff(map[string]string{
		"reacted":   "{reaction: string, emoji: CaptureEmoji | null, userId: UserID}",
		"unreacted": "{reaction: string, userId: UserID}",
		"pollVoted": "{choice: integer, userId: UserID}",
		"deleted":   "{deletedAt: timestamp}",
		"updated":   "unpublished {cw: string | null, text: string | null}",
	}, describeMessages(c.Events.Events)); diff != "" {
		t.Errorf("capture events (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(map[string]string{
		"emojiAdded":          "{emoji: EmojiDetailed}",
		"emojiUpdated":        "{emojis: EmojiDetailed[]}",
		"emojiDeleted":        "{emojis: EmojiDetailed[]}",
		"announcementCreated": "{announcement: Announcement}",
	}, describeMessages(s.Broadcasts.Events)); diff != "" {
		t.Errorf("broadcasts (-want +got):\n%s", diff)
	}
}

func TestMisskeyTopLevel(t *testing.T) {
	s := misskey(t)
	want := map[string]string{
		"connect":          "connect → connected",
		"disconnect":       "disconnect",
		"channel":          "send ch",
		"subNote":          "subscribe s sr",
		"unsubNote":        "unsubscribe un",
		"readNotification": "request ReadNotifications account optional {id?: string}",
	}
	got := map[string]string{}
	for _, r := range s.Requests {
		words := append([]string{string(r.Role)}, r.Aliases...)
		if r.Reply != "" {
			words = append(words, "→", r.Reply)
		}
		if r.Method != "" {
			words = append(words, r.Method)
		}
		if r.Credential {
			words = append(words, "account")
		}
		if r.BodyOptional {
			words = append(words, "optional")
		}
		if body := describeMessage(&r.Message); body != "null" {
			words = append(words, body)
		}
		got[r.Name] = strings.Join(words, " ")
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if s.Socket.Path != "/streaming" || s.Socket.Auth != AuthHeader || s.Socket.PingSeconds != 60 || s.Socket.SilenceSeconds != 120 {
		t.Errorf("socket %+v", s.Socket)
	}
	if s.Limits.ChannelsPerConnection != 32 || s.Limits.Since != "2024.8.0-alpha.0" {
		t.Errorf("limits %+v", s.Limits)
	}
}

// TestMisskeyTimelinesShareOneSet is what lets one handler serve them all.
func TestMisskeyTimelinesShareOneSet(t *testing.T) {
	s := misskey(t)
	timeline := s.EventSets[slices.IndexFunc(s.EventSets, func(set *EventSet) bool { return set.Name == "timeline" })]
	var shared []string
	for _, c := range s.Channels {
		if c.Events == timeline {
			shared = append(shared, c.Name)
		}
		if c.Name == "userList" && (len(c.Events.Includes) != 1 || c.Events.Includes[0].Set != timeline) {
			t.Error("userList does not include the timeline")
		}
	}
	want := []string{"homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline", "hashtag", "roleTimeline", "antenna", "channel"}
	if diff := gocmp.Diff(want, shared); diff != "" {
		t.Errorf("timelines (-want +got):\n%s", diff)
	}
}

// TestMisskeyEvidence looks at where facts come from: everything has a first
// version, and only what is listed was read in the source alone.
func TestMisskeyEvidence(t *testing.T) {
	s := misskey(t)
	var source []string
	note := func(name string, e Evidence) {
		if e.Since == "" {
			t.Errorf("%s: no first version", name)
		}
		if len(e.Seen) == 0 {
			source = append(source, name)
		}
		if e.Unpublished && len(e.Seen) > 0 {
			t.Errorf("%s is never sent and was seen", name)
		}
	}
	for _, c := range s.Channels {
		note(c.Name, c.Evidence)
		for _, m := range c.Sends {
			note(c.Name+"."+m.Name+"()", m.Evidence)
		}
		if chat := c.Name == "chatUser" || c.Name == "chatRoom"; chat != (c.Since == "2025.3.2-beta.9") {
			t.Errorf("%s since %s", c.Name, c.Since)
		}
	}
	for _, set := range slices.Concat(s.EventSets, []*EventSet{s.Broadcasts, s.Captures[0].Events}) {
		for _, m := range set.Events {
			note(set.Name+"."+m.Name, m.Evidence)
		}
	}
	slices.Sort(source)
	want := []string{"chatRoom.read()", "main.readAntenna", "main.unreadAntenna", "note.updated"}
	if diff := gocmp.Diff(want, source); diff != "" {
		t.Errorf("read in the source alone (-want +got):\n%s", diff)
	}
}

// TestMisskeyIsDocumented: what becomes an exported name of Go has a comment.
func TestMisskeyIsDocumented(t *testing.T) {
	s := misskey(t)
	check := func(name, doc string) {
		if !strings.HasSuffix(doc, ".") {
			t.Errorf("%s: the doc %q is no sentence", name, doc)
		}
	}
	check("the spec", s.Doc)
	for _, c := range s.Channels {
		check(c.Name, c.Doc)
		for _, f := range c.Params {
			check(c.Name+"."+f.Name, f.Doc)
		}
		for _, q := range c.Quirks {
			check(c.Name+"'s quirk", q)
		}
		for _, m := range slices.Concat(c.Sends, c.Events.Events) {
			check(c.Name+"."+m.Name, m.Doc)
		}
	}
	for _, set := range []*EventSet{s.Broadcasts, s.Captures[0].Events} {
		check(set.Name, set.Doc)
		for _, m := range set.Events {
			check(set.Name+"."+m.Name, m.Doc)
		}
	}
	for _, r := range s.Requests {
		check(r.Name, r.Doc)
	}
	for _, typ := range s.Types {
		check(typ.Name, typ.Doc)
	}
}

// TestMisskeyTypesAreReached: a type that no message can carry is a leftover.
func TestMisskeyTypesAreReached(t *testing.T) {
	s := misskey(t)
	left := map[string]*Type{}
	for _, typ := range s.Types {
		left[typ.Name] = typ
	}
	var reach func(*TypeExpr)
	var reachType func(*Type)
	fields := func(fields []*Field) {
		for _, f := range fields {
			reach(f.Type)
		}
	}
	reachType = func(typ *Type) {
		if left[typ.Name] == nil {
			return
		}
		delete(left, typ.Name)
		fields(typ.Fields)
		for _, ref := range typ.Embeds {
			reachType(ref.Type)
		}
		for _, v := range typ.Variants {
			fields(v.Fields)
		}
	}
	reach = func(e *TypeExpr) {
		for ; e != nil; e = cmp.Or(e.List, e.Map) {
			if e.Named != nil {
				reachType(e.Named)
			}
		}
	}
	messages := func(messages []*Message) {
		for _, m := range messages {
			reach(m.Body)
			fields(m.Fields)
		}
	}
	for _, c := range s.Channels {
		fields(c.Params)
		messages(c.Sends)
	}
	for _, c := range s.Captures {
		fields([]*Field{c.Key})
	}
	for _, set := range slices.Concat(s.EventSets, []*EventSet{s.Broadcasts, s.Captures[0].Events}) {
		messages(set.Events)
	}
	if len(left) > 0 {
		t.Errorf("nothing carries %s", strings.Join(slices.Sorted(maps.Keys(left)), ", "))
	}
}

func TestFSHoldsTheDialects(t *testing.T) {
	files, err := fs.Glob(FS(), "misskey/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	if _, err := Load(FS(), "misskey"); err != nil {
		t.Error(err)
	}
}

// describeMessages writes messages as the files do, by name.
func describeMessages(messages []*Message) map[string]string {
	m := map[string]string{}
	for _, msg := range messages {
		m[msg.Name] = describeMessage(msg)
	}
	return m
}

func describeMessage(m *Message) string {
	text := "null"
	switch {
	case m.Body != nil:
		text = describeType(m.Body)
	case m.Fields != nil:
		text = "{" + describeFields(m.Fields) + "}"
	}
	if m.Unpublished {
		return "unpublished " + text
	}
	return text
}

func describeFields(fields []*Field) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = f.Name
		if f.Optional {
			words[i] += "?"
		}
		words[i] += ": " + describeType(f.Type)
		if f.Default != "" {
			words[i] += " = " + f.Default
		}
	}
	return strings.Join(words, ", ")
}

func describeType(e *TypeExpr) string {
	text := string(e.Basic)
	switch {
	case e.Named != nil:
		text = e.Named.Name
	case e.List != nil:
		text = describeType(e.List) + "[]"
	case e.Map != nil:
		text = "map<" + describeType(e.Map) + ">"
	}
	if e.Nullable {
		text += " | null"
	}
	return text
}
