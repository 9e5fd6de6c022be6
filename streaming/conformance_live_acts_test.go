package streaming_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// params are the request of a call.
type params = map[string]any

// made is an answer of which only the id matters.
type made[ID ~string] struct {
	ID ID `json:"id"`
}

// create calls an endpoint that makes something, and remembers to delete it by
// the endpoint undo, which takes the id as key; "" leaves it.
func create[ID ~string](b *liveBackend, by person, endpoint string, request params, undo, key string) (ID, error) {
	var thing made[ID]
	if err := b.call(by, endpoint, request, &thing); err != nil {
		return "", err
	}
	if undo != "" {
		b.later(by, func() error { return b.call(by, undo, params{key: thing.ID}, nil) })
	}
	return thing.ID, nil
}

// Notes.

func (b *liveBackend) post(by person, d draft) (misskey.NoteID, error) {
	request := params{}
	for key, value := range map[string]string{
		"text": d.text, "visibility": string(d.visibility),
		"replyId": string(d.reply), "renoteId": string(d.renote), "channelId": string(d.channel),
	} {
		if value != "" {
			request[key] = value
		}
	}
	if len(d.choices) > 0 {
		poll := params{"choices": d.choices}
		if d.expires > 0 {
			poll["expiredAfter"] = d.expires.Milliseconds()
		}
		request["poll"] = poll
	}
	var answer struct {
		CreatedNote made[misskey.NoteID] `json:"createdNote"`
	}
	if err := b.call(by, "notes/create", request, &answer); err != nil {
		return "", err
	}
	id := answer.CreatedNote.ID
	b.later(by, func() error { return b.deleteNote(by, id) })
	return id, nil
}

func (b *liveBackend) deleteNote(by person, id misskey.NoteID) error {
	return b.call(by, "notes/delete", params{"noteId": id}, nil)
}

func (b *liveBackend) react(by person, id misskey.NoteID, emoji string) error {
	return b.call(by, "notes/reactions/create", params{"noteId": id, "reaction": emoji}, nil)
}

func (b *liveBackend) unreact(by person, id misskey.NoteID) error {
	return b.call(by, "notes/reactions/delete", params{"noteId": id}, nil)
}

func (b *liveBackend) vote(by person, id misskey.NoteID, choice int) error {
	return b.call(by, "notes/polls/vote", params{"noteId": id, "choice": choice}, nil)
}

// People.

func (b *liveBackend) follow(by, other person) error {
	err := b.call(by, "following/create", params{"userId": other.id}, nil)
	if code(err) == "ALREADY_FOLLOWING" {
		return nil
	}
	return err
}

func (b *liveBackend) unfollow(by, other person) error {
	err := b.call(by, "following/delete", params{"userId": other.id}, nil)
	if code(err) == "NOT_FOLLOWING" {
		return nil
	}
	return err
}

func (b *liveBackend) lock(by person, locked bool) error {
	return b.call(by, "i/update", params{"isLocked": locked}, nil)
}

func (b *liveBackend) request(by, other person) error {
	return b.call(by, "following/create", params{"userId": other.id}, nil)
}

func (b *liveBackend) accept(by, from person) error {
	return b.call(by, "following/requests/accept", params{"userId": from.id}, nil)
}

func (b *liveBackend) watch(by, other person, on bool) error {
	notify := map[bool]string{true: "normal", false: "none"}[on]
	return b.call(by, "following/update", params{"userId": other.id, "notify": notify}, nil)
}

// Accounts.

func (b *liveBackend) newcomer() (person, error) {
	p := person{username: fresh(), password: fresh(), ours: true}
	var account struct {
		ID    misskey.UserID `json:"id"`
		Token string         `json:"token"`
	}
	admin := b.players.admin
	if err := b.call(admin, "admin/accounts/create", params{"username": p.username, "password": p.password}, &account); err != nil {
		return person{}, err
	}
	b.later(admin, func() error { return b.call(admin, "admin/accounts/delete", params{"userId": account.ID}, nil) })
	p.id, p.token = account.ID, account.Token
	return p, nil
}

func (b *liveBackend) rename(by person, name string) error {
	var me struct {
		Name *string `json:"name"`
	}
	if err := b.call(by, "i", nil, &me); err != nil {
		return err
	}
	b.later(by, func() error { return b.call(by, "i/update", params{"name": me.Name}, nil) })
	return b.call(by, "i/update", params{"name": name}, nil)
}

func (b *liveBackend) signIn(by person) error {
	if by.password == "" {
		return cannot("the file has no password to sign in with")
	}
	return b.call(person{}, "signin-flow", params{"username": by.username, "password": by.password}, nil)
}

func (b *liveBackend) regenerate(by person) error {
	if !by.ours {
		return cannot(spoilsFile)
	}
	return b.call(by, "i/regenerate-token", params{"password": by.password}, nil)
}

func (b *liveBackend) setRegistry(by person, scope []string, key string, value any) error {
	b.later(by, func() error { return b.call(by, "i/registry/remove", params{"scope": scope, "key": key}, nil) })
	return b.call(by, "i/registry/set", params{"scope": scope, "key": key, "value": value}, nil)
}

func (b *liveBackend) makePage(by person, name string) (misskey.PageID, error) {
	return create[misskey.PageID](b, by, "pages/create", params{
		"title": name, "name": name, "content": []any{}, "variables": []any{}, "script": "",
	}, "pages/delete", "pageId")
}

func (b *liveBackend) pushPage(visitor person, page misskey.PageID, event string, value any) error {
	return b.call(visitor, "page-push", params{"pageId": page, "event": event, "var": value}, nil)
}

// probes are calls that need a permission and change nothing.
var probes = map[string]string{"read:account": "i", "read:chat": "chat/history"}

func (b *liveBackend) appToken(by person, lacking string) (string, error) {
	var granted []string
	for _, p := range appPermissions {
		if p != lacking {
			granted = append(granted, p)
		}
	}
	token, err := b.genToken(by, granted)
	var reason cannot
	if !errors.As(err, &reason) {
		return token, err
	}
	for _, app := range b.file.AppTokens {
		if b.permits(app.Token, probes[lacking]) {
			continue
		}
		if lacking == "read:account" || b.permits(app.Token, probes["read:account"]) {
			return app.Token, nil
		}
	}
	return "", reason + "; no token under appTokens lacks just " + cannot(lacking)
}

// permits reports whether a token may call an endpoint, or would if there were
// one.
func (b *liveBackend) permits(token, endpoint string) bool {
	err := b.call(person{token: token}, endpoint, nil, nil)
	var reason cannot
	return err == nil || errors.As(err, &reason) && strings.HasPrefix(string(reason), noEndpoint)
}

func (b *liveBackend) suspend(who person) error {
	return b.call(b.players.admin, "admin/suspend-user", params{"userId": who.id}, nil)
}

// Notifications.

func (b *liveBackend) readNotifications(by person) error {
	return b.call(by, "notifications/mark-all-as-read", nil, nil)
}

func (b *liveBackend) flushNotifications(by person) error {
	return b.call(by, "notifications/flush", nil, nil)
}

func (b *liveBackend) notifyByApp(by person, body string) error {
	return b.call(by, "notifications/create", params{"body": body, "header": "conformance"}, nil)
}

func (b *liveBackend) notifyTest(by person) error {
	return b.call(by, "notifications/test-notification", nil, nil)
}

func (b *liveBackend) claimAchievement(by person, name misskey.AchievementName) error {
	return b.call(by, "i/claim-achievement", params{"name": name}, nil)
}

func (b *liveBackend) makeToken(by person) error {
	_, err := b.genToken(by, []string{"read:account"})
	return err
}

func (b *liveBackend) genToken(by person, permissions []string) (token string, err error) {
	var answer struct {
		Token string `json:"token"`
	}
	err = b.call(by, "miauth/gen-token", params{"session": nil, "name": fresh(), "permission": permissions}, &answer)
	if err == nil {
		b.later(by, func() error { return b.call(by, "i/revoke-token", params{"token": answer.Token}, nil) })
	}
	return answer.Token, err
}

func (b *liveBackend) export(by person) error {
	return b.call(by, "i/export-following", params{"excludeMuting": false, "excludeInactive": false}, nil)
}

// schedule has a note posted in two seconds. One fails because what it answers
// is gone by then.
func (b *liveBackend) schedule(by person, text string, fails bool) error {
	request := params{
		"text": text, "visibility": "public", "isActuallyScheduled": true,
		"scheduledAt": time.Now().Add(2 * time.Second).UnixMilli(),
	}
	var answered misskey.NoteID
	if fails {
		var err error
		if answered, err = b.post(b.players.bob, draft{text: fresh()}); err != nil {
			return err
		}
		request["replyId"] = answered
	}
	if err := b.call(by, "notes/drafts/create", request, nil); err != nil {
		return err
	}
	if fails {
		return b.deleteNote(b.players.bob, answered)
	}
	return nil
}

// Places.

func (b *liveBackend) makeList(by person) (misskey.UserListID, error) {
	return create[misskey.UserListID](b, by, "users/lists/create", params{"name": fresh()}, "users/lists/delete", "listId")
}

func (b *liveBackend) addToList(by person, list misskey.UserListID, who person) error {
	return b.call(by, "users/lists/push", params{"listId": list, "userId": who.id}, nil)
}

func (b *liveBackend) removeFromList(by person, list misskey.UserListID, who person) error {
	return b.call(by, "users/lists/pull", params{"listId": list, "userId": who.id}, nil)
}

func (b *liveBackend) makeAntenna(by person, word string) (misskey.AntennaID, error) {
	return create[misskey.AntennaID](b, by, "antennas/create", params{
		"name": fresh(), "src": "all", "keywords": [][]string{{word}}, "excludeKeywords": [][]string{}, "users": []string{},
		"caseSensitive": false, "withReplies": true, "withFile": false,
	}, "antennas/delete", "antennaId")
}

func (b *liveBackend) someList() misskey.UserListID   { return misskey.UserListID(b.file.List) }
func (b *liveBackend) someAntenna() misskey.AntennaID { return misskey.AntennaID(b.file.Antenna) }
func (b *liveBackend) someRole() misskey.RoleID       { return misskey.RoleID(b.file.Role) }
func (b *liveBackend) someChannel() misskey.ChannelID { return misskey.ChannelID(b.file.Channel) }

func (b *liveBackend) makeRole(name string, moderator bool) (misskey.RoleID, error) {
	return create[misskey.RoleID](b, b.players.admin, "admin/roles/create", params{
		"name": name, "description": "", "color": nil, "iconUrl": nil, "target": "manual", "condFormula": params{},
		"isPublic": true, "isModerator": moderator, "isAdministrator": false, "isExplorable": true, "asBadge": false,
		"canEditMembersByModerator": false, "displayOrder": 0, "policies": params{},
	}, "admin/roles/delete", "roleId")
}

func (b *liveBackend) assign(role misskey.RoleID, who person) error {
	return b.call(b.players.admin, "admin/roles/assign", params{"roleId": role, "userId": who.id}, nil)
}

// Chat.

func (b *liveBackend) say(by, to person, text string) (misskey.ChatMessageID, error) {
	return create[misskey.ChatMessageID](b, by, "chat/messages/create-to-user", params{"toUserId": to.id, "text": text},
		"chat/messages/delete", "messageId")
}

func (b *liveBackend) makeRoom(by person, name string) (misskey.ChatRoomID, error) {
	return create[misskey.ChatRoomID](b, by, "chat/rooms/create", params{"name": name}, "chat/rooms/delete", "roomId")
}

func (b *liveBackend) inviteToRoom(by person, room misskey.ChatRoomID, who person) error {
	return b.call(by, "chat/rooms/invitations/create", params{"roomId": room, "userId": who.id}, nil)
}

func (b *liveBackend) joinRoom(by person, room misskey.ChatRoomID) error {
	return b.call(by, "chat/rooms/join", params{"roomId": room}, nil)
}

func (b *liveBackend) sayInRoom(by person, room misskey.ChatRoomID, text string) (misskey.ChatMessageID, error) {
	return create[misskey.ChatMessageID](b, by, "chat/messages/create-to-room", params{"toRoomId": room, "text": text}, "", "")
}

func (b *liveBackend) reactToMessage(by person, id misskey.ChatMessageID, emoji string) error {
	return b.call(by, "chat/messages/react", params{"messageId": id, "reaction": emoji}, nil)
}

func (b *liveBackend) unreactToMessage(by person, id misskey.ChatMessageID, emoji string) error {
	return b.call(by, "chat/messages/unreact", params{"messageId": id, "reaction": emoji}, nil)
}

func (b *liveBackend) deleteMessage(by person, id misskey.ChatMessageID) error {
	return b.call(by, "chat/messages/delete", params{"messageId": id}, nil)
}

// Drive.

func (b *liveBackend) upload(by person, name string) (misskey.DriveFileID, error) {
	id, err := b.uploadFile(by, name, []byte(fresh()))
	if err == nil {
		b.later(by, func() error { return b.deleteFile(by, id) })
	}
	return id, err
}

func (b *liveBackend) renameFile(by person, id misskey.DriveFileID, name string) error {
	return b.call(by, "drive/files/update", params{"fileId": id, "name": name}, nil)
}

func (b *liveBackend) deleteFile(by person, id misskey.DriveFileID) error {
	return b.call(by, "drive/files/delete", params{"fileId": id}, nil)
}

func (b *liveBackend) makeFolder(by person, name string) (misskey.DriveFolderID, error) {
	return create[misskey.DriveFolderID](b, by, "drive/folders/create", params{"name": name}, "drive/folders/delete", "folderId")
}

func (b *liveBackend) renameFolder(by person, id misskey.DriveFolderID, name string) error {
	return b.call(by, "drive/folders/update", params{"folderId": id, "name": name}, nil)
}

func (b *liveBackend) deleteFolder(by person, id misskey.DriveFolderID) error {
	return b.call(by, "drive/folders/delete", params{"folderId": id}, nil)
}

// fetch has the server fetch a file that it has itself.
func (b *liveBackend) fetch(by person, marker string) error {
	id, err := b.uploadFile(b.players.bob, marker+".txt", []byte(marker))
	if err != nil {
		return err
	}
	b.later(b.players.bob, func() error { return b.deleteFile(b.players.bob, id) })
	var file struct {
		URL string `json:"url"`
	}
	if err := b.call(b.players.bob, "drive/files/show", params{"fileId": id}, &file); err != nil {
		return err
	}
	return b.call(by, "drive/files/upload-from-url", params{"url": file.URL, "marker": marker, "force": true}, nil)
}

// Reversi.

func (b *liveBackend) invite(by, other person) error {
	return b.call(by, "reversi/match", params{"userId": other.id}, nil)
}

func (b *liveBackend) withdraw(by, other person) error {
	return b.call(by, "reversi/cancel-match", params{"userId": other.id}, nil)
}

func (b *liveBackend) acceptGame(by, other person) (misskey.ReversiGameID, error) {
	return create[misskey.ReversiGameID](b, by, "reversi/match", params{"userId": other.id}, "", "")
}

// Administration.

func (b *liveBackend) announceFor(who *misskey.UserID, title string) error {
	_, err := create[misskey.AnnouncementID](b, b.players.admin, "admin/announcements/create",
		params{"title": title, "text": "conformance", "imageUrl": nil, "userId": who}, "admin/announcements/delete", "id")
	return err
}

func (b *liveBackend) announce(title string) error { return b.announceFor(nil, title) }

func (b *liveBackend) announceTo(who person, title string) error {
	return b.announceFor(&who.id, title)
}

func (b *liveBackend) readAnnouncements(by person) error {
	var all []struct {
		made[misskey.AnnouncementID]
		IsRead bool `json:"isRead"`
	}
	if err := b.call(by, "announcements", params{"limit": 100, "isActive": true}, &all); err != nil {
		return err
	}
	for _, a := range all {
		if a.IsRead {
			continue
		}
		if err := b.call(by, "i/read-announcement", params{"announcementId": a.ID}, nil); err != nil {
			return err
		}
	}
	return nil
}

// pixel is the smallest picture there is.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func (b *liveBackend) addEmoji(name string) error {
	png, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		return err
	}
	admin := b.players.admin
	file, err := b.uploadFile(admin, name+".png", png)
	if err != nil {
		return err
	}
	b.later(admin, func() error { return b.deleteFile(admin, file) })
	id, err := create[misskey.EmojiID](b, admin, "admin/emoji/add", params{"name": name, "fileId": file}, "admin/emoji/delete", "id")
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.emojis[name] = id
	return nil
}

func (b *liveBackend) emoji(name string) misskey.EmojiID {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.emojis[name]
}

func (b *liveBackend) updateEmoji(name string) error {
	return b.call(b.players.admin, "admin/emoji/update", params{"id": b.emoji(name), "aliases": []string{"other"}}, nil)
}

func (b *liveBackend) deleteEmoji(name string) error {
	return b.call(b.players.admin, "admin/emoji/delete", params{"id": b.emoji(name)}, nil)
}

// reportAbuse reports an account, and has the report closed afterwards.
func (b *liveBackend) reportAbuse(by, other person, comment string) error {
	if err := b.call(by, "users/report-abuse", params{"userId": other.id, "comment": comment}, nil); err != nil {
		return err
	}
	admin := b.players.admin
	b.later(admin, func() error {
		var reports []struct {
			made[misskey.AbuseReportID]
			Comment string `json:"comment"`
		}
		if err := b.call(admin, "admin/abuse-user-reports", params{"state": "unresolved"}, &reports); err != nil {
			return err
		}
		for _, r := range reports {
			if r.Comment == comment {
				return b.call(admin, "admin/resolve-abuse-user-report", params{"reportId": r.ID}, nil)
			}
		}
		return nil
	})
	return nil
}
