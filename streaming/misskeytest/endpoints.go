package misskeytest

import "slices"

// endpoints are the calls the server knows. All others get 404.
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
)

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
