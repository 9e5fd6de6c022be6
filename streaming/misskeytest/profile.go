package misskeytest

import (
	"encoding/json"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Profile is what users say of themselves, and how they want things to be. Empty
// texts are null on the wire.
type Profile struct {
	Name            string
	Description     string
	FollowedMessage string // what those read who follow the account
	Location        string
	Birthday        string // as 2006-01-02
	Lang            string
	Fields          []misskey.UserField

	Bot, Cat           bool
	Locked             bool // who wants to follow has to ask
	CarefulBot         bool // bots have to
	AutoAcceptFollowed bool // those the account follows need not
	Explorable         bool // shown in users
	HideOnlineStatus   bool
	PublicReactions    bool // everybody may read users/reactions
	// FollowersVisibility and FollowingVisibility say who may read
	// users/followers and users/following.
	FollowersVisibility, FollowingVisibility misskey.FollowVisibility
	ChatScope                                misskey.ChatScope

	NoCrawl, PreventAiLearning                   bool
	InjectFeaturedNote, ReceiveAnnouncementEmail bool
	AlwaysMarkNsfw, AutoSensitive                bool

	// MutedWords and HardMutedWords are kept for clients, which do the muting:
	// each is a list of strings or a string with a regular expression.
	MutedWords, HardMutedWords []json.RawMessage
	MutedInstances             []string
}

// newProfile is that of a new account.
func newProfile() Profile {
	return Profile{
		AutoAcceptFollowed:       true,
		Explorable:               true,
		PublicReactions:          true,
		FollowersVisibility:      misskey.FollowVisibilityPublic,
		FollowingVisibility:      misskey.FollowVisibilityPublic,
		ChatScope:                misskey.ChatScopeMutual,
		PreventAiLearning:        true,
		InjectFeaturedNote:       true,
		ReceiveAnnouncementEmail: true,
	}
}

func (p Profile) clone() Profile {
	p.Fields = slices.Clone(p.Fields)
	p.MutedWords = slices.Clone(p.MutedWords)
	p.HardMutedWords = slices.Clone(p.HardMutedWords)
	p.MutedInstances = slices.Clone(p.MutedInstances)
	return p
}

// Profile returns the user's profile, for [User.Update] to be given it back
// with something changed.
func (u *User) Profile() Profile {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.profile.clone()
}

// Update replaces the user's profile: `meUpdated` on their main channels. Who is
// locked no more accepts all requests to follow them.
func (u *User) Update(p Profile) {
	u.server.locked(func() { u.server.updateProfile(u, p.clone()) })
}

func (s *Server) updateProfile(u *User, p Profile) {
	unlocked := u.profile.Locked && !p.Locked
	u.profile, u.updated = p, s.now()
	s.hashtags.attach(u, findTags(p.Description))
	u.toMain("meUpdated", s.packMeWithSecrets(u))
	if unlocked {
		s.acceptEverybody(u)
	}
}
