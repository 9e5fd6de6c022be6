package misskeytest

import (
	"slices"
	"strings"
)

// endpoints are the calls of all releases. Others get 404.
var endpoints = byPath(
	serverEndpoints,
	accountEndpoints,
	signinEndpoints,
	notificationEndpoints,
	userEndpoints,
	followingEndpoints,
	relationEndpoints,
	listEndpoints,
	antennaEndpoints,
	channelEndpoints,
	roleEndpoints,
	hashtagEndpoints,
	noteEndpoints,
	threadEndpoints,
	draftEndpoints,
	timelineEndpoints,
	messagingEndpoints,
	groupEndpoints,
	chatEndpoints,
	roomEndpoints,
	driveEndpoints,
	reversiEndpoints,
	registryEndpoints,
	pageEndpoints,
	announcementEndpoints,
	emojiEndpoints,
	exportEndpoints,
	achievementEndpoints,
)

// laterEndpoints are those that Misskey 12 has not got yet.
var laterEndpoints = []string{
	"admin/roles/", "announcements/show", "channels/favorite", "channels/my-favorites", "channels/search", "channels/unfavorite",
	"chat/", "emoji", "emojis", "i/claim-achievement", "i/export-antennas", "i/export-clips", "i/export-favorites",
	"i/registry/scopes-with-domain", "users/achievements", "following/invalidate", "following/requests/sent", "following/update", "following/update-all",
	"i/notifications-grouped", "notes/drafts/", "notes/show-partial-bulk", "notifications/flush", "notifications/test-notification",
	"renote-mute/", "reversi/", "roles/", "users/lists/get-memberships", "users/lists/update-membership",
}

// droppedEndpoints are those that went with messaging.
var droppedEndpoints = []string{"messaging/", "users/groups/"}

// endpoint finds a call that the release has.
func (s *Server) endpoint(name string) (e *endpoint, known bool) {
	e, known = endpoints[name]
	return e, known && !slices.ContainsFunc(s.facts.lacks, func(lacking string) bool {
		return name == lacking || strings.HasSuffix(lacking, "/") && strings.HasPrefix(name, lacking)
	})
}

func byPath(groups ...[]*endpoint) map[string]*endpoint {
	m := map[string]*endpoint{}
	for _, e := range slices.Concat(groups...) {
		m[e.name] = e
	}
	return m
}

// and returns the schema with more params; it does not change the schema.
func (s schema) and(more ...param) schema { return slices.Concat(s, more) }

// The params of calls about one thing.
var (
	oneNote = schema{{name: "noteId", kind: anID, required: true}}
	oneUser = schema{{name: "userId", kind: anID, required: true}}
)
