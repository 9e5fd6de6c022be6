package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var relationEndpoints = []*endpoint{
	{name: "mute/create", credential: true, permission: "write:mutes",
		params: oneUser.and(param{name: "expiresAt", kind: anInteger, nullable: true}), run: createMute},
	{name: "mute/delete", credential: true, permission: "write:mutes", params: oneUser,
		run: toUser(errNoSuchUserUnmute, (*Server).unmute, asNothing)},
	{name: "mute/list", credential: true, permission: "read:mutes", params: paging, run: listMutes},
	{name: "renote-mute/create", credential: true, permission: "write:mutes", params: oneUser,
		run: toUser(errNoSuchUserMuteRenotes, (*Server).muteRenotes, asNothing)},
	{name: "renote-mute/delete", credential: true, permission: "write:mutes", params: oneUser,
		run: toUser(errNoSuchUserUnmuteRenotes, (*Server).unmuteRenotes, asNothing)},
	{name: "renote-mute/list", credential: true, permission: "read:mutes", params: paging, run: listRenoteMutes},
	{name: "blocking/create", credential: true, permission: "write:blocks", params: oneUser,
		run: toUser(errNoSuchUserBlock, (*Server).block, asDetailed)},
	{name: "blocking/delete", credential: true, permission: "write:blocks", params: oneUser,
		run: toUser(errNoSuchUserUnblock, (*Server).unblock, asDetailed)},
	{name: "blocking/list", credential: true, permission: "read:blocks", params: paging, run: listBlocks},
}

var (
	errNoSuchUserMute          = refusal("NO_SUCH_USER", "6fef56f3-e765-4957-88e5-c6f65329b8a5", "No such user.")
	errMuteYourself            = refusal("MUTEE_IS_YOURSELF", "a4619cb2-5f23-484b-9301-94c903074e10", "Mutee is yourself.")
	errAlreadyMuting           = refusal("ALREADY_MUTING", "7e7359cb-160c-4956-b08f-4d1c653cd007", "You are already muting that user.")
	errNoSuchUserUnmute        = refusal("NO_SUCH_USER", "b851d00b-8ab1-4a56-8b1b-e24187cb48ef", "No such user.")
	errUnmuteYourself          = refusal("MUTEE_IS_YOURSELF", "f428b029-6b39-4d48-a1d2-cc1ae6dd5cf9", "Mutee is yourself.")
	errNotMuting               = refusal("NOT_MUTING", "5467d020-daa9-4553-81e1-135c0c35a96d", "You are not muting that user.")
	errNoSuchUserMuteRenotes   = refusal("NO_SUCH_USER", "5e0a5dff-1e94-4202-87ae-4d9c89eb2271", "No such user.")
	errMuteRenotesYourself     = refusal("MUTEE_IS_YOURSELF", "37285718-52f7-4aef-b7de-c38b8e8a8420", "Mutee is yourself.")
	errAlreadyMutingRenotes    = refusal("ALREADY_MUTING", "ccfecbe4-1f1c-4fc2-8a3d-c3ffee61cb7b", "You are already muting that user.")
	errNoSuchUserUnmuteRenotes = refusal("NO_SUCH_USER", "9b6728cf-638c-4aa1-bedb-e07d8101474d", "No such user.")
	errUnmuteRenotesYourself   = refusal("MUTEE_IS_YOURSELF", "619b1314-0850-4597-a242-e245f3da42af", "Mutee is yourself.")
	errNotMutingRenotes        = refusal("NOT_MUTING", "2e4ef874-8bf0-4b4b-b069-4598f6d05817", "You are not muting that user.")
	errNoSuchUserBlock         = refusal("NO_SUCH_USER", "7cc4f851-e2f1-4621-9633-ec9e1d00c01e", "No such user.")
	errBlockYourself           = refusal("BLOCKEE_IS_YOURSELF", "88b19138-f28d-42c0-8499-6a31bbd0fdc6", "Blockee is yourself.")
	errAlreadyBlocking         = refusal("ALREADY_BLOCKING", "787fed64-acb9-464a-82eb-afbd745b9614", "You are already blocking that user.")
	errNoSuchUserUnblock       = refusal("NO_SUCH_USER", "8621d8bf-c358-4303-a066-5ea78610eb3f", "No such user.")
	errUnblockYourself         = refusal("BLOCKEE_IS_YOURSELF", "06f6fac6-524b-473c-a354-e97a40ae6eac", "Blockee is yourself.")
	errNotBlocking             = refusal("NOT_BLOCKING", "291b2efa-60c6-45c0-9f6a-045c8f9b02cd", "You are not blocking that user.")

	// What a block keeps the blocked from.
	errBlockedByAuthor = refusal("YOU_HAVE_BEEN_BLOCKED", "b390d7e1-8a5e-46ed-b625-06271cafd3d3", "You have been blocked by this user.")
	errBlockedReact    = refusal("YOU_HAVE_BEEN_BLOCKED", "20ef5475-9f38-4e4c-bd33-de6d979498ec", "You cannot react this note because you have been blocked by this user.")
	errBlockedVote     = refusal("YOU_HAVE_BEEN_BLOCKED", "85a5377e-b1e9-4617-b0b9-5bea73331e49", "You cannot vote this poll because you have been blocked by this user.")
)

// relationPage is how long a page of mutes or blocks is unless the caller says.
const relationPage = 30

func createMute(r *request) (any, *apiError) {
	expires, given := r.params.moment("expiresAt")
	if !given {
		expires = time.Time{}
	}
	return toUser(errNoSuchUserMute, func(s *Server, u, other *User) *apiError {
		return s.mute(u, other, expires)
	}, asNothing)(r)
}

type packedMute struct {
	ID        string                    `json:"id"`
	CreatedAt timestamp                 `json:"createdAt"`
	ExpiresAt *timestamp                `json:"expiresAt"`
	MuteeID   misskey.UserID            `json:"muteeId"`
	Mutee     misskey.UserDetailedNotMe `json:"mutee"`
}

func listMutes(r *request) (any, *apiError) {
	r.defaultLimit(relationPage)
	list := []packedMute{}
	for _, m := range page(r, oldestFirst(r.user.relations.muted), (*mute).key, always) {
		packed := packedMute{ID: m.id, CreatedAt: timestamp(m.created), MuteeID: m.to.ID, Mutee: r.server.packUserFor(m.to, r.user)}
		if !m.expires.IsZero() {
			packed.ExpiresAt = pointer(timestamp(m.expires))
		}
		list = append(list, packed)
	}
	return list, nil
}

type packedRenoteMute struct {
	ID        string                    `json:"id"`
	CreatedAt timestamp                 `json:"createdAt"`
	MuteeID   misskey.UserID            `json:"muteeId"`
	Mutee     misskey.UserDetailedNotMe `json:"mutee"`
}

func listRenoteMutes(r *request) (any, *apiError) {
	r.defaultLimit(relationPage)
	list := []packedRenoteMute{}
	for _, m := range page(r, oldestFirst(r.user.relations.renoteMuted), (*mute).key, always) {
		list = append(list, packedRenoteMute{m.id, timestamp(m.created), m.to.ID, r.server.packUserFor(m.to, r.user)})
	}
	return list, nil
}

type packedBlock struct {
	ID        string                    `json:"id"`
	CreatedAt timestamp                 `json:"createdAt"`
	BlockeeID misskey.UserID            `json:"blockeeId"`
	Blockee   misskey.UserDetailedNotMe `json:"blockee"`
}

func listBlocks(r *request) (any, *apiError) {
	r.defaultLimit(relationPage)
	list := []packedBlock{}
	for _, b := range page(r, oldestFirst(r.user.blocking), (*block).key, always) {
		list = append(list, packedBlock{b.id, timestamp(b.created), b.to.ID, r.server.packUserFor(b.to, r.user)})
	}
	return list, nil
}
