package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var accountEndpoints = []*endpoint{
	{name: "i", credential: true, permission: "read:account", run: showMe},
	{name: "i/update", credential: true, permission: "write:account", params: profileSchema(), run: updateMe},
	{name: "i/regenerate-token", credential: true, secure: true,
		params: schema{{name: "password", kind: aText, required: true}}, run: regenerateMyToken},
	{name: "i/revoke-token", credential: true, secure: true,
		params: schema{{name: "tokenId", kind: anID}, {name: "token", kind: aText, nullable: true}}, run: revokeMyToken},
	{name: "miauth/gen-token", credential: true, secure: true, params: schema{
		{name: "session", kind: aText, required: true, nullable: true},
		{name: "name", kind: aText, nullable: true},
		{name: "description", kind: aText, nullable: true},
		{name: "iconUrl", kind: aText, nullable: true},
		{name: "permission", kind: someTexts, required: true, unique: true},
	}, run: generateToken},
	{name: "admin/suspend-user", credential: true, permission: "write:admin:suspend-user",
		allowed: (*Server).isModerator, params: oneUser, run: suspendUser},
	{name: "admin/unsuspend-user", credential: true, permission: "write:admin:unsuspend-user",
		allowed: (*Server).isModerator, params: oneUser, run: unsuspendUser},
}

// profileParam is one param of i/update, and what it changes.
type profileParam struct {
	param
	set func(p *Profile, r *request, name string)
}

func setText(field func(*Profile) *string) func(*Profile, *request, string) {
	return func(p *Profile, r *request, name string) { *field(p) = r.text(name) } // null clears it
}

func setFlag(field func(*Profile) *bool) func(*Profile, *request, string) {
	return func(p *Profile, r *request, name string) { *field(p) = r.boolean(name, false) }
}

var profileParams = []profileParam{
	{param{name: "name", kind: aText, nullable: true, min: 1, max: 50}, setText(func(p *Profile) *string { return &p.Name })},
	{param{name: "description", kind: aText, nullable: true, min: 1, max: 1500}, setText(func(p *Profile) *string { return &p.Description })},
	{param{name: "followedMessage", kind: aText, nullable: true, min: 1, max: 256}, setText(func(p *Profile) *string { return &p.FollowedMessage })},
	{param{name: "location", kind: aText, nullable: true, min: 1, max: 50}, setText(func(p *Profile) *string { return &p.Location })},
	{param{name: "birthday", kind: aText, nullable: true}, setText(func(p *Profile) *string { return &p.Birthday })},
	{param{name: "lang", kind: aText, nullable: true}, setText(func(p *Profile) *string { return &p.Lang })},
	{param{name: "fields", kind: aList, max: 16, each: &param{kind: anObject, fields: schema{
		{name: "name", kind: aText, required: true}, {name: "value", kind: aText, required: true},
	}}}, setFields},
	{param{name: "isLocked", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.Locked })},
	{param{name: "isExplorable", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.Explorable })},
	{param{name: "hideOnlineStatus", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.HideOnlineStatus })},
	{param{name: "publicReactions", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.PublicReactions })},
	{param{name: "carefulBot", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.CarefulBot })},
	{param{name: "autoAcceptFollowed", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.AutoAcceptFollowed })},
	{param{name: "noCrawle", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.NoCrawl })},
	{param{name: "preventAiLearning", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.PreventAiLearning })},
	{param{name: "isBot", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.Bot })},
	{param{name: "isCat", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.Cat })},
	{param{name: "injectFeaturedNote", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.InjectFeaturedNote })},
	{param{name: "receiveAnnouncementEmail", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.ReceiveAnnouncementEmail })},
	{param{name: "alwaysMarkNsfw", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.AlwaysMarkNsfw })},
	{param{name: "autoSensitive", kind: aBoolean}, setFlag(func(p *Profile) *bool { return &p.AutoSensitive })},
	{param{name: "followingVisibility", kind: aText, oneOf: visibilities}, setVisibility(func(p *Profile) *misskey.FollowVisibility { return &p.FollowingVisibility })},
	{param{name: "followersVisibility", kind: aText, oneOf: visibilities}, setVisibility(func(p *Profile) *misskey.FollowVisibility { return &p.FollowersVisibility })},
	{param{name: "chatScope", kind: aText, oneOf: []string{"everyone", "followers", "following", "mutual", "none"}}, setChatScope},
	{param{name: "mutedWords", kind: aList}, setWords(func(p *Profile) *[]json.RawMessage { return &p.MutedWords })},
	{param{name: "hardMutedWords", kind: aList}, setWords(func(p *Profile) *[]json.RawMessage { return &p.HardMutedWords })},
	{param{name: "mutedInstances", kind: someTexts}, setMutedInstances},
}

var visibilities = []string{"public", "followers", "private"}

func setVisibility(field func(*Profile) *misskey.FollowVisibility) func(*Profile, *request, string) {
	return func(p *Profile, r *request, name string) { *field(p) = misskey.FollowVisibility(r.text(name)) }
}

func setChatScope(p *Profile, r *request, name string) { p.ChatScope = misskey.ChatScope(r.text(name)) }

func setWords(field func(*Profile) *[]json.RawMessage) func(*Profile, *request, string) {
	return func(p *Profile, r *request, name string) { _ = json.Unmarshal(r.params[name], field(p)) } // checked
}

func setMutedInstances(p *Profile, r *request, name string) { p.MutedInstances = r.texts(name) }

func setFields(p *Profile, r *request, name string) {
	var fields []struct{ Name, Value string }
	_ = json.Unmarshal(r.params[name], &fields) // checked
	p.Fields = nil
	for _, f := range fields {
		p.Fields = append(p.Fields, misskey.UserField{Name: f.Name, Value: f.Value})
	}
}

func profileSchema() schema {
	var s schema
	for _, p := range profileParams {
		s = append(s, p.param)
	}
	return s
}

func showMe(r *request) (any, *apiError) { return r.packMe(), nil }

// packMe tells an app less than the user's own clients.
func (r *request) packMe() misskey.MeDetailed {
	if r.who.app {
		return r.server.packMe(r.user)
	}
	return r.server.packMeWithSecrets(r.user)
}

// updateMe changes what the params name.
func updateMe(r *request) (any, *apiError) {
	p := r.user.profile.clone()
	for _, param := range profileParams {
		if _, given := r.params[param.name]; given {
			param.set(&p, r, param.name)
		}
	}
	r.server.updateProfile(r.user, p)
	return r.packMe(), nil
}

// regenerateMyToken answers a wrong password with a 500.
func regenerateMyToken(r *request) (any, *apiError) {
	if r.text("password") != r.user.password {
		return nil, internalError("incorrect password")
	}
	r.server.regenerateToken(r.user)
	return nil, nil
}

// revokeMyToken says nothing of a token that is not there or not the caller's.
func revokeMyToken(r *request) (any, *apiError) {
	if id, given := r.params.text("tokenId"); given {
		for token, c := range r.server.tokens {
			if c.id == id {
				r.server.revokeToken(r.user, token)
			}
		}
		return nil, nil
	}
	if _, given := r.params["token"]; !given {
		return nil, invalidParam("#/anyOf/0/required", "must have required property 'tokenId'")
	}
	r.server.revokeToken(r.user, r.text("token"))
	return nil, nil
}

func generateToken(r *request) (any, *apiError) {
	return map[string]string{"token": r.server.createToken(r.user, r.texts("permission"))}, nil
}

// suspendUser fails with a 500 where it does not let the caller.
func suspendUser(r *request) (any, *apiError) {
	u := r.userNamed("userId")
	switch {
	case u == nil:
		return nil, internalError("user not found")
	case r.server.isModerator(u):
		return nil, internalError("cannot suspend moderator account")
	}
	u.suspended = true
	return nil, nil
}

func unsuspendUser(r *request) (any, *apiError) {
	u := r.userNamed("userId")
	if u == nil {
		return nil, internalError("user not found")
	}
	u.suspended = false
	return nil, nil
}
